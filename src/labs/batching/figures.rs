//! What is dealt, as a figure of the batching lab.

use crate::labs::format::count;
use crate::labs::{Deal, DealRow, Figure, Numbers, Panel};
use crate::train::Run;

/// The epoch at hand, dealt into batches.
pub(super) fn deal(run: &Run, numbers: &mut Numbers) -> Panel {
    let [done, items] = run.epoch_items();
    let batch = run.current().batch_size.items(items);
    let data = run.data();
    let label = |&item: &u32| data.train.labels[item as usize];
    let labels = if data.classes > 0 { run.epoch_order() } else { &[] };
    let row = DealRow {
        lane: 0,
        items,
        batch,
        done,
        epoch: run.epoch() + 1,
        labels: numbers.add(labels.iter().map(label)),
    };
    let last = row.last().map_or_else(String::new, |last| format!(", the last of {}", count(last)));
    let summary = format!(
        "Epoch {}: {} items are shuffled and dealt into {} batches of {}{last}; {} are dealt.",
        count(row.epoch),
        count(items),
        count(row.batches()),
        count(batch),
        count(done)
    );
    let classes = (0..data.classes).map(|class| data.class_name(class)).collect();
    let figure = Figure::Deal(Deal { rows: vec![row], classes });
    Panel { id: "deal".into(), note: String::new(), summary, figure }
}
