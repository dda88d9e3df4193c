//! An epoch dealt into batches: a row for each lane, what is dealt pale, the batch in work solid.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::ReadOut;
use super::table::{Table, names};
use super::text::Font;
use crate::labs::{Deal, DealRow, Numbers, lane_name};
use plotters::prelude::DrawingBackend;

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, deal: &Deal, _: &Numbers, _: usize) -> Drawn<DB> {
    for (index, row) in deal.rows.iter().enumerate() {
        let words = format!("update {} of {}", row.update(), row.batches());
        let at = (0.0, 12.0 + 20.0 * index as f64);
        pen.text(&words, at, Align::Left, Font::Small, &pen.style.palette.lane(row.lane))?;
    }
    Ok(())
}

pub(super) fn read(_: &Deal, _: &Numbers, _: (f64, f64), _: Point) -> Option<ReadOut> {
    None
}

pub(super) fn table(deal: &Deal) -> Table {
    let row = |row: &DealRow| {
        let counts = [row.epoch, row.items, row.batch, row.batches(), row.update(), row.done];
        std::iter::once(lane_name(row.lane)).chain(counts.map(|count| count.to_string())).collect()
    };
    Table {
        columns: names(&["lane", "epoch", "items", "batch size", "batches", "batch in work", "items done"]),
        rows: deal.rows.iter().map(row).collect(),
    }
}
