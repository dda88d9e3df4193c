//! Notes of our own: each is about one topic, some about a second too, and none says so to a network. A topic has words of its
//! own; words that all have in common stand between them.

use super::arrays;
use crate::data::{Data, DataConfig, SparseRows};
use crate::tensor::{Rng, Stream};

/// Words of each topic.
const OF_TOPIC: usize = 22;
/// Words that all topics have.
const OF_ALL: usize = 64;
/// All words.
pub(in crate::data) const WORDS: usize = TOPICS.len() * OF_TOPIC + OF_ALL;
/// Fewest words of a document.
const FEWEST: u32 = 40;
/// Most words of a document.
const MOST: u32 = 120;
/// Words of a document that stand for its title.
const TITLE: usize = 6;
/// Share of words that say nothing of the topic.
const COMMON: f32 = 0.35;
/// Share of documents that are about two topics.
const OF_TWO: f32 = 0.4;
/// Share of the second topic there.
const SECOND: f32 = 0.3;

/// Cooking, football, weather, space, gardening, music, money and the sea, each from its most frequent word on.
const TOPICS: [[&str; OF_TOPIC]; 8] = [
    [
        "kitchen", "oven", "flour", "butter", "onion", "garlic", "recipe", "bake", "boil", "soup", "bread",
        "spoon", "sauce", "pepper", "cheese", "stir", "dough", "pan", "roast", "plate", "taste", "cook",
    ],
    [
        "goal", "team", "match", "player", "coach", "league", "ball", "kick", "pass", "referee", "stadium",
        "score", "defender", "striker", "keeper", "season", "penalty", "fans", "pitch", "header", "corner",
        "whistle",
    ],
    [
        "rain",
        "cloud",
        "storm",
        "wind",
        "sunny",
        "snow",
        "forecast",
        "degrees",
        "fog",
        "thunder",
        "lightning",
        "humid",
        "frost",
        "breeze",
        "drizzle",
        "shower",
        "temperature",
        "warm",
        "cold",
        "hail",
        "pressure",
        "sky",
    ],
    [
        "planet",
        "star",
        "orbit",
        "rocket",
        "moon",
        "galaxy",
        "telescope",
        "comet",
        "astronaut",
        "gravity",
        "launch",
        "satellite",
        "mars",
        "lander",
        "crater",
        "solar",
        "asteroid",
        "probe",
        "universe",
        "station",
        "light",
        "dust",
    ],
    [
        "garden",
        "seed",
        "soil",
        "plant",
        "flower",
        "rose",
        "spade",
        "compost",
        "weed",
        "prune",
        "lawn",
        "hedge",
        "tomato",
        "bulb",
        "watering",
        "greenhouse",
        "leaves",
        "root",
        "harvest",
        "bloom",
        "mulch",
        "pot",
    ],
    [
        "guitar",
        "piano",
        "song",
        "melody",
        "rhythm",
        "band",
        "concert",
        "drum",
        "violin",
        "chord",
        "singer",
        "album",
        "stage",
        "tune",
        "choir",
        "note",
        "bass",
        "orchestra",
        "lyrics",
        "strings",
        "tempo",
        "record",
    ],
    [
        "bank",
        "price",
        "market",
        "budget",
        "loan",
        "interest",
        "tax",
        "savings",
        "profit",
        "shares",
        "debt",
        "invest",
        "trade",
        "payment",
        "account",
        "rates",
        "coin",
        "income",
        "insurance",
        "pension",
        "economy",
        "cash",
    ],
    [
        "ship",
        "wave",
        "sail",
        "harbour",
        "tide",
        "captain",
        "coast",
        "fish",
        "anchor",
        "island",
        "deck",
        "beach",
        "coral",
        "whale",
        "shore",
        "lighthouse",
        "voyage",
        "crew",
        "boat",
        "current",
        "reef",
        "gull",
    ],
];

const OF_EVERY_TOPIC: [&str; OF_ALL] = [
    "day", "year", "time", "people", "way", "new", "good", "long", "small", "great", "old", "work", "place",
    "hand", "week", "morning", "evening", "home", "friend", "house", "world", "little", "early", "late",
    "last", "next", "first", "best", "high", "low", "open", "start", "end", "begin", "turn", "find", "keep",
    "look", "make", "take", "think", "know", "come", "leave", "need", "want", "help", "show", "hear", "tell",
    "feel", "talk", "walk", "part", "side", "line", "half", "group", "number", "idea", "plan", "word",
    "story", "change",
];

/// So many documents as `config` says, about each topic in turn.
pub(in crate::data) fn drawn(config: &DataConfig, seed: u64) -> Data {
    let mut rng = Rng::new(seed, Stream::Data);
    let words: Vec<String> =
        TOPICS.iter().flatten().chain(&OF_EVERY_TOPIC).map(|&word| word.into()).collect();
    let mut rows = SparseRows::new(WORDS, None);
    let mut titles = Vec::with_capacity(config.samples);
    for document in 0..config.samples {
        let drawn = written(document % TOPICS.len(), &mut rng);
        titles.push(drawn.iter().take(TITLE).map(|&word| &*words[word]).collect::<Vec<_>>().join(" "));
        let mut counts = vec![0; WORDS];
        drawn.into_iter().for_each(|word| counts[word] += 1);
        rows.push(counts.into_iter().enumerate().filter(|(_, count)| *count > 0));
    }
    arrays(rows, titles, words, config, seed)
}

/// The words of a document about a topic, in their order.
fn written(topic: usize, rng: &mut Rng) -> Vec<usize> {
    let many = FEWEST + rng.below(MOST - FEWEST + 1);
    let other = rng.below(TOPICS.len() as u32) as usize;
    let share = if rng.uniform() < OF_TWO { SECOND } else { 0.0 };
    let mut word = |_| {
        if rng.uniform() < COMMON {
            return TOPICS.len() * OF_TOPIC + ranked(OF_ALL, rng);
        }
        let about = if rng.uniform() < share { other } else { topic };
        about * OF_TOPIC + ranked(OF_TOPIC, rng)
    };
    (0..many).map(&mut word).collect()
}

/// One of so many, those before more often than those after: the square of a uniform number leans to 0.
fn ranked(many: usize, rng: &mut Rng) -> usize {
    let place = rng.uniform();
    ((place * place * many as f32) as usize).min(many - 1)
}
