//! How people write the digits made of lines: 1, 4 and 7.

use super::pen::Pen;

/// A stem alone or, more in Europe, with an upstroke before it and sometimes a foot.
pub(super) fn one(pen: &mut Pen) {
    let bend = pen.about(0.0, 0.03);
    match pen.habit([60.0, 23.0, 12.0, 5.0]) {
        0 if pen.chance(0.04) => {
            pen.down(0.0, 1.0).to(bend, 0.5).to(0.0, 0.0);
        }
        0 => {
            pen.down(0.0, 0.0).to(bend, 0.5).to(0.0, 1.0);
        }
        habit => {
            // Short, or as long as some write it who never put a bar on a 7.
            let long = if pen.chance(0.35) { pen.about(0.34, 0.08) } else { pen.about(0.19, 0.065) };
            let flag = [long, long * pen.about(1.15, 0.3)];
            let sag = pen.about(0.0, 0.02);
            // With a foot the upstroke may be missing; without one it is what makes the style.
            if habit == 3 {
                pen.down(0.0, 0.0);
            } else {
                pen.down(-flag[0], flag[1]).to(-0.5 * flag[0], 0.45 * flag[1] + sag).turn(0.0, 0.0, 0.9);
            }
            pen.to(bend, 0.5);
            if habit < 2 {
                pen.to(0.0, 1.0);
                return;
            }
            let (left, right) = (pen.about(-0.26, 0.08), pen.about(0.26, 0.08));
            let foot = pen.about(1.0, 0.012);
            // Put on, or drawn on from the stem without lifting the pen.
            if pen.chance(0.65) {
                pen.to(0.0, 1.0).down(left, foot);
            } else {
                pen.corner(0.0, 1.0).to(0.5 * left, foot).corner(left, foot);
            }
            pen.to(0.0, foot).to(right, foot);
        }
    }
}

/// Open or closed, in one stroke or two, angular or with a round bowl.
pub(super) fn four(pen: &mut Pen) {
    let bar = pen.about(0.55, 0.06);
    let left = pen.about(-0.36, 0.06);
    let right = pen.about(0.36, 0.1);
    let stem = pen.about(0.16, 0.06);
    let foot = stem + pen.about(-0.03, 0.04);
    match pen.habit([40.0, 21.0, 17.0, 17.0, 1.5]) {
        // Open: down the left side and across; then the stem.
        0 => {
            let top = pen.about(-0.22, 0.06);
            let (start, stem_top) = (pen.about(0.06, 0.06), pen.about(0.04, 0.07));
            pen.down(top, start).to(0.5 * (top + left) - 0.02, 0.5 * bar).turn(left, bar, 0.75);
            pen.to(0.0, bar + 0.01).to(right, bar - 0.02);
            pen.down(stem, stem_top).to(0.5 * (stem + foot), 0.5).to(foot, 1.0);
        }
        // Closed to a triangle: the stem begins where the first stroke did.
        1 => {
            let apex = pen.about(0.16, 0.05);
            pen.down(apex, 0.0).to(0.5 * (apex + left), 0.5 * bar).corner(left, bar);
            pen.to(0.0, bar).to(right, bar);
            let begin = pen.about(0.0, 0.03);
            pen.down(apex, begin).to(0.5 * (apex + foot), 0.5).to(foot, 1.0);
        }
        // A round bowl, up to the stem and down it in one stroke.
        2 => {
            let top = pen.about(-0.33, 0.05);
            let (begin, end) = (pen.about(0.03, 0.04), pen.about(0.03, 0.05));
            let belly = pen.about(0.05, 0.03);
            pen.down(top, begin).to(left + 0.02, 0.55 * bar).to(left + 0.12, bar);
            pen.to(0.0, bar + 0.3 * belly).to(stem - 0.05, bar - belly).to(stem + 0.04, 0.5 * bar);
            pen.corner(stem + 0.06, end).to(0.5 * (stem + foot) + 0.03, 0.5).to(foot, 1.0);
        }
        // Lightning: down, across, and from there up and down the stem.
        3 => {
            let top = pen.about(-0.16, 0.07);
            let end = pen.about(0.22, 0.09);
            pen.down(top, 0.0).to(0.5 * (top + left), 0.5 * bar).turn(left, bar, 0.8);
            pen.to(0.0, bar - 0.02).turn(stem + 0.02, bar - 0.05, 0.7);
            pen.corner(stem + 0.07, end).to(0.5 * (stem + foot) + 0.02, 0.6).to(foot, 1.0);
        }
        // One stroke closed like a 9: left from the top, across, up to the start and down.
        _ => {
            let (apex, begin) = (pen.about(0.18, 0.04), pen.about(0.04, 0.03));
            pen.down(apex, begin).to(0.0, 0.4 * bar).turn(left, bar - 0.04, 0.4);
            pen.to(-0.1, bar + 0.02).turn(apex - 0.02, bar - 0.12, 0.5);
            pen.corner(apex + 0.05, begin + 0.04).to(0.5 * (apex + foot) + 0.02, 0.55).to(foot, 1.0);
        }
    }
}

/// A bar and a stem; with a serif before it, a dash across it, or a curve in it.
pub(super) fn seven(pen: &mut Pen) {
    let left = pen.about(-0.33, 0.1);
    let right = pen.about(0.31, 0.08);
    let foot = pen.about(-0.06, 0.13);
    let tilt = pen.about(0.0, 0.045);
    match pen.habit([62.0, 24.0, 14.0]) {
        0 => {
            pen.down(left, 0.04 + tilt);
        }
        // A serif, short or as long as a stem.
        1 => {
            let serif = pen.about(0.19, 0.08);
            pen.down(left - 0.02, serif + 0.05).turn(left, 0.04 + tilt, 0.8);
        }
        // A bow instead of the bar.
        _ => {
            let begin = pen.about(0.14, 0.06);
            pen.down(left, begin).to(0.6 * left, 0.04);
        }
    }
    let wave = pen.about(0.0, 0.03);
    pen.to(0.3 * left, 0.03 - wave).to(0.5 * right, 0.02 + wave);
    if pen.chance(0.7) {
        pen.corner(right, -tilt);
    } else {
        pen.to(right, 0.06 - tilt);
    }
    // Straight, or bent towards the left as the hand turns down.
    let curve = if pen.chance(0.5) { pen.about(0.0, 0.02) } else { pen.about(-0.07, 0.04) };
    pen.to(right + 0.35 * (foot - right) + curve, 0.33).to(right + 0.72 * (foot - right) + curve, 0.66);
    pen.to(foot, 1.0);
    if pen.chance(0.3) {
        let (height, half) = (pen.about(0.54, 0.06), pen.about(0.24, 0.06));
        let middle = 0.5 * (right + foot) + curve;
        let rise = pen.about(0.0, 0.03);
        pen.down(middle - half, height + rise).to(middle + half, height - rise);
    }
}
