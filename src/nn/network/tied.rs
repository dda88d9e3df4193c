//! Kernels that are those of other layers, transposed: each has a place of its own in the flat vector, so that layers,
//! files and figures find it as any other, and follows the one it is tied to.

use super::Network;
use crate::error::{Error, Result};
use crate::nn::layers::{Layer, WeightSpec};
use crate::tensor::transpose::{add_transposed, transpose};

impl Network {
    /// Copies every kernel that others are tied to into those, transposed.
    pub fn tie(&mut self) {
        let Self { slots, weights, .. } = self;
        for slot in slots.iter().filter(|slot| slot.tied.is_some()) {
            let of = slots.iter().find(|of| Some(of.layer) == slot.tied && of.name == slot.name);
            let of = of.expect("a tied kernel was checked").range.clone();
            let (before, tied) = weights.split_at_mut(slot.range.start);
            transpose(&before[of], &mut tied[..slot.range.len()], slot.shape[0]);
        }
    }

    /// Adds the gradients of tied kernels to those of the kernels that they are.
    pub(super) fn gather_tied(&mut self) {
        let Self { slots, grads, .. } = self;
        for slot in slots.iter().filter(|slot| slot.tied.is_some()) {
            let of = slots.iter().find(|of| Some(of.layer) == slot.tied && of.name == slot.name);
            let of = of.expect("a tied kernel was checked").range.clone();
            let (before, tied) = grads.split_at_mut(slot.range.start);
            add_transposed(&tied[..slot.range.len()], &mut before[of], slot.shape[1]);
        }
    }
}

/// Passes when the weights of a layer that are tied are so to a kernel of one of the `layers` before it that can be
/// transposed to theirs.
///
/// # Errors
/// [`Error::Setting`].
pub(super) fn ensure_tied(layer: &dyn Layer, layers: &[Box<dyn Layer>]) -> Result<()> {
    for WeightSpec { shape, tied, .. } in layer.weights() {
        let Some(over) = tied else { continue };
        let refused = |allowed: String| Err(Error::setting("tied", over, allowed));
        if layers.is_empty() {
            return refused("left out in the first layer: there is none before it".into());
        }
        let Some(of) = layers.len().checked_sub(over).and_then(|at| layers.get(at)) else {
            return refused(format!("from 1 to {}, the number of layers before it", layers.len()));
        };
        let is_dense =
            |spec: &WeightSpec| spec.name == "kernel" && spec.shape.len() == 2 && spec.scope.is_empty();
        let kernel = of.weights().into_iter().find(is_dense);
        let Some(kernel) = kernel.filter(|kernel| kernel.tied.is_none()) else {
            return refused("how many layers before it a dense layer is that has a kernel of its own".into());
        };
        if !kernel.shape.iter().rev().eq(&shape) {
            let (found, [inputs, units]) = (kernel.shape, [shape[0], shape[1]]);
            return refused(format!(
                "how many layers before it a dense layer with a kernel of [{units}, {inputs}] is, to be transposed for {inputs} inputs and {units} units; that one has {found:?}"
            ));
        }
    }
    Ok(())
}
