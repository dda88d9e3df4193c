//! What a run holds in memory, counted from its buffers, and what it would with all items in one batch.

use crate::labs::format::bytes;
use crate::labs::{Figure, MemoryBar, MemoryBars, Panel};
use crate::train::{Memory, MemoryForecast, Run};

/// The figure "memory".
pub(super) fn panel(forecast: &MemoryForecast, run: &Run) -> Panel {
    let items = run.epoch_items()[1];
    let batch = run.current().batch_size.items(items);
    let bar = |batch: usize, memory: Memory| MemoryBar {
        lane: 0,
        batch,
        bytes: memory.parts().map(|bytes| bytes as f64),
    };
    let now = Memory::of(run);
    let whole = forecast.of_batch(items);
    let written = |of: u64| bytes(of as f64);
    let [weights, gradients, optimizer, activations, data] = now.parts().map(written);
    let rows = forecast.rows_at_once(batch);
    let parts = if rows < batch {
        format!(
            " A batch passes in parts of {rows} rows here; at once its activations would take {}.",
            written(forecast.in_one_pass(batch))
        )
    } else {
        String::new()
    };
    let summary = format!(
        "{} in all: weights {weights}, gradients {gradients}, optimiser {optimizer}, activations {activations}, data {data}. All items in one batch would take {}.{parts}",
        written(now.total()),
        written(whole.total()),
    );
    let is_whole = batch >= items;
    let finding = if rows < batch {
        "activations stop growing: rows pass in parts"
    } else {
        "only activations and data grow with the batch"
    };
    let figure = MemoryBars {
        bars: vec![bar(batch, now)],
        whole: (!is_whole).then(|| bar(items, whole)),
        finding: finding.into(),
    };
    Panel { id: "memory".into(), note: String::new(), summary, figure: Figure::MemoryBars(figure) }
}
