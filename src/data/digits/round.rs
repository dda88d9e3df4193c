//! How people write the digits made of loops: 0, 6, 8 and 9.

use super::pen::Pen;

/// A ring, begun somewhere on top and closed, left open or overlapped.
pub(super) fn zero(pen: &mut Pen) {
    let half = if pen.chance(0.15) { pen.about(0.23, 0.05) } else { pen.about(0.41, 0.07) };
    let from = if pen.chance(0.8) { pen.about(-90.0, 30.0) } else { pen.about(-60.0, 90.0) };
    let sweep = if pen.chance(0.75) { pen.about(365.0, 15.0) } else { pen.about(370.0, 35.0) };
    let growth = pen.about(0.98, 0.07);
    let way = if pen.chance(0.85) { -1.0 } else { 1.0 };
    let radii = [half, 0.5];
    let [x, y] = crate::data::direction(from.to_radians());
    pen.down(half * x, 0.5 + 0.5 * y);
    pen.arc([0.0, 0.5], radii, from + 25.0 * way, way * (sweep - 25.0), growth);
    if pen.chance(0.02) {
        pen.down(0.3, 0.15).to(-0.3, 0.85);
    }
}

/// A back, straight or curved, that runs into a loop.
pub(super) fn six(pen: &mut Pen) {
    let size = [pen.about(0.28, 0.065).max(0.2), pen.about(0.23, 0.055)];
    let left = -size[0];
    let top = pen.about(-0.04, 0.14);
    let lean = top - left;
    match pen.habit([45.0, 40.0, 15.0]) {
        // Straight down.
        0 => {
            pen.down(top, 0.0).to(left + 0.45 * lean, 0.3);
        }
        // A bow, begun going left.
        1 => {
            let curve = pen.about(0.06, 0.04);
            pen.down(top + 0.08, 0.02)
                .to(left + 0.5 * lean - 0.2 * curve, 0.18)
                .to(left + 0.1 * lean - 0.5 * curve, 0.45);
        }
        // Straight, leaving the line before the loop.
        _ => {
            pen.down(top - 0.05, 0.0).to(left + 0.2 * lean, 0.3).to(left - 0.02, 0.5);
        }
    }
    let [wide, high] = size;
    if pen.chance(0.35) {
        // The loop stands on the line by itself, closed at the bottom.
        let (top, inner) = (pen.about(1.0, 0.12), pen.about(0.3, 0.2));
        pen.to(left, 1.0 - 0.9 * high).to(0.6 * left, 0.98).to(0.2 * wide, 0.99).to(wide, 1.0 - high);
        pen.to(0.35 * wide, 1.0 - 2.0 * high * top).to(-inner * wide, 1.0 - 1.1 * high);
        let end = pen.about(0.0, 0.08);
        pen.to(-0.5 * inner * wide + end, 0.95);
        return;
    }
    // Closed on the back, curled up inside, or left open.
    let (sweep, growth) = match pen.habit([52.0, 34.0, 14.0]) {
        0 => (pen.about(-345.0, 20.0), pen.about(0.98, 0.07)),
        1 => (pen.about(-380.0, 40.0), pen.about(0.65, 0.12)),
        _ => (pen.about(-290.0, 20.0), pen.about(0.9, 0.12)),
    };
    let from = pen.about(180.0, 8.0);
    pen.arc([0.0, 1.0 - high], size, from, sweep, growth);
}

/// An S closed by a second one, or two rings one above the other.
pub(super) fn eight(pen: &mut Pen) {
    let waist = pen.about(0.5, 0.07);
    let upper = [pen.about(0.24, 0.06), 0.5 * waist];
    let lower = [pen.about(0.21, 0.06), 0.5 * (1.0 - waist)];
    let way = if pen.chance(0.88) { 1.0 } else { -1.0 };
    let lean = pen.about(0.02, 0.05);
    let (high, low) = (upper[1], 1.0 - lower[1]);
    match pen.habit([74.0, 12.0, 14.0]) {
        // From the upper right over the top and down as an S, then back up, past the beginning or not as far.
        0 => {
            let from = pen.about(-30.0, 22.0);
            let (begin, rise) = (pen.about(1.1, 0.2), pen.about(0.03, 0.06));
            pen.down(way * upper[0] * begin + lean, high - 0.09 + rise);
            pen.arc([lean, high], [way * upper[0], upper[1] * 0.95], from - 25.0, -150.0 - from, 1.0);
            pen.to(-0.03 * way, waist);
            pen.arc([0.0, low], [way * lower[0], lower[1] * 0.95], -35.0, 240.0, 1.0);
            pen.to(-0.02 * way, waist + 0.05);
            let (over, end) = (pen.about(1.1, 0.33), pen.about(0.09, 0.08));
            pen.to(way * upper[0] * 0.7 * over + lean, 0.5 * (waist + end));
            if pen.chance(0.75) {
                pen.to(way * upper[0] * over + lean, end);
            }
        }
        // From the middle: up around, through the middle, and around below.
        1 => {
            pen.down(0.0, waist);
            pen.arc([lean, high], [way * upper[0], upper[1] * 0.95], 40.0, -260.0, 1.0);
            pen.to(0.0, waist);
            pen.arc([0.0, low], [way * lower[0], lower[1] * 0.95], -40.0, 260.0, 1.0);
            pen.to(0.0, waist + 0.02);
        }
        // Two rings.
        _ => {
            let (over, more) = (pen.about(5.0, 20.0), pen.about(5.0, 20.0));
            let growth = pen.about(1.0, 0.08);
            pen.down(lean, 0.0);
            pen.arc([lean, high], upper, -110.0, -330.0 - over, growth);
            pen.down(0.0, waist);
            pen.arc([0.0, low], lower, -110.0, -330.0 - more, growth);
        }
    }
}

/// A loop and a stem down from its right side, straight or ending in a tail.
pub(super) fn nine(pen: &mut Pen) {
    let small = if pen.chance(0.2) { pen.about(0.75, 0.08) } else { 1.0 };
    let size = [pen.about(0.235, 0.06) * small, pen.about(0.235, 0.05) * small];
    let right = size[0];
    let round = pen.about(0.85, 0.12);
    let top = pen.about(0.06, 0.06);
    match pen.habit([50.0, 40.0, 10.0]) {
        // Round, back over the top and down to meet the stem.
        0 => {
            let from = pen.about(-30.0, 22.0);
            let (out, rise) = (pen.about(1.12, 0.2), pen.about(0.5, 0.22));
            pen.down(right * out, size[1] * rise);
            pen.arc([0.0, size[1]], size, from - 25.0, -300.0 - from, 1.0);
            if pen.chance(0.7) {
                pen.to(right * round, size[1] * 0.9).corner(right + 0.03, top);
            } else {
                pen.to(right, size[1] * 0.9 - top);
            }
        }
        // Drawn as a bow open to the right, closed by the way up.
        1 => {
            let (begin, low) = (pen.about(0.19, 0.11), size[1] * pen.about(1.9, 0.2));
            let fall = pen.about(0.05, 0.05);
            pen.down(begin, fall)
                .to(0.3 * begin, 0.02)
                .to(-0.6 * size[0], 0.3 * low)
                .to(-size[0], 0.7 * low)
                .to(-0.5 * size[0], low);
            let flat = pen.about(0.85, 0.1);
            pen.to(0.35 * right, flat * low).to(right * round, 0.5 * low);
            pen.turn(right + 0.05, top, 0.9);
        }
        // The way of the clock, begun low on the right, and the stem put on.
        _ => {
            let sweep = pen.about(350.0, 15.0);
            pen.down(right, size[1] * 1.1).arc([0.0, size[1]], size, 20.0, sweep, 1.0);
            pen.down(right, size[1] * 0.6);
        }
    }
    let foot = right + pen.about(-0.12, 0.13);
    match pen.habit([54.0, 20.0, 26.0]) {
        0 => {
            pen.to(0.5 * (right + foot) + 0.03, 0.5).to(foot, 1.0);
        }
        1 => {
            pen.to(right, 0.45).to(right - 0.04, 0.75).to(foot - 0.08, 1.0);
        }
        _ => {
            // A bow to the left, shallow or as wide as that of a g.
            let hook = pen.about(-0.24, 0.12);
            let (end, deep) = (pen.about(0.91, 0.06), right - 0.17 - pen.about(0.04, 0.04));
            pen.to(right + 0.01, 0.5).to(right - 0.03, 0.8).to(deep, 0.98).to(hook, end);
        }
    }
}
