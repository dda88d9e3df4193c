//! What each layer costs, and what it would cost without pooling.

use super::networks::{is_pool, without_pooling};
use crate::labs::format::{count, times};
use crate::labs::{Costs, Figure, LayerCost, Panel};
use crate::nn::{Cost, Network, NetworkConfig, Survey};
use crate::train::Run;

/// The figure "costs".
pub(super) fn panel(run: &Run) -> Panel {
    let network = &run.current().network;
    let costs = Survey::of(network, run.input_shape()).costs;
    let without = costs_without_pooling(run);
    let mut others = without.iter().flatten();
    let layers: Vec<LayerCost> = costs
        .iter()
        .zip(&network.layers)
        .map(|(cost, layer)| {
            let shape: Vec<String> = cost.shape.iter().map(ToString::to_string).collect();
            LayerCost {
                name: cost.name.clone(),
                shape: shape.join("×"),
                counts: counts(cost),
                without: if is_pool(layer) { None } else { others.next().map(counts) },
            }
        })
        .collect();
    let total = sum(&costs);
    let without = without.map(|costs| sum(&costs));
    let mut summary = format!(
        "One picture takes {} multiply-adds with {} weights ({} bytes), and the layers give {} numbers for it ({} bytes)",
        whole(total[1]),
        whole(total[0]),
        whole(total[0] * Costs::BYTES),
        whole(total[2]),
        whole(total[2] * Costs::BYTES)
    );
    summary.push_str(&match without {
        Some(without) => {
            format!(
                "; without pooling it would be {} multiply-adds and {} weights.",
                whole(without[1]),
                whole(without[0])
            )
        }
        None => ".".into(),
    });
    let note = without.map_or_else(String::new, |without| {
        format!("without pooling {} the multiply-adds", times(without[1] / total[1].max(1.0)))
    });
    let figure = Figure::Costs(Costs { layers, total, without });
    Panel { id: "costs".into(), note, summary, figure }
}

/// The costs of the same network without pooling, if it has some and could be built so.
fn costs_without_pooling(run: &Run) -> Option<Vec<Cost>> {
    let experiment = run.current();
    let layers = without_pooling(&experiment.network.layers);
    if layers == experiment.network.layers {
        return None;
    }
    let network = NetworkConfig { layers };
    Network::check(&network, run.input_shape(), experiment.loss).ok()?;
    Some(Survey::of(&network, run.input_shape()).costs)
}

fn counts(cost: &Cost) -> [f64; 3] {
    [cost.weights as f64, cost.multiply_adds as f64, cost.outputs as f64]
}

fn sum(costs: &[Cost]) -> [f64; 3] {
    costs.iter().map(counts).fold([0.0; 3], |sum, counts| std::array::from_fn(|i| sum[i] + counts[i]))
}

fn whole(number: f64) -> String {
    count(number as usize)
}
