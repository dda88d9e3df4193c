//! Which part of the drawing decided: by the gradient of the answer's logit, by the last convolution, and by
//! painting over one patch after another.

use super::figures::best;
use super::observer::CnnObserver;
use crate::labs::format::{a_class, percent, power};
use crate::labs::{Figure, HeatMap, HeatMaps, Numbers, Panel};
use crate::nn::{Network, Pass};
use crate::train::{Run, pictures_at_once};

/// Its own hyphen, where a plain one would be a minus.
const GRAD_CAM: &str = "Grad\u{2011}CAM";
/// Side of the patch that is painted over, and pixels from one to the next.
const PATCH: usize = 6;
const STRIDE: usize = 2;
/// Pictures that pass through the network at once: 2 MB for each layer of the digit model.
const AT_ONCE: usize = 32;

/// What was computed for a picture.
pub(super) struct Decided {
    class: usize,
    share: f32,
    saliency: Vec<f32>,
    cam: Option<Cam>,
    /// `[rows, columns]` of the places where the patch was painted, and the probability lost by it.
    lost: Vec<f32>,
    places: [usize; 2],
}

/// Grad-CAM on one layer, brought to the size of the picture.
struct Cam {
    layer: String,
    /// Rows and columns of the layer.
    cells: [usize; 2],
    values: Vec<f32>,
}

/// The figure "decided".
pub(super) fn panel(observer: &mut CnnObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let shape = run.input_shape();
    let (height, width) = (shape[0], shape.get(1).copied().unwrap_or(1));
    if observer.decided.is_none() && !observer.picture().is_empty() {
        observer.decided = Some(decide(observer.picture(), run, [height, width]));
    }
    let Some(decided) = &observer.decided else {
        let summary = "The pad is empty, so nothing has decided anything.".into();
        let figure = HeatMaps { ink: numbers.add([]), height, width, maps: Vec::new() };
        return Panel { id: "decided".into(), note: String::new(), summary, figure: Figure::Heat(figure) };
    };
    let of = if run.network().has_logits() { "logit" } else { "output" };
    let mut map = |label: &str, quantity: String, [height, width]: [usize; 2], values: &[f32]| HeatMap {
        label: label.into(),
        quantity,
        height,
        width,
        most: values.iter().fold(0.0, |most: f32, value| most.max(value.abs())),
        is_signed: false,
        values: numbers.add(values.iter().copied()),
        missing: None,
    };
    let saliency = map("Saliency", format!("|∂{of}/∂ink|"), [height, width], &decided.saliency);
    let cam = match &decided.cam {
        Some(cam) => map(GRAD_CAM, format!("on {}", cam.layer), [height, width], &cam.values),
        None => {
            HeatMap { missing: Some("no convolution".into()), ..map(GRAD_CAM, String::new(), [0, 0], &[]) }
        }
    };
    let lost = map("Occlusion", "probability lost".into(), decided.places, &decided.lost);
    let lost = HeatMap { is_signed: true, ..lost }; // painting over may also make it surer
    let figure = HeatMaps {
        maps: vec![saliency, cam, lost],
        ink: numbers.add(observer.picture().iter().copied()),
        height,
        width,
    };
    let note = format!("for {} with {}", a_class(decided.class), percent(f64::from(decided.share)));
    Panel { id: "decided".into(), note, summary: finding(decided), figure: Figure::Heat(figure) }
}

fn decide(picture: &[f32], run: &Run, size: [usize; 2]) -> Decided {
    let network = run.network();
    let mut pass = Pass::default();
    network.forward(picture, &mut pass);
    let (class, share) = best(pass.output()).unwrap_or((0, 0.0));
    let gradient = network.logit_gradient(picture, class, &mut pass);
    let saliency = gradient.iter().map(|slope| slope.abs()).collect();
    let (places, lost) = occlude(picture, network, (class, share), size);
    Decided { class, share, saliency, cam: cam(run, &pass, size), lost, places }
}

/// The maps of the last convolution, each weighted by the mean gradient of the class over it; what
/// speaks for the class is kept. Selvaraju et al., Grad-CAM, ICCV 2017.
fn cam(run: &Run, pass: &Pass, [height, width]: [usize; 2]) -> Option<Cam> {
    let layers = &run.current().network.layers;
    let layer = layers.iter().rposition(|layer| matches!(layer.kind(), "conv2d" | "conv2d_transpose"))?;
    let &[rows, columns, maps] = &*run.network().shapes()[layer] else { return None };
    let trace = &pass.traces[layer];
    let cells = (rows * columns) as f32;
    let mut weights = vec![0.0; maps];
    for gradients in trace.grad_output.chunks_exact(maps) {
        weights.iter_mut().zip(gradients).for_each(|(weight, gradient)| *weight += gradient / cells);
    }
    let heat = |output: &[f32]| output.iter().zip(&weights).map(|(y, w)| y * w).sum::<f32>().max(0.0);
    let coarse: Vec<f32> = trace.output.chunks_exact(maps).map(heat).collect();
    let centres = [0, 1].map(|axis| centres(run.network(), layer, axis));
    let down: Vec<_> = (0..height).map(|pixel| between(pixel, centres[0], rows)).collect();
    let across: Vec<_> = (0..width).map(|pixel| between(pixel, centres[1], columns)).collect();
    let unit = |row: Option<usize>, column: Option<usize>| match (row, column) {
        (Some(row), Some(column)) => coarse[row * columns + column],
        _ => 0.0,
    };
    let value = |(rows, down): ([Option<usize>; 2], f32), (columns, along): ([Option<usize>; 2], f32)| {
        let [top, bottom] = rows.map(|row| {
            let [left, right] = columns.map(|column| unit(row, column));
            left + (right - left) * along
        });
        top + (bottom - top) * down
    };
    let values = down.iter().flat_map(|&row| across.iter().map(move |&column| value(row, column)));
    let layer = run.network().layer_names()[layer].clone();
    Some(Cam { layer, cells: [rows, columns], values: values.collect() })
}

/// Where on the picture the first unit of a layer looks, along one axis, and how far on the next one does:
/// so heat lies where it comes from, and not stretched over the margins that no window is centred on.
fn centres(network: &Network, layer: usize, axis: usize) -> [f32; 2] {
    let (mut first, mut step) = (0.0, 1.0);
    for layer in (0..=layer).rev() {
        let window = |index: usize| {
            let (row, column) = if axis == 0 { (index, 0) } else { (0, index) };
            let seen = network.sees(layer, [row, column, 1, 1])?;
            let before = network.outside(layer, [row, column])[axis] as f32;
            Some((seen[axis] as f32 - before, (seen[axis] + seen[axis + 2]) as f32))
        };
        let Some((start, end)) = window(0) else { continue };
        // From the first to the last, since neighbours of an enlarged image can look at one cell.
        let last = network.shapes()[layer].get(axis).map_or(0, |&units| units - 1);
        let ahead = window(last).filter(|_| last > 0).map(|(end, _)| (end - start) / last as f32);
        let stride = ahead.filter(|stride| *stride > 0.0).unwrap_or(1.0);
        first = first * stride + start + (end - start - 1.0) / 2.0;
        step *= stride;
    }
    [first, step]
}

/// The two units of `many` between whose centres a pixel lies, and how near to the second; beyond the
/// outermost there are none.
fn between(pixel: usize, [first, step]: [f32; 2], many: usize) -> ([Option<usize>; 2], f32) {
    // Counted from one before the first, so that nothing is below 0 that matters.
    let at = ((pixel as f32 - first) / step + 1.0).clamp(0.0, many as f32 + 1.0);
    let before = at as usize;
    let unit = |index: usize| index.checked_sub(1).filter(|unit| *unit < many);
    ([unit(before), unit(before + 1)], at - before as f32)
}

/// The probability that is lost when a patch is painted over with paper, for a patch around every
/// second pixel. Zeiler & Fergus, ECCV 2014. Where there is no ink, nothing is painted over.
fn occlude(
    picture: &[f32],
    network: &Network,
    (class, share): (usize, f32),
    [height, width]: [usize; 2],
) -> ([usize; 2], Vec<f32>) {
    let places = [height.div_ceil(STRIDE), width.div_ceil(STRIDE)];
    let span = |place: usize, pixels: usize| {
        let middle = place * STRIDE + STRIDE / 2;
        middle.saturating_sub(PATCH / 2)..(middle + PATCH / 2).min(pixels)
    };
    let is_inked = |place: usize| {
        let columns = span(place % places[1], width);
        span(place / places[1], height)
            .any(|row| picture[row * width..][columns.clone()].iter().any(|&ink| ink > 0.0))
    };
    let mut lost = vec![0.0; places[0] * places[1]];
    let inked: Vec<usize> = (0..lost.len()).filter(|&place| is_inked(place)).collect();
    let (mut pictures, mut pass) = (Vec::new(), Pass::default());
    for chunk in inked.chunks(AT_ONCE.min(pictures_at_once(network))) {
        pictures.clear();
        for &place in chunk {
            let start = pictures.len();
            pictures.extend_from_slice(picture);
            for row in span(place / places[1], height) {
                pictures[start + row * width..][span(place % places[1], width)].fill(0.0);
            }
        }
        network.forward(&pictures, &mut pass);
        let rows = pass.output().chunks_exact(network.outputs());
        chunk.iter().zip(rows).for_each(|(&place, row)| lost[place] = share - row[class]);
    }
    (places, lost)
}

/// What the maps show, in words.
fn finding(decided: &Decided) -> String {
    let Decided { class, share, lost, places, .. } = decided;
    let worst = (0..lost.len()).max_by(|&a, &b| lost[a].total_cmp(&lost[b])).unwrap_or(0);
    let (most, before) = (lost.get(worst).copied().unwrap_or(0.0), percent(f64::from(*share)));
    let [row, column] = [worst / places[1].max(1), worst % places[1].max(1)].map(|place| place * STRIDE + 1);
    let patch = if most >= 0.005 {
        format!(
            "Painting over {PATCH} by {PATCH} pixels around row {row}, column {column} takes the most from the {class}: \
             {before} become {}.",
            percent(f64::from(share - most))
        )
    } else {
        format!(
            "No patch of {PATCH} by {PATCH} pixels matters by itself: painting one over takes at most {} from the \
             probability of the {class}.",
            power(f64::from(most.max(0.0)))
        )
    };
    let cam = match &decided.cam {
        Some(Cam { layer, cells: [rows, columns], .. }) => {
            format!("{GRAD_CAM} has only the {rows} by {columns} cells of {layer}, blended between.")
        }
        None => format!("This network has no convolution, so there is no {GRAD_CAM}."),
    };
    format!("{patch} {cam}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::Lab;

    const SIDE: usize = 28;

    /// A bold 1, and the run that the lab begins with.
    fn bar() -> (Vec<f32>, Run) {
        let ink =
            |pixel: usize| f32::from((12..16).contains(&(pixel % SIDE)) && (4..24).contains(&(pixel / SIDE)));
        let run = Run::new(super::super::Cnn.defaults()).expect("the defaults are tested");
        ((0..SIDE * SIDE).map(ink).collect(), run)
    }

    #[test]
    fn heat_lies_where_its_units_look() {
        let (_, run) = bar();
        let layers: Vec<_> = (0..6).map(|layer| centres(run.network(), layer, 0)).collect();
        // 5 × 5 valid, pool, 3 × 3 same twice, pool, 3 × 3 valid: worked out by hand.
        assert_eq!(layers, [[2.0, 1.0], [2.5, 2.0], [2.5, 2.0], [2.5, 2.0], [3.5, 4.0], [7.5, 4.0]]);
        assert_eq!(between(9, [7.5, 4.0], 4), ([Some(0), Some(1)], 0.375));
        assert_eq!(between(7, [7.5, 4.0], 4), ([None, Some(0)], 0.875));
        assert_eq!(between(0, [7.5, 4.0], 4).0, [None, Some(0)], "faded out");
        assert_eq!(between(22, [7.5, 4.0], 4), ([Some(3), None], 0.625));
        assert_eq!(between(27, [7.5, 4.0], 4).0, [None, None]);
    }

    #[test]
    fn what_is_lost_is_what_painting_over_takes() {
        let (picture, run) = bar();
        let Decided { class, share, lost, places, .. } = decide(&picture, &run, [SIDE; 2]);
        assert_eq!(places, [14, 14]);
        let mut pass = Pass::default();
        for place in [0, 5 * 14 + 7, 10 * 14 + 6] {
            let mut painted = picture.clone();
            for (pixel, ink) in painted.iter_mut().enumerate() {
                let is_near =
                    |at: usize, place: usize| (at + 3).checked_sub(2 * place + 1).is_some_and(|by| by < 6);
                if is_near(pixel / SIDE, place / 14) && is_near(pixel % SIDE, place % 14) {
                    *ink = 0.0;
                }
            }
            run.network().forward(&painted, &mut pass);
            assert_eq!(lost[place], share - pass.output()[class], "place {place}");
        }
        assert!(lost.iter().any(|&lost| lost != 0.0));
    }
}
