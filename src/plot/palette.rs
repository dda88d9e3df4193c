//! The colours of the design, read from the page's CSS tokens so that both themes and any retouch
//! reach the charts. Nothing else in `plot` names a colour.

use plotters::style::{RGBAColor, RGBColor};

/// What charts are drawn in; each field is the CSS token of its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// Text, and marks that carry the story.
    pub ink: RGBColor,
    /// Secondary text.
    pub ink_2: RGBColor,
    /// Axis labels.
    pub ink_3: RGBColor,
    /// What is no text: foot lines, idle bars.
    pub ink_4: RGBColor,
    /// Hairlines.
    pub line: RGBColor,
    /// Outlines.
    pub line_strong: RGBColor,
    /// What figures are printed on.
    pub surface: RGBColor,
    /// Ground that is set off.
    pub sunken: RGBColor,
    /// The slab over the selected layer.
    pub glass: RGBAColor,
    /// The edges of the slab.
    pub glass_edge: RGBAColor,
    /// What to beware of.
    pub warn: RGBColor,
    /// What is wrong.
    pub bad: RGBColor,
    /// What is well.
    pub good: RGBColor,
    /// Signed values, from orange over the surface to blue.
    pub div: [RGBColor; 9],
    /// Magnitudes, from the surface on.
    pub seq: [RGBColor; 9],
    /// Classes; a shape or a digit always says the same.
    pub cls: [RGBColor; 10],
    /// Lanes a to d.
    pub lanes: [RGBColor; 4],
}

impl Palette {
    /// The colours that `token` tells by name ("--ink", "--div-0", "--lane-a"), written `#rrggbb`,
    /// `#rgb` or `rgb(r g b / a)`; the light theme's where it tells none.
    pub fn from_tokens(token: impl Fn(&str) -> Option<String>) -> Self {
        let light = Self::default();
        let glass = |name: &str, other| token(name).and_then(|text| parse(&text)).unwrap_or(other);
        let rgb = |name: &str, other: RGBColor| {
            let RGBAColor(r, g, b, _) = glass(name, other.into());
            RGBColor(r, g, b)
        };
        let row = |name: &str, i: usize, other| rgb(&format!("{name}-{i}"), other);
        Self {
            ink: rgb("--ink", light.ink),
            ink_2: rgb("--ink-2", light.ink_2),
            ink_3: rgb("--ink-3", light.ink_3),
            ink_4: rgb("--ink-4", light.ink_4),
            line: rgb("--line", light.line),
            line_strong: rgb("--line-strong", light.line_strong),
            surface: rgb("--surface", light.surface),
            sunken: rgb("--sunken", light.sunken),
            glass: glass("--glass", light.glass),
            glass_edge: glass("--glass-edge", light.glass_edge),
            warn: rgb("--warn", light.warn),
            bad: rgb("--bad", light.bad),
            good: rgb("--good", light.good),
            div: std::array::from_fn(|i| row("--div", i, light.div[i])),
            seq: std::array::from_fn(|i| row("--seq", i, light.seq[i])),
            cls: std::array::from_fn(|i| row("--cls", i, light.cls[i])),
            lanes: std::array::from_fn(|i| {
                rgb(&format!("--lane-{}", ["a", "b", "c", "d"][i]), light.lanes[i])
            }),
        }
    }

    /// What stands where a number should be and is none.
    #[must_use]
    pub fn no_number(&self) -> RGBColor {
        mix(self.surface, self.bad, 0.45)
    }

    /// The colour of the lane at `index`.
    #[must_use]
    pub fn lane(&self, index: usize) -> RGBColor {
        self.lanes[index % self.lanes.len()]
    }

    /// The colour of class `index`, again from the first after ten.
    #[must_use]
    pub fn class(&self, index: usize) -> RGBColor {
        self.cls[index % self.cls.len()]
    }
}

/// The light theme.
impl Default for Palette {
    fn default() -> Self {
        Self {
            ink: hex(0x12_16_1c),
            ink_2: hex(0x43_4c_59),
            ink_3: hex(0x5f_68_75),
            ink_4: hex(0xb9_c0_c9),
            line: hex(0xe3_e6_ea),
            line_strong: hex(0x86_8f_9c),
            surface: hex(0xff_ff_ff),
            sunken: hex(0xf4_f5_f7),
            glass: RGBAColor(20, 40, 70, 0.055),
            glass_edge: RGBAColor(20, 40, 70, 0.38),
            warn: hex(0x8a_42_00),
            bad: hex(0xa3_18_2b),
            good: hex(0x10_60_3f),
            div: [0x9a4300, 0xcf6a10, 0xee9d4e, 0xfbd5aa, 0xf6f6f5, 0xc3dcf1, 0x78b0df, 0x2b7bc0, 0x084a8c]
                .map(hex),
            seq: [0xf6f8e6, 0xd8e9a6, 0x93d28d, 0x48b793, 0x219590, 0x24718e, 0x34508a, 0x402f76, 0x38085a]
                .map(hex),
            cls: [
                0x51069d, 0x2991ed, 0x25605b, 0x293a02, 0x6a6009, 0xc2891d, 0xfa5c60, 0x59105a, 0xa1449c,
                0x9b8ca1,
            ]
            .map(hex),
            lanes: [0x14564a, 0xc22f87, 0x8c680f, 0x7a3fe4].map(hex),
        }
    }
}

/// A colour scale as a table, made once for a figure and then read once for a pixel.
pub struct Ramp {
    colors: [RGBColor; Self::STEPS],
    /// What is no number.
    missing: RGBColor,
}

impl Ramp {
    /// Odd, so that the middle of a signed scale is exactly its middle colour.
    const STEPS: usize = 513;

    /// Runs through `stops` at equal distances.
    #[must_use]
    pub fn new(stops: &[RGBColor; 9]) -> Self {
        let colors = std::array::from_fn(|i| {
            let at = i as f64 * 8.0 / (Self::STEPS - 1) as f64;
            let stop = (at as usize).min(7);
            mix(stops[stop], stops[stop + 1], at - stop as f64)
        });
        Self { colors, missing: stops[4] }
    }

    /// For signed values, with the palette's own colour for what is no number.
    #[must_use]
    pub fn of_signed(palette: &Palette) -> Self {
        Self { missing: palette.no_number(), ..Self::new(&palette.div) }
    }

    /// The colour at `share` of the scale, 0…1; beyond the ends the end's colour, for NaN the first.
    #[inline]
    #[must_use]
    pub fn at(&self, share: f32) -> RGBColor {
        let last = (Self::STEPS - 1) as f32;
        self.colors[((share * last + 0.5) as usize).min(Self::STEPS - 1)]
    }

    /// The colour of a signed value, −1…1; NaN never looks like 0 in a ramp of [`Self::of_signed`].
    #[inline]
    #[must_use]
    pub fn signed(&self, value: f32) -> RGBColor {
        if value.is_nan() { self.missing } else { self.at(0.5 + 0.5 * value) }
    }
}

/// From `a` (share 0) to `b` (share 1).
#[must_use]
pub fn mix(a: RGBColor, b: RGBColor, share: f64) -> RGBColor {
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share + 0.5) as u8;
    RGBColor(between(a.0, b.0), between(a.1, b.1), between(a.2, b.2))
}

/// Dark or light, whichever reads better on `color` (WCAG's relative luminance, simplified).
pub(super) fn ink_on(color: RGBColor) -> RGBColor {
    let part = |channel: u8, weight: f64| weight * (f64::from(channel) / 255.0).powi(2);
    let luminance = part(color.0, 0.2126) + part(color.1, 0.7152) + part(color.2, 0.0722);
    let (dark, light) = (RGBColor(18, 22, 28), RGBColor(255, 255, 255));
    mix(dark, light, if luminance > 0.22 { 0.0 } else { 1.0 })
}

const fn hex(rgb: u32) -> RGBColor {
    RGBColor((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// `#rgb`, `#rrggbb`, `rgb(r g b / a)` and `rgba(r, g, b, a)`, the alpha also in per cent.
fn parse(text: &str) -> Option<RGBAColor> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('#') {
        let number = u32::from_str_radix(digits, 16).ok()?;
        let color = match digits.len() {
            3 => RGBColor(
                (number >> 8 & 15) as u8 * 17,
                (number >> 4 & 15) as u8 * 17,
                (number & 15) as u8 * 17,
            ),
            6 => hex(number),
            _ => return None,
        };
        return Some(color.into());
    }
    let inside = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?.strip_suffix(')')?;
    let mut parts = inside.split([' ', ',', '/']).filter(|part| !part.is_empty());
    let mut channel = || Some(parts.next()?.parse::<f64>().ok()?.round() as u8);
    let (r, g, b) = (channel()?, channel()?, channel()?);
    let alpha = match parts.next() {
        None => 1.0,
        Some(part) => match part.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().ok()? / 100.0,
            None => part.parse().ok()?,
        },
    };
    Some(RGBAColor(r, g, b, alpha))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_as_css_writes_them() {
        let palette = Palette::from_tokens(|name| match name {
            "--ink" => Some(" #eceff3".into()),
            "--ink-2" => Some("#abc".into()),
            "--glass" => Some("rgb(190 215 255 / .075)".into()),
            "--glass-edge" => Some("rgba(190, 215, 255, 42%)".into()),
            "--lane-b" => Some("not a colour".into()),
            "--div-8" => Some("#93cbfa".into()),
            _ => None,
        });
        assert_eq!(palette.ink, RGBColor(0xec, 0xef, 0xf3));
        assert_eq!(palette.ink_2, RGBColor(0xaa, 0xbb, 0xcc));
        assert_eq!(palette.glass, RGBAColor(190, 215, 255, 0.075));
        assert_eq!(palette.glass_edge, RGBAColor(190, 215, 255, 0.42));
        assert_eq!(palette.div[8], RGBColor(0x93, 0xcb, 0xfa));
        assert_eq!(palette.lanes[1], Palette::default().lanes[1]);
    }

    #[test]
    fn a_ramp_meets_its_stops_and_holds_at_the_ends() {
        let palette = Palette::default();
        let ramp = Ramp::new(&palette.div);
        for (i, &stop) in palette.div.iter().enumerate() {
            assert_eq!(ramp.at(i as f32 / 8.0), stop);
        }
        assert_eq!(ramp.signed(0.0), palette.div[4]);
        assert_eq!(Ramp::of_signed(&palette).signed(f32::NAN), palette.no_number());
        assert!(!palette.div.contains(&palette.no_number()));
        assert_eq!(ramp.signed(f32::INFINITY), palette.div[8]);
        assert_eq!(ramp.at(-3.0), palette.div[0]);
    }
}
