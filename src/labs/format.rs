//! Numbers as they are written on the page: true minus signs, powers as superscripts, thin units.
//! Charts, read-outs and verdicts all take them from here.

use std::fmt::Write;

const MINUS: char = '−';
/// Narrow no-break space: what stands between a number and its unit.
const THIN: char = '\u{202f}';

/// `8` → "⁸", `-12` → "⁻¹²".
#[must_use]
pub fn superscript(n: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).map_or('⁻', |d| DIGITS[d as usize]);
    n.to_string().chars().map(digit).collect()
}

/// A tick of a log axis: `-2` → "10⁻²", `0` → "1", `1` → "10".
#[must_use]
pub fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".into(),
        1 => "10".into(),
        _ => format!("10{}", superscript(exponent)),
    }
}

/// A tick of a log axis of counts: `0` → "1", `3` → "1k", `5` → "100k", `6` → "1M".
#[must_use]
pub fn short_power(exponent: i32) -> String {
    match u32::try_from(exponent) {
        Ok(exponent @ 3..=5) => format!("{}k", 10_usize.pow(exponent - 3)),
        Ok(exponent @ ..=9) => short_count(10_usize.pow(exponent)),
        _ => power_of_ten(exponent),
    }
}

/// At most two digits over any magnitude: `3.1e-8` → "3.1×10⁻⁸", `3e-8` → "3×10⁻⁸", `1e-8` → "10⁻⁸";
/// plain from 0.001 to 9999: "0.34", "0.5", "270", "1,094".
#[must_use]
pub fn power(value: impl Into<f64>) -> String {
    let value = value.into();
    if (999.5..9999.5).contains(&value.abs()) {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(value.abs().round() as usize));
    }
    if value == 0.0 || !value.is_finite() || (9.95e-4..9999.5).contains(&value.abs()) {
        let text = signed(value, decimals_for(value, 2));
        return if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').into()
        } else {
            text
        };
    }
    times_ten(&format!("{value:.1e}"))
}

/// `significant(0.69314, 3)` → "0.693"; trailing zeros stay, so that a running number keeps its
/// width. Below 0.0001 and from a million on as a power of ten.
#[must_use]
pub fn significant(value: impl Into<f64>, digits: usize) -> String {
    let (value, digits) = (value.into(), digits.clamp(1, 17));
    if (9999.5..1e6).contains(&value.abs()) {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(value.abs().round() as usize));
    }
    if value == 0.0 || !value.is_finite() || (1e-4..1e6).contains(&value.abs()) {
        return signed(value, decimals_for(value, digits));
    }
    times_ten(&format!("{value:.*e}", digits - 1))
}

/// All digits of an `f32`, the fewest that read back as the same number: "−0.25", "3.14×10⁻⁸".
#[must_use]
pub fn exact(value: f32) -> String {
    if value == 0.0 || !value.is_finite() || (1e-4..1e7).contains(&value.abs()) {
        return text_of(value.into(), &value.to_string());
    }
    times_ten(&format!("{value:e}"))
}

/// A digit with its article: "a 7", "an 8".
#[must_use]
pub fn a_class(class: usize) -> String {
    let article = if class == 8 { "an" } else { "a" };
    format!("{article} {class}")
}

/// `12360` → "12,360".
#[must_use]
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count where there is little room: "12,360", but "120k" and "1.2M" from 100,000 on.
#[must_use]
pub fn short_count(n: usize) -> String {
    let (unit, letter) = match n {
        0..100_000 => return count(n),
        100_000..999_500 => (1e3, 'k'),
        999_500..999_500_000 => (1e6, 'M'),
        _ => (1e9, 'G'),
    };
    let scaled = n as f64 / unit;
    let decimals = usize::from(scaled < 9.95);
    let text = format!("{scaled:.decimals$}");
    format!("{}{letter}", text.strip_suffix(".0").unwrap_or(&text))
}

/// A time in seconds, with its unit: `0.0441` → "44 ms", `0.44` → "0.44 s", `137.2` → "137 s".
#[must_use]
pub fn seconds(value: impl Into<f64>) -> String {
    let value = value.into();
    if value.abs() < 0.0995 && value != 0.0 {
        return format!("{}{THIN}ms", significant(value * 1000.0, 2));
    }
    format!("{}{THIN}s", significant(value, 2))
}

/// A size in bytes, with the largest unit that leaves at least 1: `8_400_000` → "8.4 MB", `512` → "512 bytes".
#[must_use]
pub fn bytes(value: f64) -> String {
    let (size, unit) = match value {
        999_950_000.0.. => (1e9, "GB"),
        999_950.0.. => (1e6, "MB"),
        999.5.. => (1e3, "kB"),
        _ => return format!("{}{THIN}bytes", fixed(value, 0)),
    };
    let decimals = usize::from(value / size < 99.95);
    format!("{}{THIN}{unit}", fixed(value / size, decimals))
}

/// A share: `0.61` → "61 %", with a narrow no-break space.
#[must_use]
pub fn percent(share: impl Into<f64>) -> String {
    format!("{}{THIN}%", signed(share.into() * 100.0, 0))
}

/// With a fixed number of decimals: `fixed(-0.5, 2)` → "−0.50".
#[must_use]
pub fn fixed(value: impl Into<f64>, decimals: usize) -> String {
    signed(value.into(), decimals)
}

/// The same with its sign, which what is rounded to 0 has none of: "+0.9", "−0.4", "0.0".
#[must_use]
pub fn with_sign(value: impl Into<f64>, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let is_plus = !text.starts_with(MINUS) && text.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if is_plus { format!("+{text}") } else { text }
}

/// Decimals that show `digits` significant digits of `value`.
fn decimals_for(value: f64, digits: usize) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // Through the rounded number, so that 0.9996 has the decimals of 1.00.
    let rounded = format!("{value:.*e}", digits - 1);
    let exponent: i32 = rounded.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    (digits as i32 - 1 - exponent).max(0) as usize
}

fn signed(value: f64, decimals: usize) -> String {
    text_of(value, &format!("{value:.decimals$}"))
}

/// `text` of `value` with a true minus, and none before what was rounded to 0.
fn text_of(value: f64, text: &str) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| b.is_ascii_digit() && b != b'0') => format!("{MINUS}{digits}"),
        Some(digits) => digits.into(),
        None => text.into(),
    }
}

/// "3.1e-8" → "3.1×10⁻⁸", "1.0e-8" → "10⁻⁸".
fn times_ten(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("−", digits));
    let digits = match digits.split_once('.') {
        Some((whole, part)) if part.bytes().all(|b| b == b'0') => whole,
        _ => digits,
    };
    let mut text = String::from(sign);
    if digits != "1" {
        let _ = write!(text, "{digits}×"); // writing to a String cannot fail
    }
    let _ = write!(text, "10{}", superscript(exponent.parse().unwrap_or(0)));
    text
}

/// Layer `layer` of `layers`, counted from 1: "layer 3", and for the last "output".
#[must_use]
pub fn layer_name(layer: usize, layers: usize) -> String {
    if layer == layers { "output".into() } else { format!("layer {layer}") }
}

/// A factor in words: `3.3e7` → "33 million times".
#[must_use]
pub fn times(factor: f64) -> String {
    let words = [(1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")];
    match words.into_iter().find(|(size, _)| factor >= *size) {
        Some((size, _)) if factor / size >= 1e4 => format!("{} times", power(factor)),
        Some((size, word)) => format!("{:.0} {word} times", factor / size),
        None => format!("{factor:.0} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_written_with_superscripts() {
        assert_eq!(power(3.1e-8), "3.1×10⁻⁸");
        assert_eq!(power(3e-8_f32), "3×10⁻⁸");
        assert_eq!(power(9.96e-8), "10⁻⁷");
        assert_eq!(power(-2.5e12), "−2.5×10¹²");
        assert_eq!(power(0.34), "0.34");
        assert_eq!(power(0.0), "0");
        assert_eq!(power(1.0), "1");
        assert_eq!(power(0.001), "0.001");
        assert_eq!(power(120.0), "120");
        assert_eq!(power(270.4), "270");
        assert_eq!(power(-1094.2), "−1,094");
        assert_eq!(power_of_ten(-12), "10⁻¹²");
        assert_eq!(power_of_ten(0), "1");
        assert_eq!(
            [0, 2, 3, 5, 6, 12, -2].map(short_power),
            ["1", "100", "1k", "100k", "1M", "10¹²", "10⁻²"]
        );
    }

    #[test]
    fn significant_digits_stay_as_many() {
        assert_eq!(significant(0.08412, 3), "0.0841");
        assert_eq!(significant(0.7, 3), "0.700");
        assert_eq!(significant(0.9996, 3), "1.00");
        assert_eq!(significant(-97.52, 3), "−97.5");
        assert_eq!(significant(1234.5, 2), "1234"); // digits before the point are never hidden
        assert_eq!(significant(61_067.0, 3), "61,067");
        assert_eq!(significant(4.2e-7, 3), "4.20×10⁻⁷");
        assert_eq!(significant(f32::NAN, 3), "NaN");
        assert_eq!(significant(f64::NEG_INFINITY, 3), "−∞");
        assert_eq!(significant(0.0, 3), "0");
    }

    #[test]
    fn exact_digits_read_back_as_the_same_number() {
        assert_eq!(exact(0.1), "0.1");
        assert_eq!(exact(-0.25), "−0.25");
        assert_eq!(exact(3.14e-8), "3.14×10⁻⁸");
        assert_eq!(exact(-0.0), "0");
    }

    #[test]
    fn times_and_sizes_have_the_unit_that_fits() {
        let times = [0.0004, 0.0441, 0.44, 3.21, 137.2].map(seconds);
        assert_eq!(
            times.map(|time| time.replace('\u{202f}', " ")),
            ["0.40 ms", "44 ms", "0.44 s", "3.2 s", "137 s"]
        );
        let sizes = [0.0, 512.0, 1234.0, 999_960.0, 8_400_000.0, 153_500_000.0, 2.5e9].map(bytes);
        let written = ["0 bytes", "512 bytes", "1.2 kB", "1.0 MB", "8.4 MB", "154 MB", "2.5 GB"];
        assert_eq!(sizes.map(|size| size.replace('\u{202f}', " ")), written);
    }

    #[test]
    fn counts_have_thousands_and_short_forms() {
        assert_eq!(count(0), "0");
        assert_eq!(count(12_360), "12,360");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(short_count(12_360), "12,360");
        assert_eq!(short_count(120_000), "120k");
        assert_eq!(short_count(1_200_000), "1.2M");
        assert_eq!(short_count(2_000_000), "2M");
    }

    #[test]
    fn shares_and_decimals() {
        assert_eq!(percent(0.61), "61\u{202f}%");
        assert_eq!(percent(0.614_f32), "61\u{202f}%");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-0.5, 2), "−0.50");
        assert_eq!([0.94, -0.44, 0.04, -0.04].map(|x| with_sign(x, 1)), ["+0.9", "−0.4", "0.0", "0.0"]);
        assert_eq!(with_sign(f32::NAN, 1), "NaN");
    }

    #[test]
    fn factors_in_words() {
        assert_eq!(times(3.3e7), "33 million times");
        assert_eq!(times(140.0), "140 times");
        assert_eq!(times(1e17), "10¹⁷ times");
    }
}
