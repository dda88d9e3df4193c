//! Heat over a picture: its measures side by side, each with the key of its colours below and the outline
//! of the ink over it.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, power};
use crate::labs::{HeatMap, HeatMaps, Numbers};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

/// Room above a map for its name and what it measures, and below for the key of its colours.
const HEAD: f64 = 34.0;
const FOOT: f64 = 20.0;
/// Between two maps.
const GAP: f64 = 14.0;
/// Half of the ink that a pixel can have: where its outline runs.
const HALF: f32 = 0.5;

/// Where map `index` is drawn: as large as all of them fit, side by side.
fn place(heat: &HeatMaps, index: usize, (width, height): (f64, f64)) -> Rect {
    let many = heat.maps.len().max(1) as f64;
    let side = ((width - GAP * (many - 1.0)) / many).min(height - HEAD - FOOT).max(0.0);
    let pitch = ((width + GAP) / many).min(side + 3.0 * GAP);
    let longest = heat.height.max(heat.width).max(1) as f64;
    let (wide, high) = (side * heat.width as f64 / longest, side * heat.height as f64 / longest);
    Rect { x: pitch * index as f64, y: HEAD, width: wide, height: high }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, heat: &HeatMaps, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let ink = numbers.at(heat.ink);
    for (index, map) in heat.maps.iter().enumerate() {
        let rect = place(heat, index, (pen.width, pen.height));
        if rect.width < 4.0 || rect.height < 4.0 || rect.right() > pen.width + 1.0 {
            continue; // no room
        }
        let fits = |text: &str, font: Font| font.width(text) <= rect.width;
        if fits(&map.label, Font::Strong) {
            pen.text(&map.label, (rect.x, 7.0), Align::Left, Font::Strong, &colors.ink)?;
        }
        if fits(&map.quantity, Font::Small) {
            pen.text(&map.quantity, (rect.x, 22.0), Align::Left, Font::Small, &colors.ink_3)?;
        }
        let ramp = if map.is_signed { Ramp::of_signed(colors) } else { Ramp::new(&colors.seq) };
        if let Some(why) = &map.missing {
            pen.fill(rect, &colors.sunken)?;
            if fits(why, Font::Small) {
                pen.text(why, rect.middle(), Align::Center, Font::Small, &colors.ink_3)?;
            }
            continue;
        }
        let values = numbers.at(map.values);
        let color = |value: f32| -> RGBColor {
            if !value.is_finite() {
                return colors.no_number();
            }
            let share = value / map.most.max(f32::MIN_POSITIVE);
            if map.is_signed { ramp.signed(share) } else { ramp.at(share) }
        };
        let pixels = pen.pixels();
        let (wide, high) = ((rect.width * pixels).round() as usize, (rect.height * pixels).round() as usize);
        let thick = pixels.ceil().max(1.0) as usize;
        let cell = |pixel: usize, [rows, columns]: [usize; 2]| {
            (pixel / wide * rows / high) * columns + pixel % wide * columns / wide
        };
        let outline = Outline { ink, size: [heat.height, heat.width], pixels: [high, wide], thick };
        let mut bitmap = Bitmap::from_colors(
            wide,
            high,
            (0..wide * high).map(|pixel| {
                let value = values.get(cell(pixel, [map.height, map.width])).copied().unwrap_or(f32::NAN);
                if outline.is_at(pixel / wide, pixel % wide) { colors.ink } else { color(value) }
            }),
        );
        bitmap.outline(colors.line);
        pen.bitmap(((rect.x * pixels).round() as i32, (rect.y * pixels).round() as i32), &bitmap)?;
        draw_key(pen, map, &rect, &ramp)?;
    }
    Ok(())
}

/// The line around the ink of a picture, inside of it, in pixels of the screen.
struct Outline<'a> {
    ink: &'a [f32],
    /// Rows and columns of the picture, and pixels of the screen that they are drawn on.
    size: [usize; 2],
    pixels: [usize; 2],
    thick: usize,
}

impl Outline<'_> {
    fn is_inked(&self, row: usize, column: usize) -> bool {
        self.ink.get(row * self.size[1] + column).is_some_and(|&ink| ink >= HALF)
    }

    /// Whether it runs over a pixel: there is ink here, and none a line's width from here.
    fn is_at(&self, down: usize, along: usize) -> bool {
        let cell = |down: usize, along: usize| {
            (down * self.size[0] / self.pixels[0], along * self.size[1] / self.pixels[1])
        };
        let (row, column) = cell(down, along);
        if !self.is_inked(row, column) {
            return false;
        }
        let is_paper = |down: Option<usize>, along: Option<usize>| {
            let (Some(down), Some(along)) = (down, along) else { return true };
            if down >= self.pixels[0] || along >= self.pixels[1] {
                return true;
            }
            let (row, column) = cell(down, along);
            !self.is_inked(row, column)
        };
        let thick = self.thick;
        is_paper(down.checked_sub(thick), Some(along))
            || is_paper(Some(down + thick), Some(along))
            || is_paper(Some(down), along.checked_sub(thick))
            || is_paper(Some(down), Some(along + thick))
    }
}

/// The colours from end to end below a map, with the values that they stand for.
fn draw_key<DB: DrawingBackend>(pen: &Pen<DB>, map: &HeatMap, rect: &Rect, ramp: &Ramp) -> Drawn<DB> {
    let color = &pen.style.palette.ink_3;
    let most = power(f64::from(map.most));
    let least = if map.is_signed { format!("−{most}") } else { "0".into() };
    let (middle, pixels) = (rect.bottom() + 12.0, pen.pixels());
    let (left, right) =
        (rect.x + Font::Small.width(&least) + 5.0, rect.right() - Font::Small.width(&most) - 5.0);
    if left >= right {
        return Ok(()); // no room
    }
    pen.text(&least, (rect.x, middle), Align::Left, Font::Small, color)?;
    pen.text(&most, (rect.right(), middle), Align::Right, Font::Small, color)?;
    let (wide, high) = (((right - left) * pixels).round().max(0.0) as usize, (7.0 * pixels).round() as usize);
    if wide < 8 {
        return Ok(());
    }
    let bar = (0..wide * high).map(|pixel| ramp.at((pixel % wide) as f32 / (wide - 1) as f32));
    let corner = ((left * pixels).round() as i32, ((middle - 3.5) * pixels).round() as i32);
    pen.bitmap(corner, &Bitmap::from_colors(wide, high, bar))
}

pub(super) fn read(heat: &HeatMaps, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    for (index, map) in heat.maps.iter().enumerate() {
        let rect = place(heat, index, size);
        if !rect.contains(pointer) || rect.width <= 0.0 || rect.height <= 0.0 || rect.right() > size.0 + 1.0 {
            continue;
        }
        let cell = |at: f64, many: usize| ((at * many as f64) as usize).min(many.saturating_sub(1));
        let share = ((pointer.1 - rect.y) / rect.height, (pointer.0 - rect.x) / rect.width);
        let (row, column) = (cell(share.0, map.height), cell(share.1, map.width));
        let &value = numbers.at(map.values).get(row * map.width + column)?;
        let (pixel_row, pixel_column) = (cell(share.0, heat.height), cell(share.1, heat.width));
        let (wide, high) = (rect.width / map.width as f64, rect.height / map.height as f64);
        let frame = Rect {
            x: rect.x + wide * column as f64,
            y: rect.y + high * row as f64,
            width: wide,
            height: high,
        };
        return Some(ReadOut {
            lines: vec![
                format!("row {pixel_row}, column {pixel_column}"),
                format!("{}, {} {}", map.label, map.quantity, exact(value)),
            ],
            anchor: frame.middle(),
            crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
        });
    }
    None
}
