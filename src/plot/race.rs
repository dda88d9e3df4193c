//! When lanes reach a loss, and how they do after equal work, as a small table.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::ReadOut;
use super::table::{Table, names};
use super::text::Font;
use crate::labs::{CurveAxis, Numbers, Race, lane_name};
use plotters::prelude::DrawingBackend;

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, race: &Race, numbers: &Numbers, _: usize) -> Drawn<DB> {
    let Some(level) = race.target(numbers) else { return Ok(()) };
    let crossings = race.crossings(numbers, CurveAxis::Seconds, level);
    for (index, (runner, at)) in race.runners.iter().zip(crossings).enumerate() {
        let words = at.map_or_else(|| "never".to_owned(), |at| format!("{at:.2} s to {level}"));
        let place = (0.0, 12.0 + 20.0 * index as f64);
        pen.text(&words, place, Align::Left, Font::Small, &pen.style.palette.lane(runner.lane))?;
    }
    Ok(())
}

pub(super) fn read(_: &Race, _: &Numbers, _: (f64, f64), _: Point) -> Option<ReadOut> {
    None
}

/// Every row of every lane.
pub(super) fn table(race: &Race, numbers: &Numbers) -> Table {
    let rows = race.runners.iter().flat_map(|runner| {
        let spans = [runner.updates, runner.examples, runner.seconds, runner.loss, runner.metric];
        let columns = spans.map(|span| numbers.at(span));
        let many = columns.iter().map(|column| column.len()).min().unwrap_or(0);
        let row = move |row: usize| {
            let cells = columns.map(|column| column[row].to_string());
            std::iter::once(lane_name(runner.lane)).chain(cells).collect()
        };
        (0..many).map(row)
    });
    let head = ["lane", "updates", "examples", "seconds", "training loss"];
    Table { columns: names(&head).into_iter().chain([race.metric.clone()]).collect(), rows: rows.collect() }
}
