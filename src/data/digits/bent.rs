//! How people write the digits made of bows and lines: 2, 3 and 5.

use super::pen::Pen;

/// A bow, a slope and a foot; where slope and foot meet there is a corner or a loop.
pub(super) fn two(pen: &mut Pen) {
    let (half, bow) = if pen.chance(0.12) {
        (pen.about(0.13, 0.04), pen.about(0.15, 0.04)) // hardly a bow
    } else {
        (pen.about(0.26, 0.06), pen.about(0.26, 0.05))
    };
    let left = pen.about(-0.34, 0.07);
    let right = pen.about(0.4, 0.11) + if pen.chance(0.15) { 0.25 } else { 0.0 };
    let shift = pen.about(0.02, 0.05);
    match pen.habit([72.0, 12.0, 16.0]) {
        // A round bow begun on its left side, with more or less of a hook.
        0 => {
            let from = pen.about(-165.0, 22.0).max(-200.0);
            let [x, y] = crate::data::direction(from.to_radians());
            pen.down(shift + half * x, bow + bow * y).arc([shift, bow], [half, bow], from + 25.0, -from, 1.0);
        }
        // Almost no hook: begun near the top.
        1 => {
            let begin = pen.about(0.06, 0.04);
            pen.down(shift - half, begin).arc([shift, bow], [half, bow], -75.0, 95.0, 1.0);
        }
        // Like a Z: a flat top and a turn.
        _ => {
            let (begin, wave) = (pen.about(0.07, 0.05), pen.about(0.0, 0.03));
            pen.down(shift - half - 0.06, begin).to(shift, 0.02 + wave).turn(shift + half, 0.06, 0.4);
            pen.to(shift + 0.8 * half, 0.16 + 0.4 * bow);
        }
    }
    let slope = pen.about(0.0, 0.05);
    if pen.chance(0.3) {
        // The bow goes on down its right side.
        pen.to(shift + half, 0.52).to(0.6 * half + slope, 0.75);
    } else {
        pen.to(0.54 * half + slope, 0.6);
    }
    match pen.habit([38.0, 46.0, 16.0]) {
        // A corner and a flat foot, or one that waves or rises.
        0 => {
            let (wave, rise) = (pen.about(0.0, 0.025), pen.about(0.03, 0.05));
            pen.to(-0.1 + slope, 0.8).turn(left, 0.97, 0.8);
            pen.to(0.4 * left, 0.95 - wave).to(0.4 * right, 0.97 + wave).to(right, 0.97 - rise);
        }
        // A loop lying on the line, flat or as high as the bow.
        1 => {
            let high = if pen.chance(0.35) { pen.about(0.36, 0.07) } else { pen.about(0.18, 0.06) };
            let wide = pen.about(0.13, 0.03) + 0.25 * high;
            pen.to(slope + 0.3 * high, 0.8).to(left + 0.7 * wide, 0.98);
            pen.to(left - 0.02, 1.0 - 0.5 * high).to(left + 0.8 * wide, 1.0 - high);
            pen.to(left + 2.0 * wide, 1.0 - 0.6 * high).to(0.5 * right, 0.97);
            let tail = pen.about(0.97, 0.06);
            pen.to(right, tail);
        }
        // A bend without corner or loop.
        _ => {
            pen.to(-0.18 + slope, 0.84)
                .to(left + 0.03, 0.95)
                .to(left + 0.16, 0.98)
                .to(0.0, 0.97)
                .to(right, 0.98);
        }
    }
}

/// Two bows that meet in a point or a small loop; the upper may be flat like that of Ʒ.
pub(super) fn three(pen: &mut Pen) {
    let waist = pen.about(0.46, 0.06);
    let upper = [pen.about(0.27, 0.06), 0.5 * waist];
    let lower = [pen.about(0.31, 0.07), 0.5 * (1.0 - waist)];
    let shift = pen.about(0.02, 0.04);
    if pen.chance(0.1) {
        let left = pen.about(-0.24, 0.05);
        pen.down(left, 0.03).to(0.0, 0.02).corner(0.24, 0.02);
        pen.to(0.12, 0.22).turn(-0.03, waist - 0.05, 0.85);
    } else {
        let from = pen.about(-150.0, 20.0);
        let to = pen.about(65.0, 12.0);
        let [cx, cy] = [0.0, upper[1]];
        pen.down(cx + upper[0] * -0.95, cy * pen_start(from));
        pen.arc([cx, cy], upper, from + 25.0, to - from - 25.0, 1.0);
        let nose = pen.about(-0.04, 0.06);
        match pen.habit([70.0, 18.0, 12.0]) {
            0 => {
                pen.corner(nose, waist);
            }
            // A small loop between the bows.
            1 => {
                pen.to(nose, waist + 0.03).to(nose - 0.05, waist - 0.01).to(nose, waist - 0.04);
            }
            _ => {
                pen.to(nose + 0.08, waist);
            }
        }
    }
    let sweep = pen.about(205.0, 25.0);
    let growth = pen.about(1.05, 0.12);
    pen.arc([shift, 1.0 - lower[1]], lower, -65.0, sweep, growth);
}

/// How far down the upper bow of a 3 begins, as a share of its middle.
fn pen_start(from: f32) -> f32 {
    (1.0 + (from + 180.0) * -0.012).clamp(0.2, 1.1)
}

/// A neck, a belly, and a bar that belongs to the one stroke or is put on at the end.
pub(super) fn five(pen: &mut Pen) {
    let neck = pen.about(-0.18, 0.05);
    let shoulder = pen.about(0.41, 0.05);
    let right = pen.about(0.34, 0.11);
    let belly = [pen.about(0.29, 0.06), 0.5 * (1.0 - shoulder) + pen.about(0.04, 0.02)];
    let lean = pen.about(-0.04, 0.05);
    let sweep = pen.about(250.0, 25.0);
    let growth = pen.about(1.08, 0.15);
    let separate = pen.chance(0.4);
    let snake = !separate && pen.chance(0.35);
    let tilt = pen.about(-0.02, 0.05);
    if separate {
        let begin = pen.about(0.03, 0.03);
        pen.down(neck, begin);
    } else {
        pen.down(right, tilt).to(0.05, 0.02).turn(neck, 0.04, if snake { 0.0 } else { 0.8 });
    }
    pen.to(neck + 0.5 * lean, 0.5 * shoulder);
    pen.turn(neck + lean, shoulder, if snake { 0.0 } else { 0.6 });
    // The belly begins flat or deep in the corner.
    let from = pen.about(-105.0, 18.0);
    pen.arc([-0.02, 1.0 - belly[1]], belly, from, sweep - 115.0 - from, growth);
    if separate {
        let left = neck + pen.about(0.01, 0.05);
        let long = if pen.chance(0.2) { 0.2 } else { 0.0 };
        pen.down(left, 0.03).to(0.5 * (left + right), 0.02 + 0.5 * tilt).to(right + 0.04 + long, tilt);
    }
}
