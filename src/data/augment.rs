//! How far pictures are changed each time they are trained on, so that a network meets more hands than
//! there are in the data; [`super::Augmenter`] changes them.

use crate::error::{Error, Result, ensure_within};
use serde::{Deserialize, Serialize};

/// How far training pictures are changed, at most; every change is drawn anew, evenly from −most to
/// +most. All zeros, the default, leave pictures as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Pixels to the right and down.
    pub shift: f32,
    /// Degrees.
    pub rotation: f32,
    /// Share by which width and height, each by itself, grow or shrink.
    pub scale: f32,
    /// Slant: pixels to the right for each pixel up.
    pub shear: f32,
    /// Root mean square, in pixels, of a smooth random displacement.
    pub elastic: f32,
    /// Pixels over which that displacement stays about the same; small values make it shaky.
    pub smoothness: f32,
    /// Pixels by which the outline of a stroke moves out, or half as far in.
    pub thickness: f32,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            smoothness: 10.0,
            shift: 0.0,
            rotation: 0.0,
            scale: 0.0,
            shear: 0.0,
            elastic: 0.0,
            thickness: 0.0,
        }
    }
}

impl Augmentation {
    /// Share of `smoothness` up to which a displacement bends a stroke and does not fold it.
    const FOLDS: f32 = 0.2;

    /// Whether pictures stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        [self.shift, self.rotation, self.scale, self.shear, self.elastic, self.thickness] == [0.0; 6]
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// # Errors
    /// [`Error::Setting`] for a number out of its range, or a displacement that would tear strokes.
    pub fn validate(&self) -> Result<()> {
        ensure_within("data.augmentation.shift", self.shift, &(0.0..=10.0))?;
        ensure_within("data.augmentation.rotation", self.rotation, &(0.0..=180.0))?;
        ensure_within("data.augmentation.scale", self.scale, &(0.0..=0.5))?;
        ensure_within("data.augmentation.shear", self.shear, &(0.0..=1.0))?;
        ensure_within("data.augmentation.smoothness", self.smoothness, &(4.0..=20.0))?;
        ensure_within("data.augmentation.thickness", self.thickness, &(0.0..=0.6))?;
        ensure_within("data.augmentation.elastic", self.elastic, &(0.0..=4.0))?;
        let most = Self::FOLDS * self.smoothness;
        if self.elastic > most {
            let allowed =
                format!("at most {most} for a smoothness of {}: more would tear strokes", self.smoothness);
            return Err(Error::setting("data.augmentation.elastic", self.elastic, allowed));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_tear_strokes_is_refused() {
        let usual = Augmentation { elastic: 1.5, ..Augmentation::default() };
        usual.validate().unwrap();
        let said = |config: Augmentation| config.validate().unwrap_err().to_string();
        assert_eq!(
            said(Augmentation { elastic: 2.5, ..usual.clone() }),
            "data.augmentation.elastic is 2.5, but must be at most 2 for a smoothness of 10: more would tear strokes"
        );
        assert!(
            said(Augmentation { shift: -1.0, ..usual.clone() })
                .contains("shift is -1, but must be from 0 to 10")
        );
        assert!(said(Augmentation { rotation: f32::NAN, ..usual }).contains("rotation is NaN"));
    }
}
