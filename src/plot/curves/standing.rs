//! Who is ahead among lanes that race, written on their curves.

use super::layout::Upward;
use super::place_name;
use crate::labs::format::{count, power};
use crate::labs::{CurveAxis, Curves, Standing, lane_name};
use crate::plot::Drawn;
use crate::plot::axes::Scale;
use crate::plot::pen::{Align, Pen};
use crate::plot::text::{Font, Rect, Room};
use plotters::prelude::DrawingBackend;

/// The level that lanes are compared by, where the first of them falls to it, and who is ahead.
pub(super) fn draw_standing<DB: DrawingBackend>(
    pen: &Pen<DB>,
    curves: &Curves,
    standing: &Standing,
    (x, y): (&Scale, &Upward),
    room: &mut Room,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    if let Some((lane, end)) = standing.ahead {
        let end = match curves.axis {
            CurveAxis::Updates => format!("{} updates", count(end as usize)),
            CurveAxis::Examples | CurveAxis::Seconds => place_name(curves.axis, end),
        };
        let words = format!("{} is lowest after {end}", lane_name(lane));
        let width = Font::Label.width(&words);
        let spots =
            [8.0, 22.0, 36.0].map(|by| Rect::of_text(&words, Font::Label, x.end - width, y.top() + by));
        if let Some(rect) = room.place(spots) {
            pen.text(&words, (rect.x, rect.middle().1), Align::Left, Font::Label, &colors.ink_2)?;
        }
    }
    let Some(level) = standing.level.filter(|level| y.contains(*level)) else { return Ok(()) };
    let height = y.px(level);
    pen.dashed(&[(x.start, height), (x.end, height)], 1.0, (4.0, 3.0), &colors.ink_3)?;
    let Some((lane, at)) = standing.first.filter(|(_, at)| x.contains(f64::from(*at))) else { return Ok(()) };
    let place = match curves.axis {
        CurveAxis::Updates | CurveAxis::Seconds => format!("at {}", place_name(curves.axis, at)),
        CurveAxis::Examples => format!("after {}", place_name(curves.axis, at)),
    };
    let (across, color) = (x.px(at.into()), colors.lane(lane));
    let texts = [format!("{} crosses {} {place}", lane_name(lane), power(level)), power(level)];
    // As high above the level as leaves the curves free, on the side that has room.
    let tall = height - y.top();
    let spots = |words: &str| {
        let width = Font::Strong.width(words);
        let heights = [0.8, 0.7, 0.6, 0.9, 0.5, 0.4, 0.3].map(|share| height - share * tall);
        let words = words.to_owned();
        heights.into_iter().flat_map(move |middle| {
            [across + 6.0, across - 6.0 - width].map(|left| Rect::of_text(&words, Font::Strong, left, middle))
        })
    };
    for words in texts {
        if let Some(rect) = room.place(spots(&words)) {
            pen.line([(across, height), (across, rect.y)], 1.5, &color)?;
            return pen.text(&words, (rect.x, rect.middle().1), Align::Left, Font::Strong, &color);
        }
    }
    Ok(())
}
