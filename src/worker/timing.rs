//! How long steps of a run take on this device, on a copy that is thrown away.

use crate::error::{Error, Result};
use crate::train::Run;

/// Steps that are timed, at least, after one that lets the buffers grow.
const LEAST_STEPS: usize = 3;
/// Longest time that can be asked for; the least steps are made however long they take.
const MOST_MS: f64 = 10_000.0;
/// Shares of the time that looks at the clock cut it into, about: a look may take as long as a small step.
const LOOKS: f64 = 10.0;

/// Steps with what they took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Timed {
    pub steps: usize,
    /// Items of their batches.
    pub items: usize,
    pub ms: f64,
}

/// Times steps of a run with batches of so many items for about `budget_ms`, from the weights that it has now.
///
/// # Errors
/// [`Error::Setting`] for a batch that its data or its memory cannot give, and where a step leaves the numbers.
pub(super) fn time(run: &Run, batch: usize, budget_ms: f64, now_ms: fn() -> f64) -> Result<Timed> {
    let mut copy = run.apart(batch)?;
    let size: usize = copy.input_shape().iter().product();
    let mut step = || match copy.step() {
        Ok(_) => Ok(copy.inputs().len() / size),
        Err(divergence) => {
            let given = format!(
                "of {batch} items, which the network left the numbers with ({})",
                divergence.quantity
            );
            Err(Error::setting("the batch", given, "one that it learns from"))
        }
    };
    step()?;
    let budget_ms = budget_ms.clamp(0.0, MOST_MS); // what is no number stays none, and ends after the least steps
    let (started, mut timed, mut per_look) = (now_ms(), Timed { steps: 0, items: 0, ms: 0.0 }, 1);
    while timed.steps < LEAST_STEPS || timed.ms < budget_ms {
        for _ in 0..per_look {
            timed.items += step()?;
        }
        timed.steps += per_look;
        timed.ms = now_ms() - started;
        let per_step = timed.ms / timed.steps as f64;
        // At most twice as many as so far: the first steps may seem to take no time at all.
        per_look = ((budget_ms / LOOKS / per_step.max(1e-4)) as usize).clamp(1, timed.steps);
    }
    Ok(timed)
}
