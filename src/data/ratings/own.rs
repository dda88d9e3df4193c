//! Ratings that somebody brings along: whose and of what they are, and what an experiment on them says.

use super::reading::{Content, Ratings};
use super::{OWN, RATED_FILMS, Rated, Scale, USERS, arrays};
use crate::data::{Data, DataConfig};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ratings that are given from outside.
#[derive(Clone, Debug)]
pub struct OwnRatings {
    /// By user, then by film.
    rated: Vec<Rated>,
    users: usize,
    titles: Vec<String>,
    scale: Scale,
    /// What was given and what became of it, in words.
    summary: String,
    /// What was asked for last, since a run that is reset asks for the same again.
    latest: Option<(DataConfig, u64, Arc<Data>)>,
}

impl OwnRatings {
    /// Of one file of ratings and, beside it, perhaps one of titles, each with its name. Where a user rated a film more
    /// than once, the last counts; of very many users and films those with the most ratings are taken.
    ///
    /// # Errors
    /// [`Error::File`] for other files, and for too few users or films.
    pub fn new(files: Vec<(String, Content)>) -> Result<Self> {
        let (mut of_ratings, mut of_titles) = (Vec::new(), Vec::new());
        for (name, content) in files {
            match content {
                Content::Ratings(ratings) => of_ratings.push((name, ratings)),
                Content::Titles(titles) => of_titles.push((name, titles)),
            }
        }
        let second = of_ratings.get(1).map(|(name, _)| name).or(of_titles.get(1).map(|(name, _)| name));
        if let Some(name) = second {
            return Err(Error::file(
                name,
                "of ratings one file at a time is taken, with one of titles beside it",
            ));
        }
        let titles = of_titles.pop();
        match (of_ratings.pop(), titles) {
            (Some((name, ratings)), titles) => {
                Self::of(&name, ratings, titles.as_ref().map(|(_, titles)| titles))
            }
            (None, Some((name, _))) => {
                let reason = "it holds titles of films: give the file of ratings together with it";
                Err(Error::file(name, reason))
            }
            (None, None) => {
                Err(Error::setting("the number of files", 0, "one of ratings, and perhaps one of titles"))
            }
        }
    }

    fn of(name: &str, ratings: Ratings, titles: Option<&BTreeMap<String, String>>) -> Result<Self> {
        let Ratings { users, films, mut given } = ratings;
        let are_whole = given.iter().all(|(.., halves)| halves.is_multiple_of(2));
        let scale = if are_whole { Scale::STARS } else { Scale::HALVES };
        let all = given.len();
        given.sort_by_key(|&(user, film, _)| (user, film)); // those of the same in the order of the file
        given.reverse(); // since the first of the same is what stays
        given.dedup_by_key(|&mut (user, film, _)| (user, film));
        let again = all - given.len();
        let film_places = most(&films.names, given.iter().map(|&(_, film, _)| film), *RATED_FILMS.end());
        given.retain(|&(_, film, _)| film_places[film as usize].is_some());
        let user_places = most(&users.names, given.iter().map(|&(user, ..)| user), *USERS.end());
        let taken = given.iter().filter_map(|&(user, film, halves)| {
            let (user, film) = (user_places[user as usize]?, film_places[film as usize]?);
            Some(Rated { user, film, level: scale.level(halves) })
        });
        let mut rated: Vec<Rated> = taken.collect();
        rated.sort_by_key(|rated| (rated.user, rated.film));
        let many_users = ensure_many(name, &user_places, *USERS.start(), "user")?;
        let many_films = ensure_many(name, &film_places, *RATED_FILMS.start(), "film")?;
        let (called, untitled) = called(&films.names, &film_places, titles);

        let many = rated.len();
        let mut summary =
            format!("{many} ratings of {many_films} films by {many_users} users, {}", scale.words());
        if again > 0 {
            let were = if again == 1 { "was" } else { "were" };
            summary += &format!("; {again} {were} given anew, and the last counts");
        }
        let (all_films, all_users) = (films.names.len(), users.names.len());
        for (many, of, who) in [(many_films, all_films, "films"), (many_users, all_users, "users")] {
            if many < of {
                summary += &format!("; of {of} {who} the {many} with the most ratings are taken");
            }
        }
        if titles.is_some() && untitled > 0 {
            summary +=
                &format!("; {untitled} film{} without a title", if untitled == 1 { " is" } else { "s are" });
        }
        Ok(Self { rated, users: many_users, titles: called, scale, summary, latest: None })
    }

    /// Name of the set: `own_ratings`.
    #[must_use]
    pub fn set(&self) -> &'static str {
        OWN.name
    }

    /// What an experiment on them says.
    #[must_use]
    pub fn config(&self) -> DataConfig {
        DataConfig {
            samples: self.users,
            films: Some(self.titles.len()),
            levels: Some(self.scale.levels()),
            ..DataConfig::named(OWN.name)
        }
    }

    /// What was given, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        self.summary.clone()
    }

    /// The arrays of an experiment on them.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are not as many users, films or levels.
    pub fn data(&mut self, config: &DataConfig, seed: u64) -> Result<Arc<Data>> {
        if let Some((of, seeded, data)) = &self.latest
            && (of, *seeded) == (config, seed)
        {
            return Ok(Arc::clone(data));
        }
        self.latest = None; // before more memory is asked for
        let there = self.config();
        for (key, asked, there, what) in [
            ("data.samples", Some(config.samples), Some(there.samples), "the number of users"),
            ("data.films", config.films, there.films, "the number of films"),
            ("data.levels", config.levels, there.levels, "the levels of the ratings"),
        ] {
            if asked != there {
                let words =
                    |number: Option<usize>| number.map_or_else(|| "left out".into(), |n| n.to_string());
                let allowed = format!("{}, {what} that were given", words(there));
                return Err(Error::setting(key, words(asked), allowed));
            }
        }
        let data = Arc::new(arrays(&self.rated, self.titles.clone(), self.scale, config, seed));
        self.latest = Some((config.clone(), seed, Arc::clone(&data)));
        Ok(data)
    }
}

/// How many have a place, at least so many.
fn ensure_many(name: &str, places: &[Option<u32>], least: usize, who: &str) -> Result<usize> {
    let many = places.iter().flatten().count();
    if many >= least {
        return Ok(many);
    }
    let are = if many == 1 { " is" } else { "s are" };
    Err(Error::file(name, format!("{many} {who}{are} too few: at least {least} are needed")))
}

/// How the films that have a place are called, and how many of them have no title: by what they are named in the
/// ratings, where that is not a number alone.
fn called(
    names: &[String],
    places: &[Option<u32>],
    titles: Option<&BTreeMap<String, String>>,
) -> (Vec<String>, usize) {
    let mut called = vec![String::new(); places.iter().flatten().count()];
    let mut untitled = 0;
    for (name, place) in names.iter().zip(places) {
        let Some(place) = place else { continue };
        let title = titles.and_then(|titles| titles.get(name)).filter(|title| !title.is_empty());
        untitled += usize::from(title.is_none());
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        let otherwise = || if is_number { format!("film {name}") } else { name.clone() };
        called[*place as usize] = title.cloned().unwrap_or_else(otherwise);
    }
    (called, untitled)
}

/// The place of each of `names` among the `limit` that occur most often, of as many the first; none for what does not
/// occur. They stand by their numbers where all names are numbers, else as they were met.
fn most(names: &[String], occurring: impl Iterator<Item = u32>, limit: usize) -> Vec<Option<u32>> {
    let mut counts = vec![0_usize; names.len()];
    occurring.for_each(|id| counts[id as usize] += 1);
    let mut order: Vec<usize> = (0..names.len()).collect();
    let numbers: Option<Vec<u64>> = names.iter().map(|name| name.parse().ok()).collect();
    if let Some(numbers) = numbers {
        order.sort_by_key(|&id| numbers[id]);
    }
    let mut chosen: Vec<(usize, usize)> =
        order.into_iter().enumerate().filter(|&(_, id)| counts[id] > 0).collect();
    chosen.sort_by_key(|&(_, id)| std::cmp::Reverse(counts[id]));
    chosen.truncate(limit);
    chosen.sort_unstable();
    let mut places = vec![None; names.len()];
    chosen.iter().enumerate().for_each(|(place, &(_, id))| places[id] = Some(place as u32));
    places
}
