//! The figures of the batching lab.

use super::observer::BatchingObserver;
use crate::labs::format::significant;
use crate::labs::{Numbers, Panel};
use crate::train::Run;

/// Loss over updates, examples or seconds.
pub(super) fn curves(
    observer: &BatchingObserver,
    run: &Run,
    at: Option<usize>,
    numbers: &mut Numbers,
) -> Panel {
    let panel = observer.learning.panel(run, at, numbers);
    let seconds = significant(observer.elapsed.seconds(run.steps()), 2);
    Panel { note: format!("{seconds} s of training"), ..panel }
}
