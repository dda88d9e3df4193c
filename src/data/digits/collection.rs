//! Digits that a visitor draws and names, to train on: a bounded list that can be written to a file and
//! read back, one drawing a line, as the command line takes them.

use super::drawing::{Drawing, Point, Stroke};
use super::prepare::{Preparation, prepare};
use crate::data::{Pictures, SIDE};
use crate::error::{Error, Result};

/// Drawings with the digit that each is meant to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    drawings: Vec<Drawing>,
}

impl Collection {
    /// Most drawings that are kept.
    pub const MAX: usize = 1_000;

    /// Adds what is drawn, in a unit in which hundredths do not matter.
    ///
    /// # Errors
    /// [`Error::Setting`] for a drawing without a point, without a digit, or one too many.
    pub fn add(&mut self, drawing: &Drawing) -> Result<()> {
        if drawing.strokes().iter().all(Vec::is_empty) {
            return Err(Error::setting("the drawing", "empty", "a digit"));
        }
        if drawing.digit().is_none() {
            return Err(Error::setting("the digit of a drawing", "left out", "from 0 to 9"));
        }
        if self.drawings.len() == Self::MAX {
            return Err(Error::setting(
                "the number of drawings",
                Self::MAX + 1,
                format!("{} or fewer", Self::MAX),
            ));
        }
        let rounded = |stroke: &Stroke| stroke.iter().map(|point| point.rounded()).collect();
        let strokes = drawing.strokes().iter().map(rounded).collect();
        self.drawings.push(Drawing::new(drawing.digit(), strokes)?);
        Ok(())
    }

    /// Takes the last one away.
    pub fn undo(&mut self) {
        self.drawings.pop();
    }

    /// Number of drawings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.drawings.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.drawings.is_empty()
    }

    /// How many there are of each digit.
    #[must_use]
    pub fn counts(&self) -> [usize; 10] {
        let mut counts = [0; 10];
        self.drawings.iter().filter_map(Drawing::digit).for_each(|digit| counts[usize::from(digit)] += 1);
        counts
    }

    /// A line for each drawing.
    #[must_use]
    pub fn to_ndjson(&self) -> String {
        let line = |drawing| serde_json::to_string(drawing).expect("a drawing is plain data") + "\n";
        self.drawings.iter().map(line).collect()
    }

    /// Reads drawings, one a line; `name` is that of the file, for messages. Their unit may be any.
    ///
    /// # Errors
    /// [`Error::File`] naming the first line that is no drawing with its digit.
    pub fn from_ndjson(name: &str, text: &str) -> Result<Self> {
        let mut collection = Self::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let refused = |reason: String| Error::file(format!("{name}, line {}", index + 1), reason);
            let drawing: Drawing =
                serde_json::from_str(line).map_err(|error| refused(format!("no drawing: {error}")))?;
            collection.add(&to_sheet(&drawing)).map_err(|error| refused(error.to_string()))?;
        }
        if collection.is_empty() {
            return Err(Error::file(name, "it holds no drawing"));
        }
        Ok(collection)
    }

    /// Adds the drawings of another, as far as there is room; returns how many were left out.
    pub fn join(&mut self, other: Self) -> usize {
        let room = Self::MAX - self.drawings.len();
        let left_out = other.len().saturating_sub(room);
        self.drawings.extend(other.drawings.into_iter().take(room));
        left_out
    }

    /// The pictures that a network reads, with the class of each.
    #[must_use]
    pub fn pictures(&self) -> (Pictures, Vec<u8>) {
        let picture = |drawing| prepare(drawing, &Preparation::default()).image;
        let pixels = self.drawings.iter().flat_map(picture).map(|grey| (grey * 255.0 + 0.5) as u8).collect();
        (Pictures::new(SIDE, SIDE, pixels), self.drawings.iter().filter_map(Drawing::digit).collect())
    }
}

/// A drawing in any unit as one about as large as a pad, so that little is lost when it is rounded.
fn to_sheet(drawing: &Drawing) -> Drawing {
    const SHEET: f32 = 200.0;
    let points = || drawing.strokes().iter().flatten();
    let span = |of: fn(&Point) -> f32| {
        let ends = points().map(of).fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at), high.max(at)));
        (ends.0, ends.1 - ends.0)
    };
    let ((left, width), (top, height)) = (span(|point| point.x), span(|point| point.y));
    let longer = width.max(height);
    if !(f32::MIN_POSITIVE.sqrt()..2.0 * Drawing::MAX_COORDINATE).contains(&longer) {
        return drawing.clone(); // a dot, or nothing
    }
    let is_kept = (20.0..2_000.0).contains(&longer) && left.abs() < 2_000.0 && top.abs() < 2_000.0;
    if is_kept {
        return drawing.clone();
    }
    let place = |point: &Point| Point {
        x: (point.x - left) / longer * SHEET,
        y: (point.y - top) / longer * SHEET,
        ..*point
    };
    let strokes = drawing.strokes().iter().map(|stroke| stroke.iter().map(place).collect()).collect();
    Drawing::new(drawing.digit(), strokes).expect("a drawing made smaller is a drawing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;
    use crate::tensor::{Rng, Stream};

    fn collection() -> Collection {
        let mut collection = Collection::default();
        let mut rng = Rng::new(1, Stream::Drawing);
        for digit in [3, 3, 7] {
            collection.add(&to_sheet(&digits::draw(digit, &mut rng))).unwrap();
        }
        collection
    }

    #[test]
    fn drawings_are_counted_written_and_read_back() {
        let drawn = collection();
        assert_eq!((drawn.counts()[3], drawn.counts()[7], drawn.len()), (2, 1, 3));
        let read = Collection::from_ndjson("d", &drawn.to_ndjson()).unwrap();
        assert_eq!(read, drawn);
        let (pictures, labels) = read.pictures();
        assert_eq!((pictures.len(), labels), (3, vec![3, 3, 7]));
        assert!(pictures.picture(2).iter().any(|&ink| ink > 200));
        let mut fewer = drawn.clone();
        fewer.undo();
        assert_eq!((fewer.len(), fewer.counts()[7]), (2, 0));
        let mut both = drawn.clone();
        assert_eq!((both.join(fewer), both.len()), (0, 5));
        assert_eq!(both.drawings[..3], drawn.drawings);
    }

    #[test]
    fn rounding_changes_no_picture_that_one_could_see() {
        let drawing = digits::draw(5, &mut Rng::new(2, Stream::Drawing));
        let mut kept = Collection::default();
        kept.add(&to_sheet(&drawing)).unwrap();
        let exact = prepare(&drawing, &Preparation::default()).image;
        let (pictures, _) = kept.pictures();
        let apart = exact.iter().zip(pictures.picture(0)).map(|(a, &b)| (a - f32::from(b) / 255.0).abs());
        assert!(apart.fold(0.0, f32::max) < 0.1);
    }

    #[test]
    fn what_cannot_be_kept_is_told() {
        let point = vec![vec![Point::new(1.0, 2.0)]];
        let mut full = Collection::default();
        let drawing = Drawing::new(Some(1), point.clone()).unwrap();
        (0..Collection::MAX).for_each(|_| full.add(&drawing).unwrap());
        assert!(full.add(&drawing).unwrap_err().to_string().ends_with("must be 1000 or fewer"));
        let mut nearly = full.clone();
        nearly.undo();
        assert_eq!((nearly.join(full.clone()), nearly.len()), (Collection::MAX - 1, Collection::MAX));
        let empty = Drawing::new(Some(1), vec![Vec::new()]).unwrap();
        assert_eq!(
            Collection::default().add(&empty).unwrap_err().to_string(),
            "the drawing is empty, but must be a digit"
        );
        let nameless = Drawing::new(None, point).unwrap();
        assert!(Collection::default().add(&nameless).unwrap_err().to_string().contains("from 0 to 9"));
        let said = |text: &str| Collection::from_ndjson("d.ndjson", text).unwrap_err().to_string();
        assert_eq!(said(" \n\n"), "d.ndjson: it holds no drawing");
        let good = full.to_ndjson().lines().next().unwrap().to_owned();
        assert!(
            said(&format!("{good}\n{{\"digit\":12,\"strokes\":[]}}"))
                .starts_with("d.ndjson, line 2: no drawing: digit is 12")
        );
        assert!(
            said("{\"strokes\":[[[1,2]]]}")
                .starts_with("d.ndjson, line 1: the digit of a drawing is left out")
        );
        assert!(said("{\"version\":1}").starts_with("d.ndjson, line 1: no drawing: unknown field"));
    }
}
