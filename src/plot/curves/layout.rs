//! Where everything of a figure of curves lies: one axis across, and for each strip one upwards, of values or of their
//! decades.

use super::{end_font, end_label};
use crate::labs::format::{power_of_ten, significant};
use crate::labs::{CurveAxis, Curves, Line, Numbers, Strip};
use crate::plot::axes::{Scale, Ticks, decades, rounded};
use crate::plot::text::Font;

/// Room above a strip for its name and below the last for the steps.
pub(super) const HEAD: f64 = 18.0;
pub(super) const FOOT: f64 = 20.0;
/// Decades that an axis shows below its top; what falls further lies at its foot.
const DECADES: i32 = 8;

/// See the module.
pub(super) struct Layout {
    pub(super) x: Scale,
    pub(super) strips: Vec<Upward>,
    /// Whether there is room at the ends of the lines only for the values.
    pub(super) is_short: bool,
}

/// The axis of a strip.
pub(super) struct Upward {
    /// Of values, or of their decades.
    scale: Scale,
    is_log: bool,
    pub(super) ticks: Vec<(f64, String)>,
    /// Greatest value, where its spikes are cut off.
    pub(super) cut: Option<f64>,
}

impl Upward {
    fn new(strip: &Strip, numbers: &Numbers, most: usize, (start, end): (f64, f64)) -> Self {
        let is_log = strip.is_log && strip.range.is_none();
        let (from, to, cut) = if is_log { log_range(strip, numbers) } else { range(strip, numbers, most) };
        let ticks = if is_log {
            log_ticks(from, to, most)
        } else {
            let ticks = Ticks::within(from, to, most);
            ticks.values.iter().map(|&value| (value, ticks.label(value))).collect()
        };
        Self { scale: Scale { from, to, start, end }, is_log, ticks, cut }
    }

    fn place(&self, value: f32) -> f64 {
        if self.is_log { libm::log10(value.into()) } else { value.into() }
    }

    /// The pixel of a value; what lies outside is clipped to the ends.
    pub(super) fn px(&self, value: f32) -> f64 {
        self.scale.px(self.place(value))
    }

    pub(super) fn contains(&self, value: f32) -> bool {
        self.scale.contains(self.place(value))
    }

    /// To draw its ticks by.
    pub(super) fn scale(&self) -> &Scale {
        &self.scale
    }

    pub(super) fn top(&self) -> f64 {
        self.scale.end
    }

    pub(super) fn foot(&self) -> f64 {
        self.scale.start
    }
}

pub(super) fn layout(curves: &Curves, numbers: &Numbers, (width, height): (f64, f64)) -> Layout {
    let many = curves.strips.len().max(1) as f64;
    let each = ((height - FOOT) / many).max(0.0);
    let most = ((each - HEAD) / 18.0).clamp(2.0, 5.0) as usize;
    let upward = |(i, strip): (usize, &Strip)| {
        let foot = each * (i + 1) as f64;
        let gap = if i + 1 < curves.strips.len() { 6.0 } else { 0.0 };
        Upward::new(strip, numbers, most, (foot - gap, (foot - each + HEAD).min(foot)))
    };
    let strips: Vec<Upward> = curves.strips.iter().enumerate().map(upward).collect();
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let ticks = strips.iter().flat_map(|strip| &strip.ticks);
    let ticks = widest(&mut ticks.map(|(_, label)| Font::Small.width(label)));
    let lines = || curves.strips.iter().flat_map(|strip| &strip.lines);
    let ends = |is_short: bool| {
        widest(&mut lines().map(|line| end_font(line).width(&end_label(line, numbers, is_short))))
    };
    let is_short = ends(false) + 8.0 > width * 0.4;
    let left = (ticks + 10.0).max(22.0).min(width * 0.4);
    let right = (width - (ends(is_short) + 8.0).min(width * 0.5)).max(left);
    let x = Scale { from: 0.0, to: end(curves, numbers), start: left, end: right };
    Layout { x, strips, is_short }
}

/// The decades that hold all values above 0, from a whole one to 1, 2 or 5 of the highest, and what is cut off as
/// [`range`] does.
fn log_range(strip: &Strip, numbers: &Numbers) -> (f64, f64, Option<f64>) {
    let values = strip.lines.iter().flat_map(|line| numbers.at(line.low).iter().chain(numbers.at(line.high)));
    let values = values.copied().filter(|value| *value > 0.0 && value.is_finite());
    let (low, high) =
        values.fold((f32::INFINITY, 0.0), |(low, high): (f32, f32), value| (low.min(value), high.max(value)));
    if high <= 0.0 {
        return (-1.0, 0.0, None);
    }
    let top = strip.top.filter(|top| *top >= low && top.is_finite()).unwrap_or(high);
    let decade = libm::floor(libm::log10(f64::from(top)));
    let digits = f64::from(top) / libm::pow(10.0, decade);
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| digits <= round * (1.0 + 1e-6)).unwrap_or(10.0);
    let to = decade + libm::log10(round);
    let from = libm::floor(libm::log10(f64::from(low)) + 1e-6).max(decade - f64::from(DECADES));
    let from = if from < to { from } else { to - 1.0 };
    (from, to, (libm::log10(f64::from(high)) > to).then_some(high.into()))
}

/// Powers of ten; of few decades also what lies between.
fn log_ticks(from: f64, to: f64, most: usize) -> Vec<(f64, String)> {
    let [low, high] = [libm::ceil(from - 1e-6) as i32, libm::floor(to + 1e-6) as i32];
    if to - from > 1.5 {
        let shown = decades(low, high, most as i32);
        return shown.into_iter().map(|decade| (f64::from(decade), power_of_ten(decade))).collect();
    }
    let digits = [1.0, 2.0, 5.0];
    let all = (low - 1..=high).flat_map(|decade| digits.map(|digit| digit * libm::pow(10.0, decade.into())));
    let places = all.map(|value| (libm::log10(value), significant(value, 1)));
    places.filter(|(place, _)| (from - 1e-6..=to + 1e-6).contains(place)).collect()
}

/// Where the axis across ends: at what the figure says, or its last place that is a number.
fn end(curves: &Curves, numbers: &Numbers) -> f64 {
    if curves.axis == CurveAxis::Updates {
        return curves.steps.max(1) as f64;
    }
    let lines = curves.strips.iter().flat_map(|strip| &strip.lines);
    let last = lines.flat_map(|line| numbers.at(line.x)).copied().filter(|x| x.is_finite()).reduce(f32::max);
    curves
        .end
        .filter(|end| *end > 0.0 && end.is_finite())
        .or(last.filter(|end| *end > 0.0))
        .unwrap_or(1.0)
        .into()
}

/// Spikes this many times as high as all else are cut off.
const SPIKE: f32 = 4.0;

/// Ends of a strip's axis: as it says, else its finite values, from 0 when none is negative. A few
/// spikes far above all else would press the rest flat: they are cut off, and the greatest is told. What is a spike
/// the strip says, which knows of the run so far, else the values.
fn range(strip: &Strip, numbers: &Numbers, most: usize) -> (f64, f64, Option<f64>) {
    if let Some([low, high]) = strip.range
        && low < high
        && low.is_finite()
        && high.is_finite()
    {
        return (low.into(), high.into(), None);
    }
    let values = strip.lines.iter().flat_map(|line| numbers.at(line.low).iter().chain(numbers.at(line.high)));
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    if let Some(top) = strip.top.filter(|_| low >= 0.0 && low <= high) {
        let (from, to) = rounded(0.0, top.into(), most);
        return (from, to, (f64::from(high) > to).then_some(high.into()));
    }
    let usual = strip.lines.iter().map(|line| usual(line, numbers)).fold(f32::NEG_INFINITY, f32::max);
    let is_cut = low >= 0.0 && usual > 0.0 && high > SPIKE * usual;
    let (low, top) = (f64::from(low), f64::from(if is_cut { 1.25 * usual } else { high }));
    let (from, to) = rounded(if low >= 0.0 && low <= top { 0.0 } else { low }, top, most);
    (from, to, is_cut.then_some(high.into()))
}

/// What nineteen in twenty values of a line do not exceed, and never less than where it ends.
fn usual(line: &Line, numbers: &Numbers) -> f32 {
    let mut values: Vec<f32> = numbers.at(line.high).iter().copied().filter(|v| v.is_finite()).collect();
    let Some(&last) = values.last() else { return f32::NEG_INFINITY };
    let place = (values.len() - 1) * 19 / 20;
    let (_, usual, _) = values.select_nth_unstable_by(place, f32::total_cmp);
    usual.max(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_says_what_is_a_spike() {
        let mut numbers = Numbers::default();
        let values = (0..1000).map(|step| if step < 3 { 1.0986 } else { 0.01 });
        let y = numbers.add(values);
        let line = Line { label: "train".into(), is_train: true, lane: 0, x: y, low: y, high: y };
        let strip = |top| Strip {
            label: "loss".into(),
            range: None,
            top,
            lines: vec![line.clone()],
            ..Strip::default()
        };
        let (_, to, cut) = range(&strip(Some(1.0986)), &numbers, 5);
        assert!(to >= 1.0986 && cut.is_none(), "{to} {cut:?}");
        let (_, to, cut) = range(&strip(Some(0.01)), &numbers, 5);
        assert!(to < 0.05 && cut.is_some(), "{to} {cut:?}");
    }

    #[test]
    fn a_log_axis_holds_what_is_above_0_within_eight_decades() {
        let ends = |values: &[f32], top| {
            let mut numbers = Numbers::default();
            let y = numbers.add(values.iter().copied());
            let line = Line { label: String::new(), is_train: true, lane: 0, x: y, low: y, high: y };
            let (from, to, cut) =
                log_range(&Strip { top, is_log: true, lines: vec![line], ..Strip::default() }, &numbers);
            (from, (100.0 * to).round() / 100.0, cut)
        };
        assert_eq!(ends(&[17.1, 0.3, 0.02], None), (-2.0, 1.3, None));
        assert_eq!(ends(&[2.3], None), (0.0, 0.7, None));
        assert_eq!(ends(&[10.0, 1e-30, 0.0, -3.0, f32::NAN, f32::INFINITY], None), (-7.0, 1.0, None));
        assert_eq!(ends(&[1000.0, 1.0], Some(4.0)), (0.0, 0.7, Some(1000.0)), "a spike");
        assert_eq!([ends(&[], None), ends(&[0.0, -1.0], Some(1.0))], [(-1.0, 0.0, None); 2]);
    }

    #[test]
    fn few_decades_have_ticks_between_powers_of_ten() {
        let labels =
            |from, to| log_ticks(from, to, 5).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels(0.0, 0.7), ["1", "2", "5"]);
        assert_eq!(labels(-2.0, 1.3), ["10", "10⁻¹"]);
        assert_eq!(labels(-7.0, 1.0).len(), 5);
    }
}
