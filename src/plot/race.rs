//! When lanes reach a loss, and how they do after equal work: key figures under the letters of the lanes.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::ReadOut;
use super::table::{Table, names};
use super::text::Font;
use crate::labs::format::{count, fixed, percent, power, seconds, significant};
use crate::labs::{CurveAxis, Numbers, Race, lane_name};
use plotters::prelude::DrawingBackend;

/// Height of a title, of the letters under it, of the key figures and of a row after equal work.
const TITLE: f64 = 18.0;
const LETTERS: f64 = 15.0;
const KEYS: f64 = 24.0;
const ROW: f64 = 17.0;
/// Between two parts, with a line in its middle.
const GAP: f64 = 16.0;

/// One part: a title and a row of figures for each lane.
struct Part {
    title: String,
    /// What each row is after, and what it says of each lane.
    rows: Vec<(String, Vec<String>)>,
    is_key: bool,
}

/// What is told: seconds and epochs to a loss, and how the lanes do after equal work.
fn parts(race: &Race, numbers: &Numbers) -> Vec<Part> {
    let level = race.target(numbers);
    let crossed = |axis: CurveAxis, written: &dyn Fn(usize, f32) -> String| -> Vec<String> {
        let crossings = match level {
            Some(level) => race.crossings(numbers, axis, level),
            None => vec![None; race.runners.len()],
        };
        let figure = |(index, at): (usize, Option<f32>)| match at {
            Some(at) => written(index, at),
            None if level.is_some() => "not yet".into(),
            None => "–".into(),
        };
        crossings.into_iter().enumerate().map(figure).collect()
    };
    let epochs = |index: usize, examples: f32| examples / race.runners[index].items.max(1) as f32;
    let few = |value: f32| significant(value, if value < 9.95 { 2 } else { 3 });
    let reached = race.told.iter().map(|axis| {
        let (unit, written): (_, &dyn Fn(usize, f32) -> String) = match axis {
            CurveAxis::Updates => ("Updates", &|_, at| count(at.ceil() as usize)),
            CurveAxis::Examples => ("Epochs", &|index, at| few(epochs(index, at))),
            CurveAxis::Seconds => ("Seconds", &|_, at| few(at)),
        };
        let title = match level {
            Some(level) => format!("{unit} to loss {}", power(level)),
            None => format!("{unit} to a loss"),
        };
        Part { title, rows: vec![(String::new(), crossed(*axis, written))], is_key: true }
    });
    let metric = |value: Option<f32>| match value {
        Some(value) if race.is_share => percent(value),
        Some(value) => significant(value, 2),
        None => "–".into(),
    };
    let after = |axis: CurveAxis| {
        let (end, values) = race.after_equal(numbers, axis)?;
        let whose = match axis {
            CurveAxis::Updates => format!("{} updates", count(end as usize)),
            CurveAxis::Examples => {
                let items = race.runners.first().map_or(1, |runner| runner.items.max(1));
                let is_same = race.runners.iter().all(|runner| runner.items.max(1) == items);
                let epochs = f64::from(end) / items as f64;
                let decimals = usize::from(epochs < 99.5);
                if is_same {
                    format!("{} epochs", fixed(epochs, decimals))
                } else {
                    format!("{} examples", count(end as usize))
                }
            }
            CurveAxis::Seconds => seconds(end),
        };
        Some((whose, values.into_iter().map(metric).collect()))
    };
    let rows: Vec<_> = CurveAxis::ALL.into_iter().filter_map(after).collect();
    let mut metric = race.metric.chars();
    let name: String = metric.next().into_iter().flat_map(char::to_uppercase).chain(metric).collect();
    let after = if race.runners.len() == 1 { "after" } else { "after equal" };
    let equal = Part { title: format!("{name} {after}"), rows, is_key: false };
    reached.chain((!equal.rows.is_empty()).then_some(equal)).collect()
}

fn height(part: &Part) -> f64 {
    let rows = if part.is_key { KEYS } else { ROW * part.rows.len() as f64 };
    TITLE + LETTERS + rows
}

/// Where the figures of each lane begin, and the room that each has.
fn columns(part: &Part, lanes: usize, width: f64) -> (f64, f64) {
    let font = if part.is_key { Font::Large } else { Font::Label };
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let names = widest(&mut part.rows.iter().map(|(name, _)| Font::Label.width(name)));
    let left = if part.is_key { 0.0 } else { (names + 12.0).min(0.5 * width) };
    let figures = widest(&mut part.rows.iter().flat_map(|(_, all)| all).map(|figure| font.width(figure)));
    let each = (width - left) / lanes.max(1) as f64;
    (left, (figures + 20.0).min(each))
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    race: &Race,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let lane_of = |index: usize| if race.runners.len() == 1 { lane } else { race.runners[index].lane };
    let mut top = 0.0;
    for (place, part) in parts(race, numbers).iter().enumerate() {
        let from = if place > 0 { top + GAP } else { top };
        if from + height(part) > pen.height + 2.0 {
            break; // no room
        }
        if place > 0 {
            pen.rule(0.0, pen.width, top + GAP / 2.0, &colors.line)?;
        }
        let title = Font::Strong.shortened(&part.title, pen.width);
        pen.text(&title, (0.0, from + 8.0), Align::Left, Font::Strong, &colors.ink)?;
        let (left, pitch) = columns(part, race.runners.len(), pen.width);
        let at = |index: usize| left + pitch * index as f64;
        for index in 0..race.runners.len() {
            let letter = Font::Label.shortened(&lane_name(lane_of(index)), pitch);
            let place = (at(index), from + TITLE + 7.0);
            pen.text(&letter, place, Align::Left, Font::Label, &colors.ink_3)?;
        }
        for (row, (name, figures)) in part.rows.iter().enumerate() {
            let (tall, font) = if part.is_key { (KEYS, Font::Large) } else { (ROW, Font::Label) };
            let middle = from + TITLE + LETTERS + tall * (row as f64 + 0.5);
            let name = Font::Label.shortened(name, left - 8.0);
            pen.text(&name, (0.0, middle), Align::Left, Font::Label, &colors.ink_2)?;
            for (index, figure) in figures.iter().enumerate() {
                let fonts = [font, Font::Medium, Font::Label, Font::Small];
                let gap = if part.is_key { 10.0 } else { 2.0 };
                let fits = |font: &Font| font.size() <= tall && font.width(figure) <= pitch - gap;
                let font = fonts.into_iter().filter(|other| other.size() <= font.size()).find(fits);
                if let Some(font) = font {
                    pen.text(figure, (at(index), middle), Align::Left, font, &colors.lane(lane_of(index)))?;
                }
            }
        }
        top = from + height(part);
    }
    Ok(())
}

/// The part under the pointer in words, lane by lane.
pub(super) fn read(race: &Race, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    if !(0.0..=size.0).contains(&px) {
        return None;
    }
    let mut top = 0.0;
    for part in parts(race, numbers) {
        let to = top + height(&part);
        if to > size.1 + 2.0 {
            return None;
        }
        if (top..=to).contains(&py) {
            let said = part.rows.iter().flat_map(|(name, figures)| {
                figures.iter().zip(&race.runners).map(move |(figure, runner)| {
                    let whose = format!("{} {figure}", lane_name(runner.lane));
                    if name.is_empty() { whose } else { format!("{name}: {whose}") }
                })
            });
            let lines = std::iter::once(part.title.clone()).chain(said).collect();
            return Some(ReadOut { lines, anchor: (px, py), ..ReadOut::default() });
        }
        top = to + GAP;
    }
    None
}

/// Every row of every lane.
pub(super) fn table(race: &Race, numbers: &Numbers) -> Table {
    let rows = race.runners.iter().flat_map(|runner| {
        let spans = [runner.updates, runner.examples, runner.seconds, runner.loss, runner.metric];
        let columns = spans.map(|span| numbers.at(span));
        let many = columns.iter().map(|column| column.len()).min().unwrap_or(0);
        let row = move |row: usize| {
            // Losses and tests have rows of their own.
            let cell = |value: f32| if value.is_nan() { String::new() } else { value.to_string() };
            let cells = columns.map(|column| cell(column[row]));
            std::iter::once(lane_name(runner.lane)).chain(cells).collect()
        };
        (0..many).map(row)
    });
    let head = ["lane", "updates", "examples", "seconds", "training loss"];
    Table { columns: names(&head).into_iter().chain([race.metric.clone()]).collect(), rows: rows.collect() }
}
