//! What a pen leaves: points along strokes. A line of a drawings file (ndjson) is
//! `{"digit":3,"strokes":[[[x,y],[x,y,pressure],…],…]}`; what cannot be a drawing is refused here.

use crate::error::Error;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Where the pen was: `y` grows downwards, in any unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    /// How hard it pressed, from 0 to 1, where the device can tell.
    pub pressure: Option<f32>,
}

/// The points between setting the pen down and lifting it.
pub type Stroke = Vec<Point>;

/// The strokes of one digit, in the order drawn; right by construction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Drawing {
    /// What it is meant to be, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    digit: Option<u8>,
    strokes: Vec<Stroke>,
}

/// A drawing as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    #[serde(default)]
    digit: Option<u8>,
    strokes: Vec<Stroke>,
}

impl TryFrom<Unchecked> for Drawing {
    type Error = Error;

    fn try_from(unchecked: Unchecked) -> Result<Self, Error> {
        Self::new(unchecked.digit, unchecked.strokes)
    }
}

impl Drawing {
    /// More points than this are refused.
    pub const MAX_POINTS: usize = 10_000;
    /// Coordinates further from 0 than this are refused: their squares must stay finite.
    pub const MAX_COORDINATE: f32 = 1e9;

    /// A drawing of these strokes; none at all is a blank sheet.
    ///
    /// # Errors
    /// [`Error::Setting`] for a digit above 9, too many points, or a coordinate or pressure that is
    /// no finite number within its range.
    pub fn new(digit: Option<u8>, strokes: Vec<Stroke>) -> Result<Self, Error> {
        if let Some(digit) = digit.filter(|digit| *digit > 9) {
            return Err(Error::setting("digit", digit, "from 0 to 9"));
        }
        let points = strokes.iter().map(Vec::len).sum::<usize>();
        if points > Self::MAX_POINTS {
            let allowed = format!("{} points or fewer", Self::MAX_POINTS);
            return Err(Error::setting("strokes", format!("{points} points"), allowed));
        }
        for point in strokes.iter().flatten() {
            for (key, value) in [("x", point.x), ("y", point.y)] {
                if !(-Self::MAX_COORDINATE..=Self::MAX_COORDINATE).contains(&value) {
                    let allowed = format!("a number within ±{:e}", Self::MAX_COORDINATE);
                    return Err(Error::setting(&format!("{key} of a point"), value, allowed));
                }
            }
            if let Some(pressure) = point.pressure.filter(|pressure| !(0.0..=1.0).contains(pressure)) {
                return Err(Error::setting("pressure of a point", pressure, "from 0 to 1"));
            }
        }
        Ok(Self { digit, strokes })
    }

    /// What it is meant to be, where known.
    #[must_use]
    pub fn digit(&self) -> Option<u8> {
        self.digit
    }

    /// The strokes, in the order drawn; some may have no points.
    #[must_use]
    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }
}

impl Point {
    /// A point of a pen that does not tell its pressure.
    #[must_use]
    pub fn new(x: f32, y: f32) -> Self {
        Self { x, y, pressure: None }
    }

    /// The same in few digits, on a pad of some hundred units: to an eighth of a unit, which nobody sees. So a
    /// drawing that is kept is, to the bit, the one that was read.
    #[must_use]
    pub fn rounded(self) -> Self {
        let to = |value: f32, unit: f32| (value / unit).round() * unit;
        Self {
            x: to(self.x, 0.125),
            y: to(self.y, 0.125),
            pressure: self.pressure.map(|pressure| to(pressure, 0.0625)),
        }
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.pressure {
            None => (self.x, self.y).serialize(serializer),
            Some(pressure) => (self.x, self.y, pressure).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Point;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a point [x, y] or [x, y, pressure]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Point, A::Error> {
                let missing = |count| de::Error::invalid_length(count, &Self);
                let x = numbers.next_element()?.ok_or_else(|| missing(0))?;
                let y = numbers.next_element()?.ok_or_else(|| missing(1))?;
                let pressure = numbers.next_element()?;
                match numbers.next_element::<de::IgnoredAny>()? {
                    None => Ok(Point { x, y, pressure }),
                    Some(_) => Err(missing(4)),
                }
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Drawing, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    #[test]
    fn a_line_of_a_file_is_read_and_written_as_it_was() {
        for line in [
            r#"{"digit":3,"strokes":[[[0.5,1.25],[2.0,3.0,0.75]],[[7.0,8.0]]]}"#,
            r#"{"strokes":[]}"#,
            r#"{"digit":0,"strokes":[[]]}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(line).unwrap()).unwrap(), line);
        }
        assert_eq!(read(r#"{"strokes":[[[1,2]]]}"#).unwrap().strokes(), [vec![Point::new(1.0, 2.0)]]);
    }

    #[test]
    fn what_cannot_be_a_drawing_is_refused_in_words() {
        let refused = |line: &str, words: &str| {
            let message = read(line).unwrap_err();
            assert!(message.contains(words), "{line}: {message}");
        };
        refused(r#"{"digit":10,"strokes":[]}"#, "digit is 10, but must be from 0 to 9");
        refused(r#"{"strokes":[[[1e39,0]]]}"#, "x of a point is inf, but must be a number within ±1e9");
        refused(r#"{"strokes":[[[0,-2e9]]]}"#, "y of a point is -2000000000, but must be");
        refused(r#"{"strokes":[[[0,0,1.5]]]}"#, "pressure of a point is 1.5, but must be from 0 to 1");
        refused(r#"{"strokes":[[[0]]]}"#, "a point [x, y] or [x, y, pressure]");
        refused(r#"{"strokes":[[[0,0,0,0]]]}"#, "a point [x, y] or [x, y, pressure]");
        refused(r#"{"stroke":[]}"#, "unknown field `stroke`");
        let many = vec![vec![Point::new(0.0, 0.0); 5_001]; 2];
        let message = Drawing::new(None, many).unwrap_err().to_string();
        assert_eq!(message, "strokes is 10002 points, but must be 10000 points or fewer");
        assert!(Drawing::new(None, vec![vec![Point::new(f32::NAN, 0.0)]]).is_err());
        let pressed = Point { pressure: Some(f32::NAN), ..Point::new(0.0, 0.0) };
        assert!(Drawing::new(None, vec![vec![pressed]]).is_err());
    }
}
