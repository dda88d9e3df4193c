//! Text letter by letter, each on the colour of its number; blocks side by side while there is room.

use super::Drawn;
use super::palette::{Ramp, ink_on};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::exact;
use crate::labs::{Inked, InkedBlock, Numbers};
use plotters::prelude::DrawingBackend;

/// Between two letters, and height of a line.
const SPACE: f64 = 0.6;
const HIGH: f64 = 18.0;
/// Room above a block for what it is, and between blocks.
const HEAD: f64 = 24.0;
const GAP: f64 = 24.0;
/// Narrowest block that stands beside another.
const NARROW: f64 = 200.0;

/// Where a block lies.
fn block(inked: &Inked, index: usize, (width, height): (f64, f64)) -> Rect {
    let many = inked.blocks.len().max(1);
    let across = ((width + GAP) / (NARROW + GAP)).floor().clamp(1.0, many as f64);
    let down = (many as f64 / across).ceil();
    let (wide, high) = ((width - GAP * (across - 1.0)) / across, height / down);
    let column = (index as f64) % across;
    Rect { x: column * (wide + GAP), y: (index as f64 / across).floor() * high, width: wide, height: high }
}

/// Letters in lines, and what stands for those that have no room.
struct Set {
    /// Each letter with where it lies.
    letters: Vec<(char, Option<Rect>)>,
    /// Where there is an ellipsis.
    cut: Option<Rect>,
}

/// Sets the letters of a block: where there is no room for all of them, the last of those that are being written, and
/// the first of those that have colours.
fn set(of: &InkedBlock, rect: &Rect) -> Set {
    let rows = ((rect.height - HEAD) / HIGH).max(0.0) as usize;
    let text: Vec<char> = of.text.chars().collect();
    let dots = Font::Label.width("…") + SPACE;
    let lines = lines(&text, 0.0, rect.width);
    let row_of = |lines: &[(usize, f64)]| lines.last().map_or(0, |(row, _)| *row);
    let at = |row: usize, x: f64, width: f64| Rect {
        x: rect.x + x,
        y: rect.y + HEAD + HIGH * row as f64,
        width,
        height: HIGH,
    };
    let placed = |first: usize, lines: &[(usize, f64)]| {
        let place = |(index, &letter): (usize, &char)| {
            let place = index.checked_sub(first).and_then(|index| lines.get(index));
            (letter, place.filter(|(row, _)| *row < rows).map(|&(row, x)| at(row, x, wide(letter))))
        };
        text.iter().enumerate().map(place).collect()
    };
    if rows == 0 || row_of(&lines) < rows {
        return Set { letters: placed(0, &lines), cut: None };
    }
    if of.ink.len > 0 {
        let lines = self::lines(&text, 0.0, rect.width - dots);
        let shown: Vec<_> = lines.iter().copied().take_while(|(row, _)| *row < rows).collect();
        let letters = placed(0, &shown);
        let last = shown.len().checked_sub(1).and_then(|last| letters[last].1);
        return Set { cut: last.map(|last| Rect { x: last.right(), width: dots, ..last }), letters };
    }
    // From the beginning of a line on, so that what stands there moves only with a new line.
    let begins = (1..text.len()).filter(|&index| lines[index].0 > lines[index - 1].0);
    let from = row_of(&lines) + 1 - rows;
    for first in begins.filter(|&index| lines[index].0 >= from) {
        let lines = self::lines(&text[first..], dots, rect.width);
        if row_of(&lines) < rows {
            return Set { letters: placed(first, &lines), cut: Some(at(0, 0.0, dots)) };
        }
    }
    Set { letters: text.iter().map(|letter| (*letter, None)).collect(), cut: None }
}

/// What a letter takes of its line.
fn wide(letter: char) -> f64 {
    Font::Label.width(letter.encode_utf8(&mut [0; 4])) + SPACE
}

/// The line of each letter and where on it the letter begins, the first `indent` from the left; words are kept whole
/// where they fit on a line, which ends at `end`.
fn lines(text: &[char], indent: f64, end: f64) -> Vec<(usize, f64)> {
    let (mut row, mut x) = (0, indent);
    let mut placed = Vec::with_capacity(text.len());
    for (index, &letter) in text.iter().enumerate() {
        let begins_word = letter != ' ' && index.checked_sub(1).is_none_or(|before| text[before] == ' ');
        let word = text[index..].iter().take_while(|c| !c.is_whitespace());
        let needed = if begins_word { word.map(|&c| wide(c)).sum() } else { wide(letter) };
        if x > 0.0 && x + needed.min(end) > end {
            (row, x) = (row + 1, 0.0);
        }
        placed.push((row, x));
        x += wide(letter);
        if letter == '\n' {
            (row, x) = (row + 1, 0.0);
        }
    }
    placed
}

/// What a block comes to, in so much room: without what follows the comma where that does not fit.
fn stat(of: &InkedBlock, width: f64) -> String {
    let short = of.stat.split(", ").next().unwrap_or_default();
    Font::Label.shortened(if Font::Label.width(&of.stat) <= width { &of.stat } else { short }, width)
}

/// In the colours of their lanes; those of one lane alone in that of `lane`.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    inked: &Inked,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let of_one = inked.blocks.iter().all(|of| of.lane == 0);
    let (magnitudes, signed) = (Ramp::new(&colors.seq), Ramp::of_signed(colors));
    for (index, of) in inked.blocks.iter().enumerate() {
        let rect = block(inked, index, (pen.width, pen.height));
        let lane = colors.lane(if of_one { lane } else { of.lane });
        // The name has the room that it wants, as far as that leaves most of it.
        let name = Font::Strong.width(&of.title).min(rect.width * 0.4);
        let stat = stat(of, rect.width - name - 8.0);
        let title = Font::Strong.shortened(&of.title, rect.width - Font::Label.width(&stat) - 8.0);
        let middle = rect.y + 9.0;
        pen.text(&title, (rect.x, middle), Align::Left, Font::Strong, &lane)?;
        pen.text(&stat, (rect.right(), middle), Align::Right, Font::Label, &colors.ink_2)?;
        let ink = numbers.at(of.ink);
        let Set { letters: placed, cut } = set(of, &rect);
        if let Some(cut) = cut {
            pen.text("…", cut.middle(), Align::Center, Font::Label, &colors.ink_3)?;
        }
        for (place, (letter, at)) in placed.iter().enumerate() {
            let Some(at) = at else { continue };
            let color = ink.get(place).map(|value| {
                let share = value / of.most.max(f32::MIN_POSITIVE);
                if of.is_signed { signed.signed(share) } else { magnitudes.at(share) }
            });
            if let Some(color) = color {
                pen.fill(Rect { y: at.y + 1.0, height: HIGH - 2.0, ..*at }, &color)?;
            }
            let on = color.map_or(if place < of.given { colors.ink_3 } else { colors.ink }, ink_on);
            let shown = match letter {
                ' ' => continue,
                '\n' => '↵',
                other => *other,
            };
            pen.text(&shown.to_string(), at.middle(), Align::Center, Font::Label, &on)?;
        }
        for &[from, to] in &of.marked {
            let run: Vec<Rect> = (from..to).filter_map(|place| placed.get(place)?.1).collect();
            for line in run.chunk_by(|a, b| (a.y - b.y).abs() < 1.0) {
                let (left, right) = (line[0].x, line[line.len() - 1].right());
                let waves = ((right - left) / 3.0).max(1.0) as usize;
                let y = line[0].bottom() - 2.5;
                let wave =
                    (0..=waves).map(|i| (left + 3.0 * i as f64, y + if i % 2 == 0 { 1.0 } else { -1.0 }));
                pen.line(wave, 1.0, &colors.bad)?;
            }
        }
        if of.ink.len == 0
            && of.given < placed.len()
            && let Some((_, Some(last))) = placed.last()
        {
            let cursor = Rect { x: last.right() + 1.0, y: last.y + 2.0, width: 6.0, height: HIGH - 4.0 };
            if cursor.right() <= pen.width {
                pen.fill(cursor, &lane)?;
            }
        }
    }
    Ok(())
}

/// The block and the letter of it at a place.
#[must_use]
pub fn letter_at(inked: &Inked, size: (f64, f64), pointer: Point) -> Option<(usize, usize)> {
    inked.blocks.iter().enumerate().find_map(|(index, of)| {
        let placed = set(of, &block(inked, index, size)).letters;
        let letter = placed.iter().position(|(_, at)| at.is_some_and(|at| at.contains(pointer)))?;
        Some((index, letter))
    })
}

pub(super) fn read(inked: &Inked, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let (index, place) = letter_at(inked, size, pointer)?;
    let of = &inked.blocks[index];
    let (letter, frame) = set(of, &block(inked, index, size)).letters[place];
    let frame = frame?;
    let letter = if letter == ' ' { '␣' } else { letter };
    let mut lines = vec![format!("character {}: {letter}", place + 1)];
    lines.extend(numbers.at(of.ink).get(place).map(|&value| format!("{} {}", of.quantity, exact(value))));
    if of.marked.iter().any(|range| (range[0]..range[1]).contains(&place)) {
        lines.push("not a word of the training text".into());
    }
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}

pub(super) fn table(inked: &Inked, numbers: &Numbers) -> Table {
    let rows = inked.blocks.iter().flat_map(|of| {
        let ink = numbers.at(of.ink);
        of.text.chars().enumerate().map(move |(place, letter)| {
            let value = ink.get(place).map_or_else(String::new, f32::to_string);
            vec![of.title.clone(), (place + 1).to_string(), letter.escape_debug().to_string(), value]
        })
    });
    let quantity = inked.blocks.first().map_or("", |of| &of.quantity);
    let quantity = if quantity.is_empty() { "value" } else { quantity };
    Table { columns: names(&["text", "place", "character", quantity]), rows: rows.collect() }
}
