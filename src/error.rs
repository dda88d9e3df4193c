//! The one [`Error`] of the project. Each message is a sentence that tells a visitor what to change;
//! the page and the command line print it as it is.

use std::fmt::{Debug, Display};

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

    /// The same with the key of a setting read from `place`: `units` of a layer becomes
    /// `network.layers.3.units`, and the layer `dense` `network.layers.3 (dense)`.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        match self {
            Self::Setting { key, given, allowed } => {
                Self::Setting { key: format!("{place}.{key}"), given, allowed }
            }
            Self::Shape { layer, expected, found } => {
                Self::Shape { layer: format!("{place} ({layer})"), expected, found }
            }
            Self::Unreadable { key, reason } => Self::Unreadable { key: format!("{place}.{key}"), reason },
            other @ Self::File { .. } => other,
        }
    }

    /// A file that cannot be used, with the reason in words.
    pub fn file(path: impl Display, reason: impl Display) -> Self {
        Self::File { path: path.to_string(), reason: reason.to_string() }
    }
}

/// Digits that a number may have to be told as it is.
const LONGEST_NUMBER: usize = 16;

/// Passes when `value` lies in `range`, which no NaN does.
///
/// # Errors
/// [`Error::Setting`] with the key, the value and the range.
pub fn ensure_within<T: Copy + PartialOrd + Display + Debug>(
    key: &str,
    value: T,
    range: &std::ops::RangeInclusive<T>,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    let allowed = format!("from {} to {}", range.start(), range.end());
    let given = format!("{value}");
    // 1e30 rather than all its zeros.
    let given = if given.len() > LONGEST_NUMBER { format!("{value:?}") } else { given };
    Err(Error::setting(key, given, allowed))
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
        let error = ensure_within("optimizer.learning_rate", 1e30_f32, &(0.0..=100.0)).unwrap_err();
        assert_eq!(error.to_string(), "optimizer.learning_rate is 1e30, but must be from 0 to 100");
        assert!(ensure_within("data.noise", 0.5, &(0.0..=0.5)).is_ok());
    }
}
