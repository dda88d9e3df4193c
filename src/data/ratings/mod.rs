//! Users with the films that they rated. Most of what they think is not known: a row says it of a few films. The test is of
//! ratings that are held out, a share of all of them, so that training and test are of the same users in the same order.

mod built_in;
mod own;
mod reading;
mod scale;

pub use own::OwnRatings;
pub use reading::{Content, Reading};
pub use scale::Scale;

pub(super) use built_in::{FILMS, drawn};

use super::{Data, DataConfig, DataSet, Examples, Names, Source, SparseRows, Task};
use crate::tensor::{Rng, Stream};
use std::ops::RangeInclusive;

pub(super) const BUILT_IN: DataSet =
    DataSet { name: "ratings", label: "Film ratings", task: Task::Unlabelled, source: Source::Ratings };

pub(super) const OWN: DataSet = DataSet {
    name: "own_ratings",
    label: "Your ratings",
    task: Task::Unlabelled,
    source: Source::OwnRatings,
};

/// Users that ratings may be of.
pub(super) const USERS: RangeInclusive<usize> = 10..=5_000;
/// Films that may be rated.
pub(super) const RATED_FILMS: RangeInclusive<usize> = 2..=2_000;

/// What a user thinks of a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rated {
    user: u32,
    film: u32,
    level: u16,
}

/// The ratings, which stand by user, with those that the seed chooses held out; so many users as `config` says.
fn arrays(rated: &[Rated], titles: Vec<String>, scale: Scale, config: &DataConfig, seed: u64) -> Data {
    let mut order: Vec<u32> = (0..rated.len() as u32).collect();
    Rng::new(seed, Stream::Split).shuffle(&mut order);
    let mut is_held_out = vec![false; rated.len()];
    order[..config.test_of(rated.len())].iter().for_each(|&index| is_held_out[index as usize] = true);
    let part = |is_test: bool, users: usize| {
        let mut rows = SparseRows::new(titles.len(), Some(scale.levels()));
        let mut from = 0;
        for user in 0..users {
            let many = rated[from..].iter().take_while(|rated| rated.user as usize == user).count();
            let of_user = rated[from..from + many].iter().zip(&is_held_out[from..]);
            let chosen = of_user.filter(|(_, is_held_out)| **is_held_out == is_test);
            rows.push(chosen.map(|(rated, _)| (rated.film as usize, usize::from(rated.level))));
            from += many;
        }
        Examples::of_rows(rows, Vec::new())
    };
    let (train, test) = (part(false, config.training_items()), part(true, config.test_items()));
    Data { train, test, classes: 0, names: Names { inputs: titles, ..Names::default() } }
}

#[cfg(test)]
mod tests;
