//! What the text of one cell stands for.

/// Whether nothing is known there: empty, NA, N/A, NaN, null, none, ? or -.
pub(super) fn is_missing(text: &str) -> bool {
    let text = text.trim();
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    text.is_empty() || ["NA", "N/A", "NaN", "null", "none", "?", "-"].iter().any(is)
}

/// The number that a text is; none that is not finite.
pub(in crate::data) fn number(text: &str, has_decimal_comma: bool) -> Option<f64> {
    let text = text.trim();
    // Not "inf" and "nan", which are numbers to Rust.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',')) {
        return None;
    }
    let number: f64 = if has_decimal_comma && text.contains(',') {
        text.replacen(',', ".", 1).parse()
    } else {
        text.parse()
    }
    .ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_is_missing_are_told() {
        for (text, expected) in
            [(" 1.5 ", Some(1.5)), ("-3e2", Some(-300.0)), (".28", Some(0.28)), ("+7", Some(7.0))]
        {
            assert_eq!(number(text, false), expected, "{text}");
        }
        for text in ["inf", "-inf", "nan", "1e999", "1,5", "1.2.3", "12 kg", "", "0x10"] {
            assert_eq!(number(text, false), None, "{text}");
        }
        assert_eq!(number("1,5", true), Some(1.5));
        assert_eq!(number("1.5", true), Some(1.5));
        assert_eq!(number("1.234,5", true), None);
        for text in ["", "  ", "NA", "na", "NaN", "?", "null", "NULL", "-", "n/a"] {
            assert!(is_missing(text), "{text}");
        }
        assert!(!is_missing("0") && !is_missing("-1") && !is_missing("Nancy"));
    }
}
