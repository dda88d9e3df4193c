//! The figures of the optimizers lab.

use super::observer::OptimizersObserver;
use crate::labs::format::significant;
use crate::labs::{Numbers, Panel};
use crate::train::Run;

/// Loss over updates, examples or seconds.
pub(super) fn curves(
    observer: &OptimizersObserver,
    run: &Run,
    at: Option<usize>,
    numbers: &mut Numbers,
) -> Panel {
    let panel = observer.learning.panel(run, at, numbers);
    let seconds = significant(observer.elapsed.seconds(run.steps()), 2);
    Panel { note: format!("{seconds} s of training"), ..panel }
}
