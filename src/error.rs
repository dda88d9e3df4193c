//! The one [`Error`] of the project. Each message is a sentence that tells a visitor what to change;
//! the page and the command line print it as it is.

use std::fmt::Display;

/// What every fallible function of the engine returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something that came from outside was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A setting of an experiment lies outside what is allowed.
    #[error("{key} is {given}, but must be {allowed}")]
    Setting { key: String, given: String, allowed: String },
    /// The text of an experiment has an unknown key, a wrong type or broken JSON.
    #[error("{key}{reason}")]
    Unreadable { key: String, reason: String },
    /// A layer cannot take the shape that the layers before it give (without the batch axis).
    #[error("{layer} takes {expected}, but its input has the shape {found:?}")]
    Shape { layer: String, expected: String, found: Vec<usize> },
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
}

impl Error {
    /// The refusal of setting `key`, which was `given`; `allowed` completes "must be …".
    pub fn setting(key: &str, given: impl Display, allowed: impl Display) -> Self {
        Self::Setting { key: key.into(), given: given.to_string(), allowed: allowed.to_string() }
    }

    /// A file that cannot be used, with the reason in words.
    pub fn file(path: impl Display, reason: impl Display) -> Self {
        Self::File { path: path.to_string(), reason: reason.to_string() }
    }
}

/// Passes when `value` lies in `range`, which no NaN does.
///
/// # Errors
/// [`Error::Setting`] with the key, the value and the range.
pub fn ensure_within<T: PartialOrd + Display>(
    key: &str,
    value: T,
    range: &std::ops::RangeInclusive<T>,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    let allowed = format!("from {} to {}", range.start(), range.end());
    Err(Error::setting(key, value, allowed))
}

/// The name that a setting of a fixed choice has in an experiment, for messages.
pub(crate) fn name_of(setting: impl serde::Serialize) -> String {
    let value = serde_json::to_value(setting).expect("settings are plain data");
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_out_of_range_names_key_value_and_range() {
        let error = ensure_within("data.noise", f32::NAN, &(0.0..=0.5)).unwrap_err();
        assert_eq!(error.to_string(), "data.noise is NaN, but must be from 0 to 0.5");
        assert!(ensure_within("data.noise", 0.5, &(0.0..=0.5)).is_ok());
    }
}
