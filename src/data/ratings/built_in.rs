//! Users and films of our own: each film is to one of four tastes above all, each user likes some of those, and neither is
//! told to a network.

use super::{Rated, Scale, arrays};
use crate::data::{Data, DataConfig};
use crate::tensor::math::exp;
use crate::tensor::{Rng, Stream};

/// Films that may be rated.
pub(in crate::data) const FILMS: usize = 40;
/// Fewest films that a user rates.
const FEWEST: u32 = 8;
/// Most films that a user rates.
const MOST: u32 = 30;

const QUIET: usize = 0;
const TENSE: usize = 1;
const FAR: usize = 2;
const FUNNY: usize = 3;
const TASTES: usize = 4;

/// Titles, none of a film that was ever made, with the taste that each is to.
const CATALOGUE: [(&str, usize); FILMS] = [
    ("The Lighthouse Clock", QUIET),
    ("Nine Quiet Rivers", QUIET),
    ("Orbit of Two", FAR),
    ("Paper Generals", TENSE),
    ("A Kitchen in Winter", QUIET),
    ("Midnight Ferry", TENSE),
    ("Salt and Thunder", TENSE),
    ("The Glass Orchard", QUIET),
    ("Uncle Marlow Returns", FUNNY),
    ("Eleven Bridges", TENSE),
    ("Last Tram Home", QUIET),
    ("Robots at Dusk", FAR),
    ("The Umbrella Committee", FUNNY),
    ("Postcards from Ganymede", FAR),
    ("Letters to the Beekeeper", QUIET),
    ("Harbour Nineteen", TENSE),
    ("Two Left Oars", FUNNY),
    ("The Moss Engine", FAR),
    ("Sixty Miles of Fog", TENSE),
    ("The Mayor's Goat", FUNNY),
    ("What the Ferns Remember", QUIET),
    ("Seven Suns over Tarn", FAR),
    ("The Brass Courier", TENSE),
    ("Pudding for Twelve", FUNNY),
    ("The Violin Mender", QUIET),
    ("The Clockmaker of Io", FAR),
    ("Cold Copper Pass", TENSE),
    ("Nobody Feeds the Parrot", FUNNY),
    ("An Allotment by the Railway", QUIET),
    ("Hello, Station Nine", FAR),
    ("The Cellar at Number Four", TENSE),
    ("A Brief Guide to Marmalade", FUNNY),
    ("Grey Wool, Blue Wool", QUIET),
    ("Gravity Is a Habit", FAR),
    ("A Rope for the Captain", TENSE),
    ("The Wrong Tuba", FUNNY),
    ("The Last Kettle on Mars", FAR),
    ("My Neighbour the Duke of Elms", FUNNY),
    ("Signal from the Orchard Moon", FAR),
    ("Cousin Pia Learns to Drive", FUNNY),
];

/// A film as users see it.
struct Film {
    /// How much it is to each taste.
    tastes: [f32; TASTES],
    /// Stars by which all like it more than others.
    bias: f32,
    /// How often it is seen beside others.
    popularity: f32,
}

impl Film {
    /// Films that many see are a little better liked.
    fn draw(rng: &mut Rng, taste: usize) -> Self {
        let fame = rng.normal();
        let bias = 0.35 * rng.normal() + 0.15 * fame;
        let tastes = std::array::from_fn(|index| f32::from(u8::from(index == taste)) + 0.25 * rng.normal());
        Self { tastes, bias, popularity: exp(0.8 * fame) }
    }
}

/// Users with their ratings of all films that they saw, of which a share is held out.
pub(in crate::data) fn drawn(config: &DataConfig, seed: u64) -> Data {
    let mut rng = Rng::new(seed, Stream::Data);
    let films: Vec<Film> = CATALOGUE.iter().map(|&(_, taste)| Film::draw(&mut rng, taste)).collect();
    let rated: Vec<Rated> =
        (0..config.samples as u32).flat_map(|user| rated_by(user, &films, &mut rng)).collect();
    let titles = CATALOGUE.iter().map(|&(title, _)| title.into()).collect();
    arrays(&rated, titles, Scale::STARS, config, seed)
}

/// What a new user thinks of some of the films, in their order.
fn rated_by(user: u32, films: &[Film], rng: &mut Rng) -> Vec<Rated> {
    let likes: [f32; TASTES] = std::array::from_fn(|_| 0.75 * rng.normal());
    let bias = 0.4 * rng.normal();
    let many = FEWEST + rng.below(MOST - FEWEST + 1);
    // A race: whichever comes first is seen, and what is popular runs faster.
    let mut seen: Vec<(f32, usize)> = films
        .iter()
        .enumerate()
        .map(|(film, of)| (-libm::logf(1.0 - rng.uniform()) / of.popularity, film))
        .collect();
    seen.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    seen.truncate(many as usize);
    seen.sort_by_key(|&(_, film)| film);
    let mut rate = |film: usize| {
        let Film { tastes, bias: of_film, .. } = &films[film];
        let suits: f32 = likes.iter().zip(tastes).map(|(like, taste)| like * taste).sum();
        let stars = 3.5 + bias + of_film + suits + 0.6 * rng.normal();
        Rated { user, film: film as u32, level: stars.round().clamp(1.0, 5.0) as u16 - 1 }
    };
    seen.into_iter().map(|(_, film)| rate(film)).collect()
}
