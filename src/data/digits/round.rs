//! How people write the digits made of loops: 0, 6, 8 and 9.

use super::pen::Pen;

/// A ring, begun somewhere on top and closed, left open or overlapped.
pub(super) fn zero(pen: &mut Pen) {
    let half = if pen.chance(0.15) { pen.about(0.22, 0.04) } else { pen.about(0.37, 0.06) };
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
    let loop_size = [pen.about(0.25, 0.05), pen.about(0.22, 0.035)];
    let middle = [pen.about(0.0, 0.03), 1.0 - loop_size[1]];
    let left = middle[0] - loop_size[0];
    let top = pen.about(0.14, 0.1);
    if pen.chance(0.35) {
        let bulge = pen.about(0.0, 0.02);
        pen.down(top, 0.0).to(0.5 * (top + left) - 0.02 + bulge, 0.35);
    } else {
        let curve = pen.about(-0.08, 0.04);
        pen.down(top + 0.06, 0.02).to(0.5 * (top + left) + curve + 0.03, 0.2).to(left + curve + 0.08, 0.45);
    }
    let sweep = if pen.chance(0.75) { pen.about(-330.0, 25.0) } else { pen.about(-385.0, 30.0) };
    let growth = pen.about(0.92, 0.1);
    pen.arc(middle, loop_size, 185.0, sweep, growth);
}

/// An S closed by a second one, or two rings one above the other.
pub(super) fn eight(pen: &mut Pen) {
    let waist = pen.about(0.47, 0.04);
    let upper = [pen.about(0.24, 0.04), 0.5 * waist];
    let lower = [pen.about(0.27, 0.05), 0.5 * (1.0 - waist)];
    let way = if pen.chance(0.85) { 1.0 } else { -1.0 };
    let lean = pen.about(0.0, 0.04);
    let (high, low) = (upper[1], 1.0 - lower[1]);
    match pen.habit([70.0, 15.0, 15.0]) {
        // From the upper right over the top and down as an S, then back up.
        0 => {
            let from = pen.about(-30.0, 25.0);
            pen.down(way * upper[0] * 0.9 + lean, high - 0.07);
            pen.arc([lean, high], [way * upper[0], upper[1] * 0.95], from - 20.0, -150.0 - from, 1.0);
            pen.to(-0.02 * way, waist);
            pen.arc([0.0, low], [way * lower[0], lower[1] * 0.95], -40.0, 250.0, 1.0);
            pen.to(0.03 * way, waist);
            let (over, end) = (pen.about(0.0, 0.03), pen.about(0.1, 0.06));
            pen.to(way * upper[0] * 0.85 + over + lean, end + 0.1);
            if pen.chance(0.4) {
                pen.to(way * upper[0] * 0.7 + over + lean, end);
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
            let growth = pen.about(1.0, 0.06);
            pen.down(lean, 0.0);
            pen.arc([lean, high], [upper[0], upper[1]], -110.0, -330.0 - over, growth);
            pen.down(0.0, waist);
            pen.arc([0.0, low], lower, -110.0, -330.0 - more, growth);
        }
    }
}

/// A loop and a stem down from its right side, straight or ending in a tail.
pub(super) fn nine(pen: &mut Pen) {
    let size = [pen.about(0.24, 0.045), pen.about(0.22, 0.04)];
    let from = pen.about(-25.0, 20.0);
    let right = size[0];
    if pen.chance(0.12) {
        // The loop the way of the clock, begun low on its right side, and the stem put on.
        let sweep = pen.about(350.0, 15.0);
        pen.down(right, size[1] * 1.1).arc([0.0, size[1]], size, 20.0, sweep, 1.0);
        pen.down(right, size[1] * 0.6);
    } else {
        let gap = pen.about(0.0, 0.04);
        let round = pen.about(0.85, 0.1);
        pen.down(right * 0.9 + gap, size[1] * 0.6);
        pen.arc([0.0, size[1]], size, from - 25.0, -305.0 - from, 1.0);
        let top = pen.about(0.08, 0.05);
        if pen.chance(0.65) {
            pen.to(right * round, size[1] * 0.9).corner(right + 0.02, top);
        } else {
            pen.to(right, size[1] * 0.9 - top);
        }
    }
    let foot = pen.about(0.12, 0.09);
    match pen.habit([50.0, 25.0, 25.0]) {
        0 => {
            pen.to(0.5 * (right + foot) + 0.03, 0.5).to(foot, 1.0);
        }
        1 => {
            pen.to(right, 0.45).to(right - 0.04, 0.75).to(foot - 0.08, 1.0);
        }
        _ => {
            let hook = pen.about(-0.2, 0.08);
            pen.to(right + 0.01, 0.5).to(right - 0.03, 0.8).to(right - 0.17, 0.97).to(hook, 0.93);
        }
    }
}
