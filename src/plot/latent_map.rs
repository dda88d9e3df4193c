//! A map of codes: the items as dots in the colours of their classes, some of them as pictures, a shade where no code of
//! training lies near; and beside it what the cursor decodes to.

use super::Drawn;
use super::axes::Scale;
use super::item::{self, Look};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{exact, significant};
use crate::labs::{LatentMap, Numbers};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Between the map and what is decoded, and how wide that is.
const GAP: f64 = 20.0;
const CARD: f64 = 124.0;
/// Width from which on the cards stand beside the map, and not below it.
const BESIDE: f64 = 420.0;
/// Height of the words above a card, and of those below, on two lines.
const WORDS: f64 = 20.0;
const BELOW: f64 = 36.0;
const DOT: f64 = 2.2;
const THUMBNAIL: f64 = 22.0;
/// How far from a dot the pointer may be to read it.
const REACH: f64 = 8.0;

/// Where the map lies, and the two cards where there are some.
struct Layout {
    map: Rect,
    cards: [Rect; 2],
}

fn layout(map: &LatentMap, (width, height): (f64, f64)) -> Layout {
    let none = Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 };
    let whole = Rect { x: 0.5, y: 0.5, width: width - 1.0, height: height - 1.0 };
    if map.cursor.is_none() {
        return Layout { map: whole, cards: [none; 2] };
    }
    let card = |x: f64, y: f64, side: f64| Rect { x, y: y + WORDS, width: side, height: side };
    if width >= BESIDE {
        let side = CARD.min((height - 2.0 * (WORDS + BELOW)) / 2.0).max(0.0);
        let x = width - side;
        let cards = [card(x, 0.0, side), card(x, side + WORDS + BELOW, side)];
        return Layout { map: Rect { width: x - GAP, ..whole }, cards };
    }
    let side = (width * 0.25).min(92.0);
    let top = height - side - WORDS - BELOW;
    let cards = [card(0.0, top, side), card(width / 2.0, top, side)];
    Layout { map: Rect { height: (top - 8.0).max(0.0), ..whole }, cards }
}

fn scales(map: &LatentMap, rect: &Rect) -> (Scale, Scale) {
    let [left, right, bottom, top] = map.view.map(f64::from);
    (
        Scale { from: left, to: right, start: rect.x, end: rect.right() },
        Scale { from: bottom, to: top, start: rect.bottom(), end: rect.y },
    )
}

/// The map in CSS pixels, of a figure of this size.
#[must_use]
pub fn map_rect(map: &LatentMap, size: (f64, f64)) -> Rect {
    layout(map, size).map
}

fn points<'a>(map: &LatentMap, numbers: &'a Numbers) -> &'a [[f32; 4]] {
    numbers.at(map.points).as_chunks::<4>().0
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, map: &LatentMap, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(map, (pen.width, pen.height));
    let rect = layout.map;
    if rect.width < 1.0 || rect.height < 1.0 {
        return Ok(());
    }
    let (x, y) = scales(map, &rect);
    shade(pen, map, numbers, &rect)?;
    if map.tiles > 0 {
        decoded(pen, map, numbers, &rect)?;
    } else {
        if x.contains(0.0) {
            pen.plumb(x.px(0.0), rect.y, rect.bottom(), &colors.line)?;
        }
        if y.contains(0.0) && map.axes[1] != LatentMap::CLASS {
            pen.rule(rect.x, rect.right(), y.px(0.0), &colors.line)?;
        }
        for &[across, upwards, class, _] in points(map, numbers) {
            let color = if map.classes.is_empty() { colors.ink_2 } else { colors.class(class as usize) };
            pen.disc((x.px(across.into()), y.px(upwards.into())), DOT, &color.mix(0.75))?;
        }
        thumbnails(pen, map, numbers, (&x, &y))?;
        class_names(pen, map, numbers, &rect)?;
    }
    pen.frame(rect, 1.0, &colors.line)?;
    for (name, place) in axis_names(map, &rect) {
        // On a ground of its own: what is decoded may lie beneath.
        pen.fill(place, &colors.surface.mix(0.85))?;
        pen.text(name, (place.x + 2.0, place.middle().1), Align::Left, Font::Small, &colors.ink_3)?;
    }
    cursor(pen, map, numbers, &layout)
}

/// Where no code of training lies near, the surface is sunken: what is decoded there was never asked for.
fn shade<DB: DrawingBackend>(pen: &Pen<DB>, map: &LatentMap, numbers: &Numbers, rect: &Rect) -> Drawn<DB> {
    let near = numbers.at(map.near);
    if map.cells == 0 || near.len() < map.cells * map.cells {
        return Ok(());
    }
    let side = map.cells as f64;
    let (wide, high) = (rect.width / side, rect.height / side);
    for row in 0..map.cells {
        let of_row = &near[row * map.cells..][..map.cells];
        let mut column = 0;
        // Neighbours that are alike are one rectangle.
        while column < map.cells {
            let is_far = |value: f32| value == 0.0;
            let run =
                of_row[column..].iter().take_while(|value| is_far(**value) == is_far(of_row[column])).count();
            if is_far(of_row[column]) {
                let (left, top) = (rect.x + wide * column as f64, rect.y + high * row as f64);
                pen.fill(
                    Rect::between(left, top, left + wide * run as f64, top + high),
                    &pen.style.palette.sunken,
                )?;
            }
            column += run;
        }
    }
    Ok(())
}

/// What every place decodes to, paler where no code of training lies near.
fn decoded<DB: DrawingBackend>(pen: &Pen<DB>, map: &LatentMap, numbers: &Numbers, rect: &Rect) -> Drawn<DB> {
    let (wide, high) = (rect.width / map.tiles as f64, rect.height / map.tiles as f64);
    let [rows, columns] = map.size;
    let side = if rows == 1 { wide.min(high * 2.0) } else { wide.min(high) } - 2.0;
    let look = Look { size: map.size, range: map.range, is_signed: false, is_framed: false };
    let near = numbers.at(map.near);
    for (tile, item) in numbers.at(map.decoded).chunks_exact((rows * columns).max(1)).enumerate() {
        let (row, column) = (tile / map.tiles, tile % map.tiles);
        let middle = (rect.x + wide * (column as f64 + 0.5), rect.y + high * (row as f64 + 0.5));
        let height = if rows == 1 { high - 2.0 } else { side };
        let at = Rect { x: middle.0 - side / 2.0, y: middle.1 - height / 2.0, width: side, height };
        let cell = |index: usize| (2 * index + 1) * map.cells / (2 * map.tiles);
        let is_near = near.get(cell(row) * map.cells + cell(column)).is_none_or(|near| *near > 0.0);
        let pale: Vec<f32>;
        let item = if is_near || rows == 1 {
            item
        } else {
            pale = item.iter().map(|ink| 0.35 * ink).collect();
            &pale
        };
        item::draw(pen, item, look, at)?;
    }
    Ok(())
}

fn thumbnails<DB: DrawingBackend>(
    pen: &Pen<DB>,
    map: &LatentMap,
    numbers: &Numbers,
    (x, y): (&Scale, &Scale),
) -> Drawn<DB> {
    let [rows, columns] = map.size;
    if rows == 1 && columns < 8 {
        return Ok(()); // few numbers say nothing as a picture
    }
    let look = Look { size: map.size, range: map.range, is_signed: false, is_framed: true };
    let places = numbers.at(map.thumbnails[0]).as_chunks::<2>().0.iter();
    let items = numbers.at(map.thumbnails[1]).chunks_exact((rows * columns).max(1));
    let width = if rows == 1 { 1.6 * THUMBNAIL } else { THUMBNAIL * columns as f64 / rows as f64 };
    for (&[across, upwards], item) in places.zip(items) {
        let middle = (x.px(across.into()), y.px(upwards.into()));
        let at = Rect {
            x: (middle.0 - width / 2.0).clamp(x.start, (x.end - width).max(x.start)),
            y: (middle.1 - THUMBNAIL / 2.0).clamp(y.end, (y.start - THUMBNAIL).max(y.end)),
            width,
            height: THUMBNAIL,
        };
        item::draw(pen, item, look, at)?;
    }
    Ok(())
}

/// Ways by which a name may be moved off others, in its own heights.
const MOVES: [(f64, f64); 9] = [
    (0.0, 0.0),
    (0.0, -1.1),
    (0.0, 1.1),
    (-1.1, 0.0),
    (1.1, 0.0),
    (-1.1, -1.1),
    (1.1, 1.1),
    (0.0, -2.2),
    (0.0, 2.2),
];
const NAME: f64 = 20.0;

/// The name of each class where the middle of its items lies, or beside that where another name is; left out where there
/// is no room at all.
fn class_names<DB: DrawingBackend>(
    pen: &Pen<DB>,
    map: &LatentMap,
    numbers: &Numbers,
    rect: &Rect,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (x, y) = scales(map, rect);
    let mut taken: Vec<Rect> = axis_names(map, rect).into_iter().map(|(_, place)| place).collect();
    for (class, name) in map.classes.iter().enumerate() {
        let of = |axis: usize| {
            let points = points(map, numbers).iter().filter(|point| point[2] as usize == class);
            let mut all: Vec<f32> = points.map(|point| point[axis]).collect();
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).copied()
        };
        let Some((across, upwards)) = of(0).zip(of(1)) else { continue };
        let name = Font::Strong.shortened(name, 72.0);
        let half = (Font::Strong.width(&name) / 2.0 + 4.0).max(NAME / 2.0);
        let middle = (
            x.px(across.into()).clamp(rect.x + half, (rect.right() - half).max(rect.x + half)),
            y.px(upwards.into())
                .clamp(rect.y + NAME / 2.0, (rect.bottom() - NAME / 2.0).max(rect.y + NAME / 2.0)),
        );
        let place = |(right, down): (f64, f64)| {
            let (x, y) = (middle.0 + right * 2.0 * half, middle.1 + down * NAME);
            Rect::between(x - half, y - NAME / 2.0, x + half, y + NAME / 2.0)
        };
        let is_free = |place: &Rect| {
            let is_within = place.x >= rect.x && place.right() <= rect.right() && place.y >= rect.y;
            is_within && place.bottom() <= rect.bottom() && !taken.iter().any(|other| other.overlaps(place))
        };
        let Some(place) = MOVES.into_iter().map(place).find(is_free) else { continue };
        let at = place.middle();
        if half <= NAME / 2.0 {
            pen.disc(at, 10.0, &colors.class(class))?;
            pen.disc(at, 8.5, &colors.surface)?;
        } else {
            let back = place.grown(-1.0);
            pen.fill(back, &colors.surface)?;
            pen.frame(back, 1.5, &colors.class(class))?;
        }
        pen.text(&name, at, Align::Center, Font::Strong, &colors.ink)?;
        taken.push(place);
    }
    Ok(())
}

/// The names of both axes and what they cover.
fn axis_names<'a>(map: &'a LatentMap, rect: &Rect) -> [(&'a str, Rect); 2] {
    let [across, upwards] = map.axes.each_ref().map(String::as_str);
    let left = rect.right() - 6.0 - Font::Small.width(across);
    [
        (across, Rect::of_text(across, Font::Small, left, rect.bottom() - 9.0).grown(2.0)),
        (upwards, Rect::of_text(upwards, Font::Small, rect.x + 6.0, rect.y + 9.0).grown(2.0)),
    ]
}

/// The cross on the map and the cards beside it.
fn cursor<DB: DrawingBackend>(
    pen: &Pen<DB>,
    map: &LatentMap,
    numbers: &Numbers,
    layout: &Layout,
) -> Drawn<DB> {
    let Some(cursor) = &map.cursor else { return Ok(()) };
    let colors = &pen.style.palette;
    let (x, y) = scales(map, &layout.map);
    let at = (x.px(cursor.at[0].into()), y.px(cursor.at[1].into()));
    for (from, to) in [(5.0, 14.0), (-14.0, -5.0)] {
        pen.line([(at.0 + from, at.1), (at.0 + to, at.1)], 2.0, &colors.ink)?;
        pen.line([(at.0, at.1 + from), (at.0, at.1 + to)], 2.0, &colors.ink)?;
    }
    let circle = (0..=24).map(|step| {
        let angle = std::f64::consts::TAU * f64::from(step) / 24.0;
        (at.0 + 9.0 * angle.cos(), at.1 + 9.0 * angle.sin())
    });
    pen.line(circle, 2.0, &colors.ink)?;
    let look = Look { size: map.size, range: map.range, is_signed: false, is_framed: true };
    let cards = [
        ("At the cursor", cursor.item, &cursor.words),
        ("Nearest item", cursor.nearest, &cursor.nearest_words),
    ];
    for ((title, item, words), rect) in cards.into_iter().zip(layout.cards) {
        // Below the map the second card begins where the first has half of the width.
        let room = (pen.width - rect.x).min(CARD + GAP).min(if pen.width < BESIDE {
            pen.width / 2.0 - 6.0
        } else {
            pen.width
        });
        pen.text(
            &Font::Label.shortened(title, room),
            (rect.x, rect.y - 11.0),
            Align::Left,
            Font::Label,
            &colors.ink_3,
        )?;
        let [rows, columns] = map.size;
        let shape = if rows == 1 { 1.0 } else { columns as f64 / rows as f64 };
        let (wide, high) =
            if shape > 1.0 { (rect.width, rect.width / shape) } else { (rect.height * shape, rect.height) };
        item::draw(pen, numbers.at(item), look, Rect { width: wide, height: high, ..rect })?;
        for (line, words) in Font::Strong.wrapped(words, room, 2).iter().enumerate() {
            let at = (rect.x, rect.bottom() + 11.0 + 15.0 * line as f64);
            pen.text(words, at, Align::Left, Font::Strong, &colors.ink)?;
        }
    }
    Ok(())
}

/// The place of the map under the pointer, clipped to it.
#[must_use]
pub fn place_at(map: &LatentMap, size: (f64, f64), (px, py): Point) -> [f32; 2] {
    let rect = layout(map, size).map;
    let (x, y) = scales(map, &rect);
    [x.value(px) as f32, y.value(py) as f32]
}

pub(super) fn read(map: &LatentMap, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let rect = layout(map, size).map;
    if !rect.contains(pointer) {
        return None;
    }
    let (x, y) = scales(map, &rect);
    let place = |point: &[f32; 4]| (x.px(point[0].into()), y.px(point[1].into()));
    let distance = |point: &[f32; 4]| (place(point).0 - pointer.0).hypot(place(point).1 - pointer.1);
    let nearest = points(map, numbers).iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let is_read = map.tiles == 0 && distance(nearest) <= REACH;
    let here = [x.value(pointer.0), y.value(pointer.1)];
    let axis = |index: usize, value: String| format!("{} {value}", map.axes[index]);
    if !is_read {
        let lines = vec![axis(0, significant(here[0], 3)), axis(1, significant(here[1], 3))];
        return Some(ReadOut { lines, anchor: pointer, crosshair: Crosshair::default() });
    }
    let class = map.classes.get(nearest[2] as usize).map_or_else(String::new, |name| format!(", a {name}"));
    let lines = vec![
        format!("{} {}{class}", map.kind, nearest[3]),
        axis(0, exact(nearest[0])),
        axis(1, exact(nearest[1])),
    ];
    let at = place(nearest);
    Some(ReadOut { lines, anchor: at, crosshair: Crosshair { dots: vec![at], ..Crosshair::default() } })
}

pub(super) fn table(map: &LatentMap, numbers: &Numbers) -> Table {
    let row = |&[across, upwards, class, item]: &[f32; 4]| {
        let class = map.classes.get(class as usize).cloned().unwrap_or_default();
        vec![item.to_string(), class, across.to_string(), upwards.to_string()]
    };
    Table {
        columns: names(&[&map.kind, "class", &map.axes[0], &map.axes[1]]),
        rows: numbers.at(map.points).as_chunks::<4>().0.iter().map(row).collect(),
    }
}
