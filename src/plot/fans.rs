//! Angles to the full gradient as fans about it, one for each lane.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::ReadOut;
use super::table::{Table, names};
use super::text::Font;
use crate::labs::format::fixed;
use crate::labs::{Fans, Numbers, lane_name};
use plotters::prelude::DrawingBackend;

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, fans: &Fans, _: &Numbers, _: usize) -> Drawn<DB> {
    for (index, fan) in fans.fans.iter().enumerate() {
        let at = (0.0, 12.0 + 20.0 * index as f64);
        let words = format!("{}°", fixed(fan.mean, 0));
        pen.text(&words, at, Align::Left, Font::Small, &pen.style.palette.lane(fan.lane))?;
    }
    Ok(())
}

pub(super) fn read(_: &Fans, _: &Numbers, _: (f64, f64), _: Point) -> Option<ReadOut> {
    None
}

pub(super) fn table(fans: &Fans, numbers: &Numbers) -> Table {
    let rows = fans.fans.iter().flat_map(|fan| {
        let row = move |angle: &f32| vec![lane_name(fan.lane), fan.batch.to_string(), angle.to_string()];
        numbers.at(fan.angles).iter().map(row)
    });
    Table { columns: names(&["lane", "batch size", "angle in degrees"]), rows: rows.collect() }
}
