//! A figure under its title and what it shows, as it leaves the page: there the page says both beside it.

use super::pen::{Align, Pen};
use super::text::{Font, Rect};
use super::{Drawn, Style, View, draw};
use crate::labs::{Figure, Numbers};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// Height of the two lines above the figure, in CSS pixels.
pub const HEADING_PX: f64 = 44.0;

/// Draws `title` and `caption` above `figure`, which has all of `area` but [`HEADING_PX`].
///
/// # Errors
/// The backend's.
pub fn draw_titled<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    [title, caption]: [&str; 2],
    (figure, numbers): (&Figure, &Numbers),
    style: &Style,
    view: &View,
) -> Drawn<DB> {
    let (head, body) = area.split_vertically((HEADING_PX * style.scale).round() as i32);
    let (pen, colors) = (Pen::new(&head, style), &style.palette);
    pen.fill(Rect::between(0.0, 0.0, pen.width, pen.height), &colors.surface)?;
    for (text, middle, font, color) in
        [(title, 12.0, Font::Strong, &colors.ink), (caption, 29.0, Font::Small, &colors.ink_3)]
    {
        pen.text(&font.shortened(text, pen.width), (0.0, middle), Align::Left, font, color)?;
    }
    draw(&body, figure, numbers, style, view)
}
