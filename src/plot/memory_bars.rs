//! Bytes as stacked bars, one for each lane; lines from the last one to the names of its parts, what they show, and at
//! the foot, as an outline, what one batch of all items would take.

use super::Drawn;
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, Rect};
use crate::labs::format::{bytes, count};
use crate::labs::{MemoryBar, MemoryBars, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

/// Room for the letters of lanes.
const LETTER: f64 = 20.0;
/// A row and its bar, at most.
const PITCH: f64 = 42.0;
const BAR: f64 = 24.0;
/// Height of a name, and of a line of what they show.
const NAME: f64 = 17.0;
const LINE: f64 = 16.0;
/// What one batch of all items takes: its words and its bar.
const WHOLE: f64 = 50.0;
/// Where each part stands in the scale of magnitudes.
const TONES: [f32; 5] = [1.0, 0.82, 0.64, 0.42, 0.2];
/// A bar this many times as long as the longest of the lanes is broken off.
const MOST: f64 = 3.0;

/// The name of a part: where its line goes down to, and what it covers.
struct Name {
    part: usize,
    at: f64,
    height: f64,
    text: Rect,
}

struct Layout {
    left: f64,
    /// CSS pixels for each byte.
    scale: f64,
    right: f64,
    pitch: f64,
    bar: f64,
    /// Names of the parts of the last bar, from its foot on.
    names: Vec<Name>,
    /// Top of what the bars show.
    words: f64,
    finding: Vec<String>,
    /// Top of the bar of all items.
    whole: Option<f64>,
}

fn layout(bars: &MemoryBars, (width, height): (f64, f64)) -> Layout {
    let finite = |bar: &MemoryBar| Some(bar.total()).filter(|total| total.is_finite() && *total > 0.0);
    let of_lanes = bars.bars.iter().filter_map(finite).fold(0.0, f64::max);
    let whole = bars.whole.as_ref().and_then(finite);
    let longest = of_lanes.max(whole.unwrap_or(0.0).min(MOST * of_lanes)).max(1.0);
    let written = bars.bars.iter().chain(&bars.whole).map(|bar| Font::Strong.width(&bytes(bar.total())));
    let left = LETTER.min(0.3 * width);
    let right = (width - written.fold(0.0, f64::max) - 7.0).max(left);
    let rows = bars.bars.len().max(1) as f64;
    let finding = Some(&bars.finding).filter(|words| !words.is_empty());
    let finding = finding.map_or_else(Vec::new, |words| Font::Strong.balanced(words, width, 2));
    let mut layout = Layout {
        left,
        right,
        scale: (right - left) / longest,
        pitch: PITCH,
        bar: BAR,
        names: Vec::new(),
        words: 0.0,
        finding,
        whole: None,
    };
    let parts = bars.bars.last().map_or_else(Vec::new, |bar| layout.parts(bar, 0.0));
    layout.names = names(&parts, width);
    // What does not fit is left out: first all items, then what the bars show, then the names.
    let least = 22.0 * rows + 8.0;
    let deepest = layout.names.iter().map(|name| name.height + NAME / 2.0 + 4.0).fold(0.0, f64::max);
    let words = LINE * layout.finding.len() as f64 + 6.0;
    let has_whole = bars.whole.is_some() && least + deepest + words + WHOLE <= height;
    if least + deepest + words > height {
        layout.finding.clear();
    }
    if least + deepest > height {
        layout.names.clear();
    }
    let deepest = if layout.names.is_empty() { 0.0 } else { deepest };
    let words = if layout.finding.is_empty() { 0.0 } else { words };
    let beneath = deepest + words + if has_whole { WHOLE } else { 0.0 };
    layout.pitch = ((height - beneath - 4.0) / (rows - 0.4)).clamp(0.0, PITCH);
    layout.bar = (0.58 * layout.pitch).min(BAR);
    layout.words = layout.top(bars.bars.len().max(1) - 1) + layout.bar + deepest;
    layout.whole = has_whole.then_some(layout.words + words + WHOLE - BAR);
    layout
}

/// How high the figure is, at most `most`: what few lanes need.
pub(super) fn height(bars: &MemoryBars, most: f64) -> f64 {
    // Five names one below the other, whatever the width.
    let names = NAME * MemoryBars::PARTS.len() as f64 + 14.0;
    let words = if bars.finding.is_empty() { 0.0 } else { 2.0 * LINE + 6.0 };
    let whole = if bars.whole.is_some() { WHOLE } else { 0.0 };
    (PITCH * bars.bars.len().max(1) as f64 - (PITCH - BAR) + 6.0 + names + words + whole).min(most)
}

/// A name for each part, right of its line as high as no other is in the way, or left of it where there is no room.
fn names(parts: &[(usize, Rect)], width: f64) -> Vec<Name> {
    let mut placed: Vec<Name> = Vec::new();
    for (part, rect) in parts.iter().rev() {
        let (name, at) = (MemoryBars::PARTS[*part], rect.middle().0);
        let wide = Font::Label.width(name);
        let heights = || (0..MemoryBars::PARTS.len()).map(|level| 14.0 + NAME * level as f64);
        let spots = [at + 12.0, at - 12.0 - wide].into_iter().flat_map(|left| {
            heights().map(move |height| (height, Rect::of_text(name, Font::Label, left, height)))
        });
        let line = |at: f64, height: f64| Rect::between(at - 1.0, 0.0, at + 1.0, height);
        let is_free = |(height, text): &(f64, Rect)| {
            let reach = Rect::between(at.min(text.x), text.y, at.max(text.right()), text.bottom()).grown(1.0);
            let is_apart = |other: &Name| {
                !other.text.overlaps(&line(at, *height))
                    && !other.text.overlaps(&reach)
                    && !line(other.at, other.height).overlaps(&reach)
            };
            text.x >= 0.0 && text.right() <= width && placed.iter().all(is_apart)
        };
        let found = spots.into_iter().find(is_free);
        if let Some((height, text)) = found {
            placed.push(Name { part: *part, at, height, text });
        }
    }
    placed
}

impl Layout {
    fn top(&self, index: usize) -> f64 {
        self.pitch * index as f64 + 2.0
    }

    /// The parts of a bar that take bytes, from left to right, with their indices; none where bytes are no numbers.
    fn parts(&self, bar: &MemoryBar, top: f64) -> Vec<(usize, Rect)> {
        if !bar.bytes.iter().all(|bytes| bytes.is_finite() && *bytes >= 0.0) {
            return Vec::new();
        }
        let mut before = 0.0;
        let part = |(index, bytes): (usize, &f64)| {
            let at = |bytes: f64| (self.left + bytes * self.scale).min(self.right);
            let rect = Rect::between(at(before), top, at(before + bytes), top + self.bar);
            before += bytes;
            (index, rect)
        };
        bar.bytes.iter().enumerate().map(part).filter(|(_, rect)| rect.width > 0.0).collect()
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, bars: &MemoryBars, lane: usize) -> Drawn<DB> {
    let layout = layout(bars, (pen.width, pen.height));
    let colors = &pen.style.palette;
    if layout.bar < 3.0 || layout.right - layout.left < 8.0 {
        return Ok(()); // no room
    }
    let ramp = Ramp::new(&colors.seq);
    let tones = TONES.map(|share| ramp.at(share));
    for (index, bar) in bars.bars.iter().enumerate() {
        let lane = if bars.bars.len() == 1 { lane } else { bar.lane };
        let middle = (layout.top(index) + layout.bar / 2.0).max(7.0);
        if layout.pitch >= 13.0 {
            pen.text(&lane_name(lane), (0.0, middle), Align::Left, Font::Strong, &colors.lane(lane))?;
        }
        draw_bar(pen, bar, &layout, layout.top(index), tones)?;
    }
    draw_names(pen, &layout.names, layout.top(bars.bars.len().max(1) - 1) + layout.bar)?;
    for (index, line) in layout.finding.iter().enumerate() {
        let at = (pen.width, layout.words + LINE * (index as f64 + 0.5));
        pen.text(line, at, Align::Right, Font::Strong, &colors.ink)?;
    }
    let (Some(top), Some(whole)) = (layout.whole, &bars.whole) else { return Ok(()) };
    let words = [format!("all {} items in one batch", count(whole.batch)), "one batch of all items".into()];
    if let Some(words) = words.iter().find(|words| Font::Small.width(words) <= pen.width) {
        pen.text(words, (0.0, top - 10.0), Align::Left, Font::Small, &colors.ink_3)?;
    }
    draw_bar(pen, whole, &layout, top, tones.map(|tone| mix(colors.surface, tone, 0.25)))?;
    if layout.left + whole.total() * layout.scale > layout.right + 0.5 {
        // Broken off: it is longer than there is room for.
        for by in [10.0, 15.0] {
            let at = layout.right - by;
            pen.line([(at - 3.0, top + layout.bar + 2.0), (at + 3.0, top - 2.0)], 3.0, &colors.surface)?;
            pen.line([(at - 3.0, top + layout.bar + 2.0), (at + 3.0, top - 2.0)], 1.0, &colors.line_strong)?;
        }
    }
    Ok(())
}

/// The parts of a bar in their tones, and after it what they come to.
fn draw_bar<DB: DrawingBackend>(
    pen: &Pen<DB>,
    bar: &MemoryBar,
    layout: &Layout,
    top: f64,
    tones: [RGBColor; 5],
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let parts = layout.parts(bar, top);
    for (place, (index, rect)) in parts.iter().enumerate() {
        pen.fill(*rect, &tones[*index])?;
        if place > 0 && rect.width > 1.0 {
            pen.plumb(rect.x, rect.y, rect.bottom(), &colors.surface)?;
        }
    }
    let right = parts.last().map_or(layout.left, |(_, rect)| rect.right());
    pen.frame(
        Rect::between(layout.left, top, right.max(layout.left + 1.0), top + layout.bar),
        0.75,
        &colors.line_strong,
    )?;
    let written = bytes(bar.total());
    if layout.bar >= 7.0 && right + 6.0 + Font::Strong.width(&written) <= pen.width + 1.0 {
        let at = (right + 6.0, (top + layout.bar / 2.0).max(7.0));
        pen.text(&written, at, Align::Left, Font::Strong, &colors.ink)?;
    }
    Ok(())
}

/// A line from each part down to its name.
fn draw_names<DB: DrawingBackend>(pen: &Pen<DB>, names: &[Name], foot: f64) -> Drawn<DB> {
    let colors = &pen.style.palette;
    for Name { part, at, height, text } in names {
        let (elbow, align, place) = if text.x > *at {
            (at + 8.0, Align::Left, text.x)
        } else {
            (at - 8.0, Align::Right, text.right())
        };
        let height = foot + height;
        pen.line([(*at, foot + 4.0), (*at, height), (elbow, height)], 1.0, &colors.ink_3)?;
        pen.text(MemoryBars::PARTS[*part], (place, height), align, Font::Label, &colors.ink_2)?;
    }
    Ok(())
}

pub(super) fn read(bars: &MemoryBars, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let layout = layout(bars, size);
    if layout.bar < 3.0 || !(0.0..=size.0).contains(&px) {
        return None;
    }
    let rows = bars.bars.iter().enumerate().map(|(index, bar)| (bar, layout.top(index), false));
    let whole = bars.whole.as_ref().zip(layout.whole).map(|(bar, top)| (bar, top, true));
    let (bar, top, is_whole) =
        rows.chain(whole).find(|(_, top, _)| (*top - 3.0..=top + layout.bar + 3.0).contains(&py))?;
    let parts = layout.parts(bar, top);
    let part = parts.iter().find(|(_, rect)| rect.contains((px, rect.middle().1)));
    let name = if is_whole {
        format!("all {} items in one batch", count(bar.batch))
    } else {
        format!("lane {}, batch {}", lane_name(bar.lane), count(bar.batch))
    };
    let exactly = |bytes: f64| count(bytes.max(0.0) as usize);
    let of_part = |index: usize| format!("{} {} bytes", MemoryBars::PARTS[index], exactly(bar.bytes[index]));
    let mut lines = vec![name];
    match part {
        Some((index, _)) => lines.push(of_part(*index)),
        None => lines.extend((0..MemoryBars::PARTS.len()).map(of_part)),
    }
    lines.push(format!("together {} bytes", exactly(bar.total())));
    let crosshair = Crosshair { frame: part.map(|(_, rect)| *rect), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: (px, top + layout.bar / 2.0), crosshair })
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
