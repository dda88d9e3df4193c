//! Points that somebody set by hand: they stand in the experiment itself, so that a link, a file and the
//! command line hold them.

use super::{Data, DataConfig, DataSet, Examples, Inputs, Names, Source, Task};
use crate::error::{Error, Result, ensure_within};
use crate::tensor::tensor;

pub(super) const SET: DataSet =
    DataSet { name: "points", label: "Your points", task: Task::Either(2..=10), source: Source::Own };

/// Fewest points that are trained on, and most that an experiment holds.
pub const MIN_POINTS: usize = 10;
/// Most points that an experiment holds.
pub const MAX_POINTS: usize = 1000;
/// Views that the plane may have, ±: the first that all points lie within, so that it seldom changes.
const VIEWS: [f32; 4] = [2.0, 3.0, 4.0, 6.0];
/// The largest of them.
pub const LARGEST_VIEW: f32 = VIEWS[VIEWS.len() - 1];

/// A point with its class, or for regression its value from −1 to 1: x, y, label.
pub type Point = [f32; 3];

/// How far the plane is seen that all of `points` lie in.
#[must_use]
pub fn view_of(points: &[Point]) -> f32 {
    let furthest = points.iter().fold(0.0_f32, |most, [x, y, _]| most.max(x.abs()).max(y.abs()));
    VIEWS.into_iter().find(|view| furthest <= *view).unwrap_or(LARGEST_VIEW)
}

/// Passes for points that can be trained on, `classes` being 0 for regression.
pub(super) fn ensure_points(points: &[Point], classes: usize) -> Result<()> {
    let many = points.len();
    if !(MIN_POINTS..=MAX_POINTS).contains(&many) {
        let allowed = format!("{MIN_POINTS} to {MAX_POINTS} points");
        return Err(Error::setting("data.points", format!("{many} points"), allowed));
    }
    let view = -LARGEST_VIEW..=LARGEST_VIEW;
    for (index, &[x, y, label]) in points.iter().enumerate() {
        let key = |place: usize| format!("data.points.{index}.{place}");
        ensure_within(&key(0), x, &view)?;
        ensure_within(&key(1), y, &view)?;
        if classes == 0 {
            ensure_within(&key(2), label, &(-1.0..=1.0))?;
        } else if !(0..classes).any(|class| class as f32 == label) {
            let allowed = format!("a class from 0 to {}", classes - 1);
            return Err(Error::setting(&key(2), label, allowed));
        }
    }
    let first = points[0][2];
    if classes > 0 && points.iter().all(|[_, _, label]| *label == first) {
        let allowed = "points of two classes or more: there is nothing to tell apart";
        return Err(Error::setting("data.points", format!("all of class {first}"), allowed));
    }
    Ok(())
}

/// The points as they lie, not scaled any further, so that one that is added moves no other. Which are kept for
/// the test follows from their places in the list for the same reason: they are spread evenly over it.
pub(super) fn arrays(config: &DataConfig) -> Result<Data> {
    let part = |is_test: bool| {
        let chosen =
            config.points.iter().enumerate().filter(|(index, _)| config.is_for_test(*index) == is_test);
        let chosen: Vec<Point> = chosen.map(|(_, point)| *point).collect();
        let places: Vec<[f32; 2]> = chosen.iter().map(|&[x, y, _]| [x, y]).collect();
        let labels = chosen.iter().map(|&[.., label]| label).collect();
        let inputs = Inputs::Features(config.inputs_of(&places));
        Examples { places, ..Examples::new(inputs, tensor(&[chosen.len()], labels)) }
    };
    let names = Names { inputs: config.feature_names(), ..Names::default() };
    Ok(Data { train: part(false), test: part(true), classes: config.classes()?, names })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(many: usize) -> DataConfig {
        let point = |index: usize| [(index % 30) as f32 * 0.1 - 1.0, 0.5, (index % 2) as f32];
        let points: Vec<Point> = (0..many).map(point).collect();
        DataConfig { samples: many, points, ..DataConfig::named("points") }
    }

    #[test]
    fn points_stay_where_they_are_and_on_their_side_when_others_come() {
        let (few, more) = (config(20), config(23));
        let (few_data, more_data) = (Data::new(&few, 7).unwrap(), Data::new(&more, 99).unwrap());
        assert_eq!((few_data.train.len(), few_data.test.len()), (14, 6));
        few_data.ensure_fits(&few).unwrap();
        more_data.ensure_fits(&more).unwrap();
        assert_eq!(few_data.train.features(), &more_data.train.features()[..28]);
        assert_eq!(few_data.test.features(), &more_data.test.features()[..12]);
        assert_eq!(few_data.train.place(0, [0, 1]), [-1.0, 0.5]);
        for many in 10..300 {
            let config = config(many);
            Data::new(&config, 1).unwrap().ensure_fits(&config).unwrap();
        }
    }

    #[test]
    fn what_cannot_be_trained_on_is_said() {
        let refused = |change: fn(&mut DataConfig)| {
            let mut config = config(12);
            change(&mut config);
            Data::new(&config, 1).unwrap_err().to_string()
        };
        assert_eq!(
            refused(|c| c.points.truncate(9)),
            "data.points is 9 points, but must be 10 to 1000 points"
        );
        assert_eq!(refused(|c| c.points[3][0] = 6.5), "data.points.3.0 is 6.5, but must be from -6 to 6");
        assert!(refused(|c| c.points[3][1] = f32::NAN).starts_with("data.points.3.1 is NaN"));
        assert_eq!(
            refused(|c| c.points[1][2] = 2.0),
            "data.points.1.2 is 2, but must be a class from 0 to 1"
        );
        assert!(refused(|c| c.points[1][2] = 0.5).contains("a class from 0 to 1"));
        let one = refused(|c| c.points.iter_mut().for_each(|point| point[2] = 1.0));
        assert!(one.starts_with("data.points is all of class 1, but must be points of two classes"), "{one}");
        assert!(refused(|c| c.samples = 11).starts_with("data.samples is 11, but must be 12"));
        assert!(refused(|c| c.classes = Some(11)).contains("from 2 to 10"));
        let mut measured = DataConfig { classes: Some(0), ..config(12) };
        Data::new(&measured, 1).unwrap();
        measured.points[0][2] = 1.5;
        assert!(Data::new(&measured, 1).unwrap_err().to_string().contains("data.points.0.2 is 1.5"));
        let spiral = DataConfig { points: config(12).points, ..DataConfig::default() };
        assert!(Data::new(&spiral, 1).unwrap_err().to_string().contains("data.points is given"));
    }

    #[test]
    fn the_view_holds_all_points() {
        assert_eq!(view_of(&[]), 2.0);
        assert_eq!(view_of(&[[1.9, -2.0, 0.0]]), 2.0);
        assert_eq!(view_of(&[[0.0, -2.1, 0.0]]), 3.0);
        assert_eq!(view_of(&[[5.0, 0.0, 0.0]]), 6.0);
    }
}
