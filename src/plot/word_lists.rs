//! Lists of words: as many side by side as there is room for, the rest below; a bar under each word says how much it says.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::exact;
use crate::labs::{Numbers, WordList, WordLists};
use plotters::prelude::DrawingBackend;

/// Width that a list asks for, and the least that it is drawn with.
const WIDTH: f64 = 84.0;
const LEAST: f64 = 56.0;
/// Between lists.
const GAP: f64 = 16.0;
/// Inside of the edges of a list, where a frame may run.
const EDGE: f64 = 5.0;
/// A line of the head, and a word with its bar.
const LINE: f64 = 15.0;
const WORD: f64 = 19.0;
/// Lists of fewer words than this are put side by side although they are narrow.
const FEW: usize = 3;

struct Layout {
    across: usize,
    wide: f64,
    high: f64,
    /// Height of the head of a list, and words that a list has room for.
    head: f64,
    words: usize,
    /// Lists that there is room for.
    shown: usize,
}

fn layout(figure: &WordLists, (width, height): (f64, f64)) -> Layout {
    let many = figure.lists.len().max(1);
    let longest = figure.lists.iter().map(|list| list.words.len()).max().unwrap_or(0);
    let has_notes = figure.lists.iter().any(|list| !list.note.is_empty());
    let head = EDGE + LINE * if has_notes { 2.0 } else { 1.0 };
    let fit = |least: f64| (((width + GAP) / (least + GAP)) as usize).clamp(1, many);
    let words = |across: usize| {
        let high = height / many.div_ceil(across) as f64;
        ((high - head - EDGE) / WORD).max(0.0) as usize
    };
    let enough = longest.min(FEW);
    let across = (fit(WIDTH)..=fit(LEAST)).find(|&across| words(across) >= enough).unwrap_or(fit(LEAST));
    // As many in each row as the rows need: the last is not left with one.
    let across = many.div_ceil(many.div_ceil(across));
    // All as high as the longest, or as there is room for, and one word at least.
    let words = words(across).clamp(usize::from(longest > 0), longest.max(1));
    let high = head + WORD * words as f64 + EDGE;
    let down = (((height + 0.5) / high).max(0.0) as usize).min(many.div_ceil(across));
    let wide = (width + GAP) / across as f64 - GAP;
    Layout { across, wide, high, head, words, shown: (down * across).min(figure.lists.len()) }
}

impl Layout {
    fn list(&self, index: usize) -> Rect {
        let (row, column) = (index / self.across, index % self.across);
        let x = (self.wide + GAP) * column as f64;
        Rect { x, y: self.high * row as f64, width: self.wide, height: self.high }
    }

    /// The word and its bar.
    fn word(&self, index: usize, word: usize) -> Rect {
        let list = self.list(index);
        let y = list.y + self.head + WORD * word as f64;
        Rect::between(list.x + EDGE, y, list.right() - EDGE, y + WORD)
    }
}

/// The largest weight of all lists, which a whole bar stands for.
fn most(figure: &WordLists, numbers: &Numbers) -> f32 {
    let weights = figure.lists.iter().flat_map(|list| numbers.at(list.weights));
    let finite = weights.map(|weight| weight.abs()).filter(|weight| weight.is_finite());
    finite.fold(f32::MIN_POSITIVE, f32::max)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, figure: &WordLists, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(figure, (pen.width, pen.height));
    let most = most(figure, numbers);
    for (index, list) in figure.lists.iter().enumerate().take(layout.shown) {
        let rect = layout.list(index);
        let (left, room) = (rect.x + EDGE, rect.width - 2.0 * EDGE);
        let title = Font::Strong.shortened(&list.title, room);
        pen.text(&title, (left, rect.y + EDGE + 7.0), Align::Left, Font::Strong, &colors.ink)?;
        let note = Font::Small.shortened(&list.note, room);
        if !note.is_empty() {
            pen.text(&note, (left, rect.y + EDGE + 7.0 + LINE), Align::Left, Font::Small, &colors.ink_3)?;
        }
        for (place, word) in list.words.iter().enumerate().take(layout.words) {
            let rect = layout.word(index, place);
            let weight = numbers.at(list.weights).get(place).copied().unwrap_or(f32::NAN);
            let words = Font::Label.shortened(&said(word, weight), room);
            pen.text(&words, (left, rect.y + 7.0), Align::Left, Font::Label, &colors.ink)?;
            let share = f64::from(weight.abs() / most);
            let share = if share.is_nan() { 0.0 } else { share.min(1.0) };
            let track = Rect { y: rect.y + 14.0, height: 3.0, ..rect };
            pen.fill(track, &colors.sunken)?;
            pen.fill(Rect { width: track.width * share, ..track }, &colors.ink_4)?;
        }
        if list.is_marked {
            pen.frame(rect.grown(-1.0), 1.5, &colors.ink)?;
        }
    }
    Ok(())
}

/// A word with a minus where it speaks against.
fn said(word: &str, weight: f32) -> String {
    if weight < 0.0 { format!("− {word}") } else { word.into() }
}

pub(super) fn read(
    figure: &WordLists,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let layout = layout(figure, size);
    let index = (0..layout.shown).find(|&index| layout.list(index).contains(pointer))?;
    let list: &WordList = &figure.lists[index];
    let words = 0..list.words.len().min(layout.words);
    let place = words.into_iter().find(|&place| layout.word(index, place).contains(pointer));
    let mut lines = vec![list.title.clone()];
    let Some(place) = place else {
        // What was cut off for want of room.
        lines.extend(Some(list.note.clone()).filter(|note| !note.is_empty()));
        let anchor = layout.list(index).middle();
        return Some(ReadOut { lines, anchor, crosshair: Crosshair::default() });
    };
    let weight = numbers.at(list.weights).get(place).copied().unwrap_or(f32::NAN);
    lines.push(format!("{} {}", list.words[place], exact(weight)));
    let frame = layout.word(index, place);
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}

pub(super) fn table(figure: &WordLists, numbers: &Numbers) -> Table {
    let of_list = |list: &WordList| {
        let title = list.title.clone();
        let weights = numbers.at(list.weights);
        let row = move |(place, word): (usize, &String)| {
            vec![title.clone(), word.clone(), weights.get(place).map_or_else(String::new, f32::to_string)]
        };
        list.words.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let kind = if figure.kind.is_empty() { "list" } else { &figure.kind };
    Table { columns: names(&[kind, "word", "weight"]), rows: figure.lists.iter().flat_map(of_list).collect() }
}
