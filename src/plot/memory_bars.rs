//! Bytes as stacked bars, one for each lane.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::ReadOut;
use super::table::Table;
use super::text::Font;
use crate::labs::{MemoryBar, MemoryBars, lane_name};
use plotters::prelude::DrawingBackend;

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, bars: &MemoryBars, _: usize) -> Drawn<DB> {
    for (index, bar) in bars.bars.iter().enumerate() {
        let at = (0.0, 12.0 + 20.0 * index as f64);
        let words = format!("{:.0} bytes", bar.total());
        pen.text(&words, at, Align::Left, Font::Small, &pen.style.palette.lane(bar.lane))?;
    }
    Ok(())
}

pub(super) fn read(_: &MemoryBars, _: (f64, f64), _: Point) -> Option<ReadOut> {
    None
}

pub(super) fn table(bars: &MemoryBars) -> Table {
    let row = |name: String, bar: &MemoryBar| {
        let bytes = bar.bytes.iter().chain([&bar.total()]).map(f64::to_string).collect::<Vec<_>>();
        [name, bar.batch.to_string()].into_iter().chain(bytes).collect()
    };
    let parts = MemoryBars::PARTS.iter().chain([&"all"]).map(|part| format!("{part}, bytes"));
    let whole = bars.whole.iter().map(|bar| row("all items in one batch".into(), bar));
    Table {
        columns: ["lane", "batch size"].map(String::from).into_iter().chain(parts).collect(),
        rows: bars.bars.iter().map(|bar| row(lane_name(bar.lane), bar)).chain(whole).collect(),
    }
}
