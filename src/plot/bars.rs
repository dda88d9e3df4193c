//! A bar for each layer on a log axis, under the layers of the network diagram, with the finding
//! written beside its bar.

use super::axes::{Scale, decades, foot_layers, left_axis};
use super::columns::{Columns, columns};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect, Room};
use super::{Drawn, View};
use crate::labs::format::{exact, layer_name, power, power_of_ten};
use crate::labs::{BarSeries, Finding, LayerBars, Numbers, PREMISE, is_far_off, lane_name};
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::DrawingBackend;

/// Room above the axis for its name, and for what is written on the tallest bars.
const HEAD: f64 = 24.0;

/// Room below it, and with the layers' numbers.
const FOOT: f64 = 6.0;
const NUMBERED_FOOT: f64 = 18.0;

/// Between the bars of two lanes.
const GAP: f64 = 2.0;

struct Layout {
    /// Left end of the axis.
    left: f64,
    columns: Columns,
    /// Decades to pixels.
    y: Scale,
    bar: f64,
    /// Lanes that share a column.
    lanes: usize,
}

fn layout(bars: &LayerBars, (width, height): (f64, f64)) -> Layout {
    let layers = bars.series.first().map_or(0, |series| series.values.len);
    let (mut columns, lanes) = (columns(width, layers), bars.series.len().max(1));
    let left = columns.left;
    if !bars.names.is_empty() {
        // There is no input among them.
        columns.width = (columns.right() - left) / layers.max(1) as f64;
        columns.left -= columns.width;
    }
    let [low, high] = bars.decades.map(f64::from);
    let foot = (height - if bars.is_numbered { NUMBERED_FOOT } else { FOOT }).max(0.0);
    let y = Scale { from: low, to: high.max(low + 1.0), start: foot, end: HEAD.min(foot) };
    let share = if lanes == 1 { 0.42 } else { 0.8 };
    let bar = (columns.width * share / lanes as f64 - GAP).clamp(1.0, 18.0);
    let bar = if lanes == 1 { (columns.width * share).min(18.0) } else { bar };
    Layout { left, columns, y, bar, lanes }
}

impl Layout {
    /// Middle of the bar of layer `index` (0 is the first after the input) for the lane at `place` of those
    /// shown.
    fn middle(&self, place: usize, index: usize) -> f64 {
        let from_center = place as f64 - (self.lanes - 1) as f64 / 2.0;
        self.columns.center(index + 1) + from_center * (self.bar + GAP)
    }

    /// Height of a predicted value, where it is one that the axis reaches.
    fn predicted(&self, value: f32) -> Option<f64> {
        let decade = f64::from(value).log10();
        (value > 0.0 && self.y.contains(decade)).then(|| self.y.px(decade))
    }

    /// That bar; what lies under the floor of the axis is clipped to a stub, 0 and NaN have none.
    fn bar(&self, place: usize, index: usize, value: f32) -> Option<Rect> {
        if value.is_nan() || value <= 0.0 {
            return None;
        }
        let middle = self.middle(place, index);
        let top = self.y.px(f64::from(value).log10()).min(self.y.start - 2.0);
        Some(Rect::between(middle - self.bar / 2.0, top, middle + self.bar / 2.0, self.y.start))
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    bars: &LayerBars,
    numbers: &Numbers,
    view: &View,
) -> Drawn<DB> {
    let layout = layout(bars, (pen.width, pen.height));
    let (columns, y) = (&layout.columns, &layout.y);
    let band = band(bars, &layout);
    if let Some((rect, _)) = band {
        pen.fill(rect, &pen.style.palette.sunken)?;
    }
    draw_axis(pen, bars, &layout)?;
    if bars.is_numbered && bars.names.is_empty() {
        foot_layers(pen, columns)?;
    }
    for (index, name) in bars.names.iter().enumerate().filter(|_| bars.is_numbered) {
        let at = (columns.center(index + 1), pen.height - 7.0);
        pen.text(name, at, Align::Center, Font::Small, &pen.style.palette.ink_3)?;
    }
    let mut room = Room::new(Rect::between(layout.left, 0.0, columns.right(), y.start));
    room.take(Rect::of_text(&bars.label, Font::Small, 0.0, 7.0).grown(4.0));
    for (place, series) in bars.series.iter().enumerate() {
        draw_series(pen, (place, series), numbers, &layout, view.selected_layer, &mut room)?;
    }
    if layout.lanes > 1 {
        draw_letters(pen, bars, numbers, &layout, &mut room)?;
    }
    for (place, series) in bars.series.iter().enumerate() {
        draw_predicted(pen, (place, series), numbers, &layout, &mut room)?;
    }
    // The value of the selected bar stands on the bar; the finding goes around it.
    for (place, series) in bars.series.iter().enumerate() {
        let values = numbers.at(series.values);
        let value = if layout.lanes == 1 {
            draw_selected_value(pen, values, &layout, view.selected_layer, &mut room)?
        } else {
            None
        };
        let Some(finding) = &series.finding else { continue };
        let Some(&of_bar) = finding.layer.checked_sub(1).and_then(|index| values.get(index)) else {
            continue;
        };
        let value = value.filter(|_| view.selected_layer == finding.layer);
        draw_finding(pen, (finding, place, series), &layout, (of_bar, value), &mut room)?;
    }
    match band {
        Some((rect, words)) => draw_band_words(pen, words, rect, &mut room),
        None => Ok(()),
    }
}

/// The band where all is well, if the axis reaches it, with its words.
fn band<'a>(bars: &'a LayerBars, layout: &Layout) -> Option<(Rect, &'a str)> {
    let (ends, words) = bars.band.as_ref()?;
    let [low, high] = ends.map(|value| f64::from(value).log10());
    let (columns, y) = (&layout.columns, &layout.y);
    let is_seen = low < high && high > y.from && low < y.to;
    is_seen.then(|| (Rect::between(layout.left, y.px(high), columns.right(), y.px(low)), words.as_str()))
}

/// The words of the band in the column of the input, which has no bar; else above the band or below it.
fn draw_band_words<DB: DrawingBackend>(pen: &Pen<DB>, words: &str, band: Rect, room: &mut Room) -> Drawn<DB> {
    let told = format!("shaded: {words}");
    let width = Font::Small.width(&told);
    let lefts = [band.x + 4.0, band.right() - width - 4.0, band.middle().0 - width / 2.0];
    let heights = [band.middle().1, band.y - 8.0, band.bottom() + 8.0, band.y - 22.0, HEAD - 8.0];
    let spots =
        heights.iter().flat_map(|&middle| lefts.map(|left| Rect::of_text(&told, Font::Small, left, middle)));
    match place_apart(room, spots) {
        Some(rect) => {
            let at = (rect.x, rect.middle().1);
            pen.text(&told, at, Align::Left, Font::Small, &pen.style.palette.ink_2)
        }
        None => Ok(()),
    }
}

/// The letter of each lane over its bar of the first layer, where there is room.
fn draw_letters<DB: DrawingBackend>(
    pen: &Pen<DB>,
    bars: &LayerBars,
    numbers: &Numbers,
    layout: &Layout,
    room: &mut Room,
) -> Drawn<DB> {
    for (place, series) in bars.series.iter().enumerate() {
        let Some(&value) = numbers.at(series.values).first() else { continue };
        let Some(bar) = layout.bar(place, 0, value).filter(|_| value.is_finite()) else { continue };
        let (letter, middle) = (lane_name(series.lane), bar.middle().0);
        let left = middle - Font::Strong.width(&letter) / 2.0;
        if let Some(rect) = room.place([Rect::of_text(&letter, Font::Strong, left, bar.y - 10.0)]) {
            pen.text(
                &letter,
                rect.middle(),
                Align::Center,
                Font::Strong,
                &pen.style.palette.lane(series.lane),
            )?;
        }
    }
    Ok(())
}

/// The bars of one lane: those of the first filled, of the others outlined.
fn draw_series<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (place, series): (usize, &BarSeries),
    numbers: &Numbers,
    layout: &Layout,
    selected_layer: usize,
    room: &mut Room,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (lane, y) = (colors.lane(series.lane), &layout.y);
    for (i, &value) in numbers.at(series.values).iter().enumerate() {
        if value == BarSeries::NO_LAYER {
            continue;
        }
        let middle = layout.middle(place, i);
        if let Some(bar) = layout.bar(place, i, value) {
            let outline = rounded_top(&bar, 2.0);
            let is_fault =
                series.finding.as_ref().is_some_and(|finding| finding.is_fault && finding.layer == i + 1);
            let lane = if is_fault { colors.bad } else { lane };
            if series.lane == 0 {
                pen.polygon(outline.clone(), &lane)?;
            } else {
                pen.line(outline.clone(), 1.5, &lane)?;
            }
            if i + 1 == selected_layer && series.lane == 0 {
                pen.line(outline, 1.5, &colors.ink)?;
            }
            room.take(bar.grown(3.0));
        }
        let mark = if value.is_nan() {
            Some(("NaN", y.start - 8.0, &colors.bad))
        } else if value == f32::INFINITY {
            Some(("∞", y.end - 7.0, &colors.bad))
        } else {
            (value <= 0.0).then_some(("0", y.start - 8.0, &colors.ink_2))
        };
        if let Some((mark, height, color)) = mark {
            pen.text(mark, (middle, height), Align::Center, Font::Small, color)?;
            room.take(Rect::of_text(mark, Font::Small, middle - Font::Small.width(mark) / 2.0, height));
        }
    }
    Ok(())
}

/// Places words so that they do not run into others beside them, or into a tick.
fn place_apart(room: &mut Room, spots: impl IntoIterator<Item = Rect>) -> Option<Rect> {
    const GAP: f64 = 4.0;
    let wide = |rect: Rect| Rect { x: rect.x - GAP, width: rect.width + 2.0 * GAP, ..rect };
    let placed = room.place(spots.into_iter().map(wide))?;
    Some(Rect { x: placed.x + GAP, width: placed.width - 2.0 * GAP, ..placed })
}

/// What theory predicts, as a tick over each bar; the word for it beside the first that has room for it.
fn draw_predicted<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (place, series): (usize, &BarSeries),
    numbers: &Numbers,
    layout: &Layout,
    room: &mut Room,
) -> Drawn<DB> {
    const WORD: &str = "predicted";
    let color = &pen.style.palette.ink_2;
    let mut spots = Vec::new();
    for (index, &value) in numbers.at(series.predicted).iter().enumerate() {
        let (Some(height), middle) = (layout.predicted(value), layout.middle(place, index)) else { continue };
        let (left, right) = (middle - layout.bar / 2.0 - 4.0, middle + layout.bar / 2.0 + 4.0);
        pen.line([(left, height), (right, height)], 2.0, color)?;
        room.take(Rect::between(left, height - 2.0, right, height + 2.0));
        let above = Rect::of_text(WORD, Font::Small, middle - Font::Small.width(WORD) / 2.0, height - 9.0);
        spots.push(above);
    }
    if place > 0 {
        return Ok(());
    }
    match place_apart(room, spots) {
        Some(rect) => pen.text(WORD, rect.middle(), Align::Center, Font::Small, color),
        None => Ok(()),
    }
}

fn draw_axis<DB: DrawingBackend>(pen: &Pen<DB>, bars: &LayerBars, layout: &Layout) -> Drawn<DB> {
    let [low, high] = bars.decades;
    let y = &layout.y;
    let mut ticks = decades(low, high, 5);
    // The floor is stated where there is room for it.
    let is_short = high - low <= 8;
    if is_short
        && ticks.last() != Some(&low)
        && ticks.last().is_some_and(|&last| y.start - y.px(last.into()) >= 12.0)
    {
        ticks.push(low);
    }
    let ticks: Vec<_> = ticks.iter().map(|&exponent| (f64::from(exponent), power_of_ten(exponent))).collect();
    left_axis(pen, y, &ticks, (layout.left, layout.columns.right()))?;
    pen.text(&bars.label, (0.0, 7.0), Align::Left, Font::Small, &pen.style.palette.ink_3)
}

/// The finding left of its bar in short lines, else above it with a line down to it, as high as the bars
/// beside it ask for; `value` is the bar's, with the place of what is written on it.
fn draw_finding<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (finding, place, series): (&Finding, usize, &BarSeries),
    layout: &Layout,
    (value, written): (f32, Option<Rect>),
    room: &mut Room,
) -> Drawn<DB> {
    const LINE: f64 = 14.0;
    let (y, text) = (&layout.y, &finding.text);
    let colors = &pen.style.palette;
    let color = &if finding.is_fault { colors.bad } else { colors.lane(series.lane) };
    let middle = layout.middle(place, finding.layer - 1);
    let (bar, bar_end) = (middle - layout.bar / 2.0, middle + layout.bar / 2.0);
    let right = bar - 9.0;
    let top = layout.bar(place, finding.layer - 1, value).map_or(y.start, |bar| bar.y);
    let top = written.map_or(top, |written| written.y.min(top));
    let lines = wrapped(text, right - layout.left - 1.0);
    if let Some(lines) = lines.filter(|lines| lines.len() <= 3) {
        let tall = LINE * lines.len() as f64;
        let width = lines.iter().map(|line| Font::Strong.width(line)).fold(0.0, f64::max);
        let from = (top - tall / 2.0).min(y.start - tall - 2.0).max(0.0);
        if place_apart(room, [Rect { x: right - width, y: from, width, height: tall }]).is_some() {
            for (i, line) in lines.iter().enumerate() {
                let middle = from + LINE * (i as f64 + 0.5);
                pen.text(line, (right, middle), Align::Right, Font::Strong, color)?;
            }
            return Ok(());
        }
    }
    // From the bar to the right, or to the left where it is one of the last.
    let width = Font::Strong.width(text);
    let at = |x: f64, y: f64| Rect::of_text(text, Font::Strong, x, y);
    let heights = (0..40).map(|i| top - 9.0 - 4.0 * f64::from(i));
    let above = heights.flat_map(|y| [at(bar, y), at(bar_end - width, y)]).filter(|rect| rect.y >= HEAD);
    let aside = (0..100).map(|i| 8.0 * f64::from(i));
    let head = aside.flat_map(|by| [at(bar + by, 7.0), at(bar_end - width - by, 7.0)]);
    let Some(rect) = above.chain(head).find_map(|rect| place_apart(room, [rect])) else { return Ok(()) };
    let is_over = rect.x <= middle && middle <= rect.right();
    if is_over && top - rect.bottom() > 6.0 {
        pen.plumb(middle, rect.bottom() + 2.0, top - 3.0, color)?;
    }
    pen.text(text, (rect.x, rect.middle().1), Align::Left, Font::Strong, color)
}

/// The value of the selected bar above it, where that covers nothing, and where it stands.
fn draw_selected_value<DB: DrawingBackend>(
    pen: &Pen<DB>,
    values: &[f32],
    layout: &Layout,
    selected: usize,
    room: &mut Room,
) -> Result<Option<Rect>, DrawingAreaErrorKind<DB::ErrorType>> {
    let Some(&value) = selected.checked_sub(1).and_then(|index| values.get(index)) else { return Ok(None) };
    let Some(bar) = layout.bar(0, selected - 1, value).filter(|_| value.is_finite()) else { return Ok(None) };
    let text = power(value);
    let middle = bar.middle().0;
    // Higher where the bars beside it are in the way.
    let left = middle - Font::Small.width(&text) / 2.0;
    let spots = (0..8).map(|i| Rect::of_text(&text, Font::Small, left, bar.y - 10.0 - 4.0 * f64::from(i)));
    let placed = spots.into_iter().find_map(|rect| place_apart(room, [rect]));
    if let Some(rect) = placed {
        pen.text(&text, rect.middle(), Align::Center, Font::Small, &pen.style.palette.ink)?;
    }
    Ok(placed)
}

/// `text` in lines of at most `width`; none when a word alone is wider.
fn wrapped(text: &str, width: f64) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) if Font::Strong.width(&longer) <= width => *line = longer,
            _ => lines.push(word.into()),
        }
    }
    lines.iter().all(|line| Font::Strong.width(line) <= width).then_some(lines)
}

/// A bar whose two upper corners are rounded.
fn rounded_top(bar: &Rect, radius: f64) -> Vec<Point> {
    let r = radius.min(bar.width / 2.0).min(bar.height);
    let cut = r * 0.3; // a quarter circle in two strokes
    let (left, right, top, bottom) = (bar.x, bar.right(), bar.y, bar.bottom());
    vec![
        (left, bottom),
        (left, top + r),
        (left + cut, top + cut),
        (left + r, top),
        (right - r, top),
        (right - cut, top + cut),
        (right, top + r),
        (right, bottom),
    ]
}

pub(super) fn read(
    bars: &LayerBars,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let layout = layout(bars, size);
    let layer = layout.columns.at(px).filter(|&column| column > 0)?;
    let mut read = ReadOut {
        lines: vec![match bars.names.get(layer - 1) {
            Some(name) => name.clone(),
            None => layer_name(layer, layout.columns.count - 1),
        }],
        anchor: (layout.columns.center(layer), py),
        crosshair: Crosshair::default(),
    };
    for (place, series) in bars.series.iter().enumerate() {
        let Some(&value) = numbers.at(series.values).get(layer - 1) else { continue };
        if value == BarSeries::NO_LAYER {
            continue;
        }
        let of_lane = if layout.lanes > 1 { format!("{} ", lane_name(series.lane)) } else { String::new() };
        read.lines.push(format!("{of_lane}{} {}", bars.label, exact(value)));
        if let Some(&predicted) = numbers.at(series.predicted).get(layer - 1).filter(|value| **value > 0.0) {
            read.lines.push(format!("{of_lane}predicted {}", exact(predicted)));
            if value > 0.0 && is_far_off(predicted, value) {
                read.lines.push(PREMISE.into());
            }
        }
        let frame = layout.bar(place, layer - 1, value);
        let is_nearer = |bar: &Rect| bar.x - GAP <= px && px <= bar.right() + GAP;
        read.crosshair.frame =
            frame.filter(|bar| layout.lanes == 1 || is_nearer(bar)).or(read.crosshair.frame);
    }
    (read.lines.len() > 1).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_break_between_words() {
        let lines = wrapped("33 million times less", 80.0).expect("every word fits");
        assert_eq!(lines, ["33 million", "times less"]);
        assert_eq!(wrapped("incomprehensibilities", 40.0), None);
    }
}
