//! How people write the digits made of bows and lines: 2, 3 and 5.

use super::pen::Pen;

/// A bow, a slope and a foot; where slope and foot meet there is a corner or a loop.
pub(super) fn two(pen: &mut Pen) {
    let half = pen.about(0.28, 0.05);
    let bow = pen.about(0.27, 0.04);
    let from = pen.about(-165.0, 25.0);
    let left = pen.about(-0.32, 0.05);
    let right = pen.about(0.34, 0.08);
    if pen.chance(0.1) {
        // Almost no hook on top.
        let begin = pen.about(0.06, 0.04);
        pen.down(-half, begin).arc([0.0, bow], [half, bow], -80.0, 100.0, 1.0);
    } else {
        pen.down(half * -0.97, bow * 0.9);
        let from = from.max(-200.0);
        pen.arc([0.0, bow], [half, bow], from + 20.0, -from, 1.0);
    }
    let slope = pen.about(0.0, 0.03);
    pen.to(0.12 + slope, 0.6);
    match pen.habit([42.0, 40.0, 18.0]) {
        // A corner and a flat foot, or one that waves.
        0 => {
            let wave = pen.about(0.0, 0.02);
            pen.to(-0.12 + slope, 0.82).turn(left, 0.97, 0.85);
            pen.to(0.5 * left, 0.95 - wave).to(0.4 * right, 0.97 + wave).to(right, 0.96);
        }
        // A loop lying on the line.
        1 => {
            let size = pen.about(0.1, 0.035);
            pen.to(-0.1 + slope, 0.86).to(left + 0.06, 0.99);
            pen.to(left - 0.03, 0.97 - 0.6 * size).to(left + 0.1, 0.94 - 1.3 * size);
            pen.to(-0.04, 0.92).to(0.55 * right, 0.99);
            let tail = pen.about(0.95, 0.05);
            pen.to(right, tail);
        }
        // A bend without corner or loop.
        _ => {
            pen.to(-0.2 + slope, 0.85)
                .to(left + 0.03, 0.95)
                .to(left + 0.16, 0.98)
                .to(0.0, 0.97)
                .to(right, 0.98);
        }
    }
}

/// Two bows that meet in a point or a small loop; the upper may be flat like that of Ʒ.
pub(super) fn three(pen: &mut Pen) {
    let waist = pen.about(0.46, 0.04);
    let upper = [pen.about(0.25, 0.04), 0.5 * waist];
    let lower = [pen.about(0.29, 0.05), 0.5 * (1.0 - waist)];
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
    let sweep = pen.about(205.0, 20.0);
    pen.arc([shift, 1.0 - lower[1]], lower, -65.0, sweep, 1.0);
}

/// How far down the upper bow of a 3 begins, as a share of its middle.
fn pen_start(from: f32) -> f32 {
    (1.0 + (from + 180.0) * -0.012).clamp(0.2, 1.1)
}

/// A neck, a belly, and a bar that belongs to the one stroke or is put on at the end.
pub(super) fn five(pen: &mut Pen) {
    let neck = pen.about(-0.2, 0.04);
    let shoulder = pen.about(0.42, 0.04);
    let right = pen.about(0.28, 0.08);
    let belly = [pen.about(0.3, 0.05), 0.5 * (1.0 - shoulder) + pen.about(0.04, 0.02)];
    let lean = pen.about(-0.03, 0.03);
    let sweep = pen.about(255.0, 25.0);
    let separate = pen.chance(0.4);
    let snake = !separate && pen.chance(0.3);
    let tilt = pen.about(-0.01, 0.04);
    if separate {
        let begin = pen.about(0.03, 0.03);
        pen.down(neck, begin);
    } else {
        pen.down(right, tilt).to(0.05, 0.02).turn(neck, 0.04, if snake { 0.0 } else { 0.8 });
    }
    pen.to(neck + 0.5 * lean, 0.5 * shoulder);
    pen.turn(neck + lean, shoulder, if snake { 0.0 } else { 0.7 });
    pen.arc([-0.01, 1.0 - belly[1]], belly, -115.0, sweep, 1.0);
    if separate {
        let left = neck + pen.about(0.0, 0.04);
        let long = if pen.chance(0.15) { 0.2 } else { 0.0 };
        pen.down(left, 0.03).to(0.5 * (left + right), 0.02 + 0.5 * tilt).to(right + 0.04 + long, tilt);
    }
}
