//! Maps over the steps of a sequence: the sequence as a tape above, then for each network its name with what it comes
//! to, and its maps in the columns of the tape.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, Rect};
use crate::labs::format::{count, exact, power_of_ten};
use crate::labs::{Numbers, TimeGroup, TimeMap, TimeMaps, TimeScale};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;
use std::ops::Range;

/// The tape and the numbers of its steps.
const TAPE: f64 = 20.0;
const HEAD: f64 = 40.0;
/// Between maps of a group, and between groups.
const GAP: f64 = 5.0;
const APART: f64 = 14.0;
/// Least height of a group: its name, what it comes to and a hint.
const WORDS: f64 = 84.0;
/// Room at the left for words and for the names of maps, where there is that much.
const LEFT: f64 = 196.0;
const NAMES: f64 = 62.0;
/// Narrower than this, words stand above the maps of their group.
const WIDE: f64 = 560.0;
/// What words then take.
const ABOVE: f64 = 22.0;
/// Height of a line of words.
const LINE: f64 = 13.0;
/// From the top of a group to the middle of its hint's first line.
const HINT: f64 = 42.0;
/// Room for what the colours of gates say.
const KEY: f64 = 92.0;
/// Narrowest column in which a symbol is written.
const LETTER: f64 = 6.5;

/// A place of the figure: a step, and where there are units, one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeAt {
    pub step: usize,
    pub unit: Option<usize>,
}

fn is_wide(width: f64) -> bool {
    width >= WIDE
}

/// Height of a map where there is no want of it; more where units are looked at one by one.
fn high(map: &TimeMap, is_close: bool) -> f64 {
    match map.scale {
        _ if is_close => 44.0,
        TimeScale::Decades(_) => 44.0,
        TimeScale::Gate | TimeScale::Signed(_) => 24.0_f64.max((map.rows as f64).min(30.0)),
    }
}

fn group_height(maps: &TimeMaps, group: &TimeGroup, is_wide: bool) -> f64 {
    let is_close = maps.head.is_some();
    let maps: f64 = group.maps.iter().map(|map| high(map, is_close) + GAP).sum();
    if is_wide { maps.max(WORDS) } else { maps + ABOVE }
}

/// What it takes, at most `most`.
pub(super) fn height(maps: &TimeMaps, most: f64) -> f64 {
    let groups: f64 = maps.groups.iter().map(|group| group_height(maps, group, true) + APART).sum();
    (HEAD + groups).min(most)
}

struct Layout {
    /// Left and right end of the columns.
    left: f64,
    right: f64,
    /// Top of each group, and of each of its maps with its height.
    groups: Vec<(f64, Vec<(f64, f64)>)>,
}

fn layout(maps: &TimeMaps, (width, height): (f64, f64)) -> Layout {
    let wide = is_wide(width);
    let needed: f64 = maps.groups.iter().map(|group| group_height(maps, group, wide) + APART).sum();
    let share = ((height - HEAD) / needed.max(1.0)).min(1.0);
    let mut top = HEAD;
    let groups = maps.groups.iter().map(|group| {
        let begin = top;
        let mut y = begin + if wide { 0.0 } else { ABOVE * share };
        let places = group.maps.iter().map(|map| {
            let place = (y, high(map, maps.head.is_some()) * share);
            y += (high(map, maps.head.is_some()) + GAP) * share;
            place
        });
        let places = places.collect();
        top += (group_height(maps, group, wide) + APART) * share;
        (begin, places)
    });
    Layout { groups: groups.collect(), left: if wide { LEFT } else { NAMES }, right: width - 1.0 }
}

impl Layout {
    fn column(&self, maps: &TimeMaps, step: usize) -> Rect {
        let pitch = (self.right - self.left).max(0.0) / maps.symbols.len().max(1) as f64;
        Rect { x: self.left + pitch * step as f64, y: 0.0, width: pitch, height: TAPE }
    }
}

/// In the colours of their lanes; those of one lane alone in that of `lane`.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    maps: &TimeMaps,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let layout = layout(maps, (pen.width, pen.height));
    if layout.right <= layout.left || maps.symbols.is_empty() {
        return Ok(());
    }
    draw_tape(pen, maps, &layout)?;
    let wide = is_wide(pen.width);
    let of_one = maps.groups.iter().all(|group| group.lane == 0);
    let color_of = |group: &TimeGroup| pen.style.palette.lane(if of_one { lane } else { group.lane });
    // Which end of grey is open is said once.
    let gates = |group: &TimeGroup| group.maps.iter().any(|map| matches!(map.scale, TimeScale::Gate));
    let keyed = maps.groups.iter().position(gates);
    // Where there is little height, names that would lie on others are left out.
    let mut free_from = HEAD;
    for (index, (group, (top, places))) in maps.groups.iter().zip(&layout.groups).enumerate() {
        let end = layout.groups.get(index + 1).map_or(pen.height, |(next, _)| *next);
        let (color, is_keyed) = (color_of(group), keyed == Some(index));
        if wide {
            draw_words(pen, group, (*top, end), color, is_keyed)?;
        } else if *top >= free_from && top + 2.0 * LINE <= end {
            let words = Font::Strong.shortened(&format!("{}  {}", group.name, group.stat), pen.width);
            pen.text(&words, (0.0, top + 9.0), Align::Left, Font::Strong, &color)?;
            if is_keyed && Font::Strong.width(&words) + KEY + 12.0 <= pen.width {
                draw_key(pen, (pen.width - KEY, top + 9.0))?;
            }
            free_from = top + 9.0 + LINE / 2.0;
        }
        for (map, &(y, high)) in group.maps.iter().zip(places) {
            let rect = Rect::between(layout.left, y, layout.right, y + high);
            let middle = rect.middle().1;
            if middle - LINE / 2.0 >= free_from {
                let (name, ink) = (Font::Small.shortened(&map.label, NAMES - 8.0), &pen.style.palette.ink_2);
                pen.text(&name, (layout.left - 8.0, middle), Align::Right, Font::Small, ink)?;
                free_from = middle + LINE / 2.0;
            }
            draw_map(pen, map, numbers, &rect)?;
            if let Some(row) = maps.unit.and_then(|unit| row_of(map, unit)) {
                let y = y + high * (row as f64 + 0.5) / map.rows as f64;
                let tip = layout.left - 1.0;
                let tick = [(tip, y), (tip - 5.0, y - 3.0), (tip - 5.0, y + 3.0)];
                pen.polygon(tick, &pen.style.palette.ink)?;
            }
        }
    }
    if let Some(step) = maps.head.filter(|step| *step < maps.symbols.len()) {
        let column = layout.column(maps, step);
        let ends = layout.groups.iter().flat_map(|(_, places)| places).map(|(y, high)| y + high);
        let whole = Rect::between(column.x, 0.0, column.right(), ends.fold(TAPE, f64::max));
        pen.fill(whole, &pen.style.palette.glass)?;
        pen.frame(whole, 1.0, &pen.style.palette.glass_edge)?;
    }
    Ok(())
}

/// The row of a unit in a map of units.
fn row_of(map: &TimeMap, unit: usize) -> Option<usize> {
    let down = unit.checked_sub(map.rows_from).filter(|_| map.row_name == "unit")?;
    let row = down / map.row_step.max(1);
    (down.is_multiple_of(map.row_step.max(1)) && row < map.rows).then_some(row)
}

/// Marked steps next to each other, and the box in which their letters stand.
struct Mark {
    steps: Range<usize>,
    rect: Rect,
    /// That of the letters where each has room in its column; else they stand in the box as one word.
    each: Option<Font>,
}

/// All that is marked, from left to right; none covers another. Letters are dropped only where there is no room for
/// all of them.
fn marks(maps: &TimeMaps, layout: &Layout) -> Vec<Mark> {
    let last = maps.symbols.len() - 1;
    let mut marked: Vec<usize> = maps.marked.iter().copied().filter(|step| *step <= last).collect();
    marked.sort_unstable();
    marked.dedup();
    let mark = |run: &[usize]| {
        let steps = run[0]..run[run.len() - 1] + 1;
        let (first, end) = (layout.column(maps, steps.start), layout.column(maps, steps.end - 1).right());
        // One by itself may stick out a little.
        let room = first.width + if run.len() == 1 { 1.5 } else { 0.0 };
        let fits = |font: &Font| maps.symbols[steps.clone()].iter().all(|s| font.width(shown(s)) <= room);
        // Where the letters about it are left out, it may as well be large.
        let is_alone = run.len() == 1 && first.width < LETTER;
        let each = [Font::Strong, Font::Small].into_iter().find(fits).filter(|_| !is_alone);
        let width = match each {
            Some(_) => end - first.x,
            None => (Font::Strong.width(&word(maps, &steps)) + 3.0).max(end - first.x),
        };
        let x = ((first.x + end - width) / 2.0).clamp(layout.left, (layout.right - width).max(layout.left));
        Mark { rect: Rect { x, y: 0.0, width, height: TAPE }, steps, each }
    };
    // The question at the end is drawn otherwise than what is to be remembered.
    let runs = marked.chunk_by(|a, b| a + 1 == *b && *b != last);
    let mut marks: Vec<Mark> = runs.map(mark).collect();
    let mut from = layout.left;
    for mark in &mut marks {
        mark.rect.x = mark.rect.x.max(from);
        from = mark.rect.right();
    }
    let mut to = layout.right;
    for mark in marks.iter_mut().rev() {
        mark.rect.x = mark.rect.x.min(to - mark.rect.width);
        to = mark.rect.x;
    }
    if to < layout.left - 0.1 {
        for Mark { steps, rect, .. } in &mut marks {
            let (first, last) = (layout.column(maps, steps.start), layout.column(maps, steps.end - 1));
            (rect.x, rect.width) = (first.x, last.right() - first.x);
        }
    }
    marks
}

/// A symbol as it is written.
fn shown(symbol: &str) -> &str {
    if symbol == " " { "␣" } else { symbol }
}

/// The symbols of a few steps as one word.
fn word(maps: &TimeMaps, steps: &Range<usize>) -> String {
    maps.symbols[steps.clone()].iter().map(|symbol| shown(symbol)).collect()
}

fn draw_tape<DB: DrawingBackend>(pen: &Pen<DB>, maps: &TimeMaps, layout: &Layout) -> Drawn<DB> {
    let colors = &pen.style.palette;
    pen.text("reads", (layout.left - 8.0, TAPE / 2.0), Align::Right, Font::Small, &colors.ink_3)?;
    let last = maps.symbols.len() - 1;
    let mut free_from = f64::NEG_INFINITY;
    let marks = marks(maps, layout);
    for (step, symbol) in maps.symbols.iter().enumerate() {
        let column = layout.column(maps, step);
        pen.fill(column.grown(-0.5), &colors.sunken)?;
        let fits = column.width >= LETTER && Font::Small.width(shown(symbol)) <= column.width + 1.5;
        let is_free = !marks.iter().any(|mark| mark.rect.grown(-0.5).overlaps(&column));
        if fits && is_free {
            pen.text(shown(symbol), column.middle(), Align::Center, Font::Small, &colors.ink_2)?;
        }
        // Steps are counted from 1; every fifth or tenth is written where it has room.
        let every = if maps.symbols.len() > 30 { 10 } else { 5 };
        let (is_first, is_last) = (step == 0, step == last);
        if is_first || is_last || (step + 1).is_multiple_of(every) {
            let words = if is_first { "step 1".to_owned() } else { (step + 1).to_string() };
            let wide = Font::Small.width(&words);
            let (left, align, x) = match (is_first, is_last) {
                (true, _) => (column.x, Align::Left, column.x),
                (_, true) => (layout.right - wide, Align::Right, layout.right),
                _ => (column.middle().0 - wide / 2.0, Align::Center, column.middle().0),
            };
            let before_last = is_last || left + wide + 22.0 < layout.right;
            if left >= free_from && before_last {
                free_from = left + wide + 8.0;
                pen.text(&words, (x, TAPE + 9.0), align, Font::Small, &colors.ink_3)?;
            }
        }
    }
    marks.iter().try_for_each(|mark| draw_mark(pen, maps, mark))
}

fn draw_mark<DB: DrawingBackend>(pen: &Pen<DB>, maps: &TimeMaps, mark: &Mark) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let is_asked = mark.steps.end == maps.symbols.len();
    let (ground, ink) =
        if is_asked { (&colors.surface, &colors.ink) } else { (&colors.ink, &colors.surface) };
    let cell = |rect: Rect, words: &str, font: Font| {
        pen.fill(rect.grown(-0.5), ground)?;
        if is_asked {
            pen.frame(rect.grown(-0.5), 1.0, ink)?;
        }
        if words.is_empty() { Ok(()) } else { pen.text(words, rect.middle(), Align::Center, font, ink) }
    };
    let Some(font) = mark.each else {
        let words = Font::Strong.shortened(&word(maps, &mark.steps), mark.rect.width);
        return cell(mark.rect, &words, Font::Strong);
    };
    let pitch = mark.rect.width / mark.steps.len() as f64;
    mark.steps.clone().enumerate().try_for_each(|(index, step)| {
        let rect = Rect { x: mark.rect.x + pitch * index as f64, width: pitch, ..mark.rect };
        cell(rect, shown(&maps.symbols[step]), font)
    })
}

/// Which grey is a gate that is open, and which one that is shut.
fn draw_key<DB: DrawingBackend>(pen: &Pen<DB>, (x, middle): Point) -> Drawn<DB> {
    let colors = &pen.style.palette;
    for (x, words, is_open) in [(x, "open", true), (x + KEY / 2.0, "shut", false)] {
        let swatch = Rect { x, y: middle - 4.0, width: 8.0, height: 8.0 };
        if is_open {
            pen.fill(swatch, &colors.ink)?;
        } else {
            pen.frame(swatch.grown(-0.5), 1.0, &colors.line_strong)?;
        }
        pen.text(words, (x + 12.0, middle), Align::Left, Font::Small, &colors.ink_3)?;
    }
    Ok(())
}

/// What a network is and comes to, beside its maps, as far as there is room from `top` to `end`; what the colours of
/// gates say below it.
fn draw_words<DB: DrawingBackend>(
    pen: &Pen<DB>,
    group: &TimeGroup,
    (top, end): (f64, f64),
    color: RGBColor,
    is_keyed: bool,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let width = LEFT - NAMES - 8.0;
    if top > HEAD {
        pen.rule(0.0, pen.width, top - APART / 2.0, &colors.line)?;
    }
    // The rule of the next group stands between the two.
    let rows = ((end - APART / 2.0 - top - HINT) / LINE + 0.5).max(0.0) as usize;
    let hint = if rows == 0 || group.hint.is_empty() {
        Vec::new()
    } else {
        Font::Small.wrapped(&group.hint, width, rows)
    };
    let key = top + HINT + LINE * hint.len() as f64 + if hint.is_empty() { 0.0 } else { 5.0 };
    let lines = [
        (8.0, Font::Strong, Font::Strong.shortened(&group.name, width), color),
        (25.0, Font::Label, Font::Label.shortened(&group.stat, width), colors.ink),
    ];
    let hint = hint.into_iter().enumerate();
    let hint = hint.map(|(line, words)| (HINT + LINE * line as f64, Font::Small, words, colors.ink_3));
    for (down, font, words, ink) in lines.into_iter().chain(hint) {
        if top + down + LINE / 2.0 <= end {
            pen.text(&words, (0.0, top + down), Align::Left, font, &ink)?;
        }
    }
    if is_keyed && key + LINE / 2.0 + APART / 2.0 <= end { draw_key(pen, (0.0, key)) } else { Ok(()) }
}

fn draw_map<DB: DrawingBackend>(pen: &Pen<DB>, map: &TimeMap, numbers: &Numbers, rect: &Rect) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let values = numbers.at(map.values);
    let columns = values.len().checked_div(map.rows).unwrap_or(0);
    if columns == 0 || rect.height < 2.0 {
        return pen.fill(*rect, &colors.sunken);
    }
    let (magnitudes, signed) = (Ramp::new(&colors.seq), Ramp::of_signed(colors));
    let color = |value: f32| -> RGBColor {
        match map.scale {
            _ if !value.is_finite() => colors.no_number(),
            TimeScale::Decades([low, top]) => {
                let decade = libm::log10f(value.max(f32::MIN_POSITIVE));
                magnitudes.at((decade - low as f32) / ((top - low) as f32).max(1.0))
            }
            TimeScale::Gate => {
                super::palette::mix(colors.surface, colors.ink, f64::from(value.clamp(0.0, 1.0)))
            }
            TimeScale::Signed(most) => signed.signed(value / most.max(f32::MIN_POSITIVE)),
        }
    };
    let pixels = pen.pixels();
    let (wide, high) = ((rect.width * pixels).round() as usize, (rect.height * pixels).round() as usize);
    // One colour for each cell, then for each pixel that of its cell.
    let cells: Vec<RGBColor> = values[..columns * map.rows].iter().map(|&value| color(value)).collect();
    let pixel = |index: usize| {
        let (down, across) = (index / wide, index % wide);
        cells[(down * map.rows / high) * columns + across * columns / wide]
    };
    let mut bitmap = Bitmap::from_colors(wide, high, (0..wide * high).map(pixel));
    bitmap.outline(colors.line);
    pen.bitmap(((rect.x * pixels).round() as i32, (rect.y * pixels).round() as i32), &bitmap)
}

/// The step at a place, and the unit where it lies on a map of units.
#[must_use]
pub fn time_at(maps: &TimeMaps, size: (f64, f64), pointer: Point) -> Option<TimeAt> {
    place(maps, size, pointer).map(|(step, at)| TimeAt {
        step,
        unit: at.and_then(|Cell { group, map, row }| {
            let map = &maps.groups[group].maps[map];
            (map.row_name == "unit").then(|| map.rows_from + row * map.row_step)
        }),
    })
}

/// A cell of a map: the group, the map in it, and its row.
#[derive(Clone, Copy)]
struct Cell {
    group: usize,
    map: usize,
    row: usize,
}

/// The step at a place, and the cell where a map is there.
fn place(maps: &TimeMaps, size: (f64, f64), pointer: Point) -> Option<(usize, Option<Cell>)> {
    let layout = layout(maps, size);
    let width = layout.right - layout.left;
    if maps.symbols.is_empty() || !(layout.left..=layout.right).contains(&pointer.0) || width <= 0.0 {
        return None;
    }
    let share = (pointer.0 - layout.left) / width;
    let step = ((share * maps.symbols.len() as f64) as usize).min(maps.symbols.len() - 1);
    let places = layout.groups.iter().enumerate().flat_map(|(group, (_, places))| {
        places.iter().enumerate().map(move |(map, &(y, high))| (group, map, (pointer.1 - y) / high))
    });
    let cell = |(group, map, down): (usize, usize, f64)| {
        let rows = maps.groups[group].maps[map].rows;
        Cell { group, map, row: (down * rows as f64) as usize }
    };
    let hit = places.into_iter().find(|(.., down)| (0.0..1.0).contains(down));
    Some((step, hit.map(cell)))
}

pub(super) fn read(maps: &TimeMaps, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let (step, on_map) = place(maps, size, pointer)?;
    let layout = layout(maps, size);
    let column = layout.column(maps, step);
    let mut lines = vec![format!("step {}, reads {}", step + 1, maps.symbols[step])];
    let mut frame = Rect { y: 0.0, height: TAPE, ..column };
    if let Some(Cell { group, map: index, row }) = on_map {
        let map = &maps.groups[group].maps[index];
        let (y, high) = layout.groups[group].1[index];
        let values = numbers.at(map.values);
        let columns = values.len().checked_div(map.rows)?;
        let value = values.get(row * columns + step)?;
        let at = map.rows_from + row * map.row_step;
        lines.push(format!("{} {}", map.row_name, count(at)));
        lines.push(format!("{} {} {}", maps.groups[group].name, map.label, exact(*value)));
        if let TimeScale::Decades([low, top]) = map.scale {
            lines.push(format!("colours from {} to {}", power_of_ten(low), power_of_ten(top)));
        }
        let high = high / map.rows as f64;
        frame = Rect { y: y + high * row as f64, height: high, ..column };
    }
    Some(ReadOut {
        lines,
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}

pub(super) fn table(maps: &TimeMaps, numbers: &Numbers) -> Table {
    let mut rows = Vec::new();
    for group in &maps.groups {
        for map in &group.maps {
            let values = numbers.at(map.values);
            let columns = values.len().checked_div(map.rows).unwrap_or(0).max(1);
            for (row, values) in values.chunks(columns).enumerate() {
                let named = format!("{} {}", map.row_name, map.rows_from + row * map.row_step);
                let cells = values.iter().map(f32::to_string);
                rows.push([group.name.clone(), map.label.clone(), named].into_iter().chain(cells).collect());
            }
        }
    }
    let steps = maps.symbols.iter().enumerate().map(|(step, symbol)| format!("step {} {symbol}", step + 1));
    let heads = ["network", "measure", "row"].map(String::from);
    Table { columns: heads.into_iter().chain(steps).collect(), rows }
}
