//! Which way is down, in words with what was measured.

use super::observer::OptimizersObserver;
use crate::labs::format::{count, significant};
use crate::labs::{Tone, Verdict};
use crate::train::Run;

/// The finding on one lane.
pub(super) fn of(observer: &OptimizersObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let Some((items, ms)) = observer.elapsed.speed() else {
        let text =
            "Each lane makes steps of the same gradients by another rule, from the same weights. Press Play.";
        return Verdict::new(Tone::Note, "Not trained yet.", text.into(), Vec::new());
    };
    let text = format!("{} examples a second, {} ms a step.", count(items as usize), significant(ms, 2));
    Verdict::new(Tone::Note, "Measuring.", text, Vec::new())
}

/// One sentence that sets it beside the other lanes.
pub(super) fn compared(_: &Verdict, _: &[(String, Verdict)]) -> String {
    String::new()
}
