//! Drawing in CSS pixels on a plotters area, whose own units are finer: backends know only whole
//! units, and all rounding to them happens here.

use super::bitmap::Bitmap;
use super::text::{Font, Rect};
use super::{Drawn, Style};
use plotters::coord::Shift;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle};
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, DrawingErrorKind};

/// A point in CSS pixels from the figure's top left.
pub type Point = (f64, f64);

/// Dashes, on and off, of the lines of each lane, so that they differ without their colours.
const DASHES: [Option<(f64, f64)>; 4] = [None, Some((7.0, 3.0)), Some((2.0, 3.0)), Some((12.0, 4.0))];

/// Which end of a text stands at its point; its middle always has the point's height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// An area with the style to draw in.
pub struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    pub style: &'a Style,
    /// Width of the figure in CSS pixels.
    pub width: f64,
    /// Height of the figure in CSS pixels.
    pub height: f64,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub fn new(area: &'a DrawingArea<DB, Shift>, style: &'a Style) -> Self {
        let (width, height) = area.dim_in_pixel();
        Self { area, style, width: f64::from(width) / style.scale, height: f64::from(height) / style.scale }
    }

    /// Pixels of the screen for each CSS pixel.
    pub fn pixels(&self) -> f64 {
        self.style.scale / self.style.grain
    }

    fn units(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.style.scale).round() as i32, (y * self.style.scale).round() as i32)
    }

    fn stroke(&self, width: f64, color: &impl Color) -> ShapeStyle {
        let stroke_width = (width * self.style.scale).round().max(1.0) as u32;
        ShapeStyle { color: color.to_rgba(), filled: false, stroke_width }
    }

    /// A line through `points`.
    pub fn line(&self, points: impl IntoIterator<Item = Point>, width: f64, color: &impl Color) -> Drawn<DB> {
        let points: Vec<_> = points.into_iter().map(|point| self.units(point)).collect();
        if points.len() < 2 {
            return Ok(());
        }
        self.area.draw(&PathElement::new(points, self.stroke(width, color)))
    }

    /// A line of dashes `on` long with gaps `off` long.
    pub fn dashed(
        &self,
        points: &[Point],
        width: f64,
        (on, off): (f64, f64),
        color: &impl Color,
    ) -> Drawn<DB> {
        let (mut dash, mut is_on, mut left) = (Vec::new(), true, on);
        dash.extend(points.first());
        for pair in points.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            let mut length = (to.0 - from.0).hypot(to.1 - from.1);
            while length > left {
                let share = left / length;
                from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
                length -= left;
                dash.push(from);
                if is_on {
                    self.line(dash.drain(..), width, color)?;
                }
                dash.clear();
                dash.push(from);
                is_on = !is_on;
                left = if is_on { on } else { off };
            }
            left -= length.max(0.0);
            dash.push(to);
        }
        if is_on { self.line(dash, width, color) } else { Ok(()) }
    }

    /// A line in the colour and the dashes of a lane.
    pub fn of_lane(&self, points: &[Point], width: f64, lane: usize) -> Drawn<DB> {
        self.of_kind(points, width, lane, &self.style.palette.lane(lane))
    }

    /// A line in the dashes of a lane alone.
    pub fn of_kind(&self, points: &[Point], width: f64, lane: usize, color: &impl Color) -> Drawn<DB> {
        match DASHES[lane % DASHES.len()] {
            Some(dash) => self.dashed(points, width, dash, color),
            None => self.line(points.iter().copied(), width, color),
        }
    }

    /// A horizontal line, one CSS pixel or the next whole number of screen pixels thick.
    pub fn rule(&self, left: f64, right: f64, y: f64, color: &impl Color) -> Drawn<DB> {
        let (top, thick) = self.on_screen_pixels(y);
        self.fill(Rect { x: left, y: top, width: right - left, height: thick }, color)
    }

    /// The same, vertical.
    pub fn plumb(&self, x: f64, top: f64, bottom: f64, color: &impl Color) -> Drawn<DB> {
        let (left, thick) = self.on_screen_pixels(x);
        self.fill(Rect { x: left, y: top, width: thick, height: bottom - top }, color)
    }

    /// Where a hairline about `at` begins and how thick it is.
    fn on_screen_pixels(&self, at: f64) -> (f64, f64) {
        let thick = self.pixels().floor().max(1.0);
        ((at * self.pixels() - thick / 2.0).round() / self.pixels(), thick / self.pixels())
    }

    /// A filled rectangle.
    pub fn fill(&self, rect: Rect, color: &impl Color) -> Drawn<DB> {
        let (from, to) = (self.units((rect.x, rect.y)), self.units((rect.right(), rect.bottom())));
        if from.0 >= to.0 || from.1 >= to.1 {
            return Ok(());
        }
        self.area.draw(&Rectangle::new([from, to], color.to_rgba().filled()))
    }

    /// The outline of a rectangle.
    pub fn frame(&self, rect: Rect, width: f64, color: &impl Color) -> Drawn<DB> {
        let (right, bottom) = (rect.right(), rect.bottom());
        let corner = (rect.x, rect.y);
        self.line([corner, (right, rect.y), (right, bottom), (rect.x, bottom), corner], width, color)
    }

    /// A filled outline.
    pub fn polygon(&self, points: impl IntoIterator<Item = Point>, color: &impl Color) -> Drawn<DB> {
        let points: Vec<_> = points.into_iter().map(|point| self.units(point)).collect();
        if points.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(points, color.to_rgba()))
    }

    /// A filled circle.
    pub fn disc(&self, center: Point, radius: f64, color: &impl Color) -> Drawn<DB> {
        let radius = (radius * self.style.scale).round().max(1.0) as i32;
        self.area.draw(&Circle::new(self.units(center), radius, color.to_rgba().filled()))
    }

    /// One line of text.
    pub fn text(&self, text: &str, at: Point, align: Align, font: Font, color: &impl Color) -> Drawn<DB> {
        let family = FontFamily::Name(&self.style.font);
        let weight = if font == Font::Strong { FontStyle::Bold } else { FontStyle::Normal };
        let pos = match align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle {
            font: FontDesc::new(family, font.size() * self.style.scale, weight),
            color: color.to_backend_color(),
            pos: Pos::new(pos, VPos::Center),
        };
        self.area.draw_text(text, &style, self.units(at))
    }

    /// A bitmap, pixel by pixel of the screen, its top left at `(x, y)` in screen pixels.
    pub fn bitmap(&self, (x, y): (i32, i32), bitmap: &Bitmap) -> Drawn<DB> {
        if bitmap.width == 0 || bitmap.height == 0 {
            return Ok(());
        }
        let units = |pixels: i32| (f64::from(pixels) * self.style.grain).round() as i32;
        self.area.draw(&Blit { at: (units(x), units(y)), bitmap })
    }
}

/// A bitmap as an element; plotters' own comes only with its bitmap backend.
struct Blit<'a> {
    at: (i32, i32),
    bitmap: &'a Bitmap,
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Blit<'_> {
    type Point = &'a (i32, i32);
    type IntoIter = std::iter::Once<&'a (i32, i32)>;
    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Blit<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let size = (self.bitmap.width as u32, self.bitmap.height as u32);
        points.next().map_or(Ok(()), |at| backend.blit_bitmap(at, size, &self.bitmap.rgb))
    }
}
