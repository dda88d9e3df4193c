//! Arrows on the plane: where the loss of an item falls. Their lengths go by powers of ten, since gradients differ by
//! many: the longest stands for the largest, one of half its length for a hundredth of that.

use super::Drawn;
use super::pen::{Pen, Point};
use super::text::Rect;
use plotters::prelude::DrawingBackend;

/// Decades from the longest arrow to none.
const DECADES: f64 = 4.0;
/// The longest, in parts of the plane's side, and in CSS pixels at least.
const LONGEST: f64 = 0.1;
const LEAST: f64 = 12.0;
/// Shorter ones are not seen beside their item.
const SHORTEST: f64 = 1.5;

/// How long the arrow of each `[item, right, up]` is, 0…1, in the order given; none for what is 0 or no number.
pub(super) fn lengths(arrows: &[[f32; 3]]) -> impl Iterator<Item = Option<f64>> + '_ {
    let size = |&[_, right, up]: &[f32; 3]| {
        let size = f64::from(right).hypot(f64::from(up));
        (size > 0.0 && size.is_finite()).then_some(size)
    };
    let most = arrows.iter().filter_map(size).fold(0.0, f64::max);
    arrows.iter().map(move |arrow| {
        let length = 1.0 + (size(arrow)? / most).log10() / DECADES;
        (length > 0.0).then_some(length)
    })
}

/// Draws those whose places lie in `square`, from the edge of the item outwards; `place` tells where it lies.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    arrows: &[[f32; 3]],
    (square, item_radius): (&Rect, f64),
    place: impl Fn(usize) -> Option<Point>,
) -> Drawn<DB> {
    let longest = (LONGEST * square.width).max(LEAST);
    for (arrow, length) in arrows.iter().zip(lengths(arrows)) {
        let (Some((x, y)), Some(length)) = (place(arrow[0] as usize), length.map(|length| length * longest))
        else {
            continue;
        };
        if length < SHORTEST {
            continue;
        }
        let size = f64::from(arrow[1]).hypot(f64::from(arrow[2]));
        let (right, down) = (f64::from(arrow[1]) / size, -f64::from(arrow[2]) / size);
        let at =
            |along: f64, aside: f64| (x + along * right - aside * down, y + along * down + aside * right);
        let reach = within(square, (x, y), (right, down), item_radius + length);
        let head = (0.5 * length).clamp(2.0, 4.5);
        let shaft = [at(item_radius.min(reach), 0.0), at(reach, 0.0)];
        let barbs = [at(reach - head, 0.6 * head), at(reach, 0.0), at(reach - head, -0.6 * head)];
        let colors = &pen.style.palette;
        // An edge of the surface's colour, so that they are seen on either side of the boundary.
        for (width, color) in [(3.5, &colors.surface), (1.5, &colors.ink)] {
            pen.line(shaft, width, color)?;
            pen.line(barbs, width, color)?;
        }
    }
    Ok(())
}

/// As much of a length as stays in the square.
fn within(square: &Rect, (x, y): Point, (right, down): (f64, f64), length: f64) -> f64 {
    let until = |at: f64, step: f64, low: f64, high: f64| match step {
        step if step > 0.0 => (high - at) / step,
        step if step < 0.0 => (low - at) / step,
        _ => f64::INFINITY,
    };
    let across = until(x, right, square.x, square.right());
    length.min(across).min(until(y, down, square.y, square.bottom())).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_quarter_less_for_each_decade() {
        let arrows = [[0.0, 3.0, 4.0], [1.0, 0.05, 0.0], [2.0, 1e-5, 0.0], [0.0; 3]];
        let arrows = [&arrows[..], &[[4.0, f32::NAN, 1.0]]].concat();
        let lengths: Vec<Option<f64>> = lengths(&arrows).collect();
        assert_eq!(lengths[0], Some(1.0));
        assert!(lengths[1].is_some_and(|length| (length - 0.5).abs() < 1e-6), "{lengths:?}");
        assert_eq!(lengths[2..], [None; 3], "smaller by more than four decades, 0, and no number");
    }

    #[test]
    fn an_arrow_ends_at_the_edge() {
        let square = Rect::between(0.0, 0.0, 100.0, 100.0);
        assert_eq!(within(&square, (95.0, 50.0), (1.0, 0.0), 20.0), 5.0);
        assert_eq!(within(&square, (50.0, 50.0), (1.0, 0.0), 20.0), 20.0);
        assert_eq!(within(&square, (50.0, 3.0), (0.0, -1.0), 20.0), 3.0);
    }
}
