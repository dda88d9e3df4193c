//! Experiments as the part of an address after `#`: only what differs from the lab's defaults, as
//! `lab=gradients&data.noise=0.2`, readable and editable by hand. Lanes beside the first say what differs
//! from that: `lanes=ab&b.network.layers.3.activation=relu`.

use super::{Lab, find};
use crate::error::{Error, Result};
use crate::train::{Experiment, settings::Settings};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// Longest link that is read: ten thousand edits fit, a pasted book does not.
const MAX_LENGTH: usize = 1 << 20;
/// What must not stand in the value of a link.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'%').add(b'&').add(b'#').add(b'+');

/// The letters of the lanes, by which links and figures name them.
pub const LANE_LETTERS: [char; 4] = ['a', 'b', 'c', 'd'];

/// Runs of one lab side by side, by their places in [`LANE_LETTERS`]; the first is always there, and what
/// the others differ in is told against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lanes {
    pub first: Experiment,
    /// In the order of their letters.
    pub others: Vec<(usize, Experiment)>,
}

impl From<Experiment> for Lanes {
    fn from(first: Experiment) -> Self {
        Self { first, others: Vec::new() }
    }
}

/// The link of runs side by side, without the `#`.
///
/// # Errors
/// [`Error::Setting`] when their lab is not known.
pub fn to_link(lanes: &Lanes) -> Result<String> {
    let Lanes { first, others } = lanes;
    let mut link = format!("lab={}", first.lab);
    append(&mut link, "", find(&first.lab)?.defaults().difference(first));
    // One lane alone says so where the lab begins with more.
    let is_bare = others.is_empty() && link == format!("lab={}", first.lab);
    if !others.is_empty() || is_bare && !find(&first.lab)?.beside().is_empty() {
        let letters: String = others.iter().map(|(index, _)| LANE_LETTERS[*index]).collect();
        link.push_str(&format!("&lanes={}{letters}", LANE_LETTERS[0]));
    }
    for (index, experiment) in others {
        append(&mut link, &format!("{}.", LANE_LETTERS[*index]), first.difference(experiment));
    }
    Ok(link)
}

fn append(link: &mut String, prefix: &str, settings: Settings) {
    for (key, value) in settings {
        let text = match &value {
            // Bare where it cannot be taken for a number or another value.
            Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
            other => other.to_string(),
        };
        link.push_str(&format!("&{prefix}{key}={}", utf8_percent_encode(&text, ESCAPED)));
    }
}

/// The runs of a link, with or without its `#`; an empty one is the first lab's default. A link that says nothing but its
/// lab opens the lanes that this begins with.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Setting`] or [`Error::Shape`], naming the key.
pub fn from_link(link: &str) -> Result<Lanes> {
    let broken = |reason: &str| Error::Unreadable { key: "the link".into(), reason: format!(" {reason}") };
    if link.len() > MAX_LENGTH {
        return Err(broken("is longer than 1 MB"));
    }
    let mut lab = super::LABS[0].name().to_owned();
    let mut settings: [Settings; LANE_LETTERS.len()] = Default::default();
    let mut letters = None;
    for pair in link.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty()) {
        let (key, text) = pair
            .split_once('=')
            .ok_or_else(|| broken(&format!("has `{pair}` where a key=value must stand")))?;
        let text = percent_decode_str(text)
            .decode_utf8()
            .map_err(|_| broken(&format!("has broken characters at {key}")))?;
        match key {
            "lab" => lab = text.into_owned(),
            "lanes" => letters = Some(text.into_owned()),
            _ => {
                let (lane, key) = lane_of(key);
                let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()));
                settings[lane].insert(key.to_owned(), value);
            }
        }
    }
    let lab = find(&lab)?;
    let checked = |base: &Experiment, lane: usize| {
        let experiment = base.with(&settings[lane])?;
        lab.check(&experiment).map(|()| experiment)
    };
    let first = checked(&lab.defaults(), 0)?;
    if letters.is_none() && settings.iter().all(Settings::is_empty) {
        return Ok(beginning(lab));
    }
    let letters = letters.unwrap_or_else(|| LANE_LETTERS[0].into());
    let prefixed = |error: Error, lane: usize| error.within(&LANE_LETTERS[lane].to_string());
    let open = open_lanes(&letters)?;
    if let Some(lane) = (1..settings.len()).find(|lane| !settings[*lane].is_empty() && !open.contains(lane)) {
        let allowed = format!("with {} among them, which the link has settings of", LANE_LETTERS[lane]);
        return Err(Error::setting("lanes", letters, allowed));
    }
    let others = open.into_iter().filter(|lane| *lane > 0);
    let others = others
        .map(|lane| Ok((lane, checked(&first, lane).map_err(|error| prefixed(error, lane))?)))
        .collect::<Result<_>>()?;
    Ok(Lanes { first, others })
}

/// What stands in place of a link that is refused: what its lab begins with, or the first lab where it names none that
/// there is.
pub fn in_place_of(link: &str) -> Lanes {
    let named =
        link.trim_start_matches('#').split('&').filter_map(|pair| pair.strip_prefix("lab=")).next_back();
    beginning(named.and_then(|name| find(name).ok()).unwrap_or(super::LABS[0]))
}

/// The lanes that a lab begins with.
fn beginning(lab: &dyn Lab) -> Lanes {
    let others = lab.beside().into_iter().enumerate().map(|(lane, experiment)| (lane + 1, experiment));
    Lanes { first: lab.defaults(), others: others.collect() }
}

/// The lane that a key of a link speaks of, and the setting of it.
fn lane_of(key: &str) -> (usize, &str) {
    let with_letter = key.split_once('.').and_then(|(letter, rest)| {
        let lane = LANE_LETTERS.iter().skip(1).position(|of| letter.chars().eq([*of]))?;
        Some((lane + 1, rest))
    });
    with_letter.unwrap_or((0, key))
}

/// The lanes that a link names, "abd" for three of them.
fn open_lanes(letters: &str) -> Result<Vec<usize>> {
    let lanes: Option<Vec<usize>> =
        letters.chars().map(|letter| LANE_LETTERS.iter().position(|of| *of == letter)).collect();
    let is_right =
        |lanes: &Vec<usize>| lanes.first() == Some(&0) && lanes.windows(2).all(|two| two[0] < two[1]);
    lanes.filter(is_right).ok_or_else(|| {
        let letters: String = letters.chars().take(20).collect();
        Error::setting("lanes", letters, "a and letters to d behind it, in order, as in abd")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_link_holds_only_what_differs_and_gives_it_back() {
        let defaults = super::super::LABS[0].defaults();
        let to_link = |experiment: &Experiment| to_link(&experiment.clone().into());
        let from_link = |link: &str| from_link(link).map(|lanes| lanes.first);
        assert_eq!(to_link(&defaults).unwrap(), "lab=gradients");
        assert_eq!(from_link("").unwrap(), defaults);
        let mut changed = defaults.with(&Settings::from([
            ("data.noise".into(), json!(0.2)),
            ("batch_size".into(), json!("full")),
            ("network.layers.3.activation".into(), json!("relu")),
        ]));
        let link = to_link(changed.as_ref().unwrap()).unwrap();
        assert_eq!(link, "lab=gradients&batch_size=full&data.noise=0.2&network.layers.3.activation=relu");
        if let Ok(experiment) = &mut changed {
            let set = Settings::from([("optimizer.name".into(), json!("adam"))]);
            experiment.edits.push(crate::train::Edit { step: 120, set });
        }
        let changed = changed.unwrap();
        assert_eq!(from_link(&format!("#{}", to_link(&changed).unwrap())).unwrap(), changed);
    }

    #[test]
    fn lanes_say_what_differs_from_the_first() {
        let set = |of: &Experiment, key: &str, value: Value| {
            of.with(&Settings::from([(key.to_owned(), value)])).unwrap()
        };
        let mut first = set(&super::super::LABS[0].defaults(), "seed", json!(3));
        let edit = Settings::from([("batch_size".into(), json!(64))]);
        first.edits.push(crate::train::Edit { step: 5, set: edit });
        let relu = set(&first, "network.layers.0.activation", json!("relu"));
        let without_edits = Experiment { edits: Vec::new(), ..first.clone() };
        let lanes = Lanes { first: first.clone(), others: vec![(1, relu), (2, first), (3, without_edits)] };
        let link = to_link(&lanes).unwrap();
        let edited = |rate: f64| {
            let set = Settings::from([("optimizer.learning_rate".into(), json!(rate))]);
            let edits = vec![crate::train::Edit { step: 9, set }];
            Experiment { edits, ..super::super::LABS[0].defaults() }
        };
        let both = Lanes { first: edited(0.3), others: vec![(1, edited(0.5))] };
        assert_eq!(from_link(&to_link(&both).unwrap()).unwrap(), both, "both were edited");
        assert!(link.contains("&lanes=abcd&b.network.layers.0.activation=relu&d.edits=null"), "{link}");
        assert_eq!(from_link(&link).unwrap(), lanes);
    }

    #[test]
    fn broken_links_are_refused_in_words() {
        let refused = |link| from_link(link).unwrap_err().to_string();
        assert!(refused("#lab=gradients&depth").contains("`depth` where a key=value must stand"));
        assert!(refused("#lab=cooking").contains("one of gradients"));
        assert!(refused("#optimizer.learning_rate=NaN").contains("optimizer.learning_rate"));
        assert!(refused("#optimizer.learning_rate=1e30").contains("must be from 0 to 100"));
        assert!(refused("#network.layers.0.units=10000000").contains("must be from 1 to 4096"));
        assert!(refused("#network.layers.99.units=3").contains("no such setting"));
        assert!(refused("#version=2").contains("newer Glassbox"));
        assert!(refused("#seed=-1").contains("seed"));
        assert!(refused("#data.name=digits").contains("10 classes"));
        assert!(refused("#data.name=%FF").contains("broken characters"));
        assert!(refused("#lanes=ba").contains("lanes is ba, but must be a and letters to d behind it"));
        assert!(refused("#lanes=ab&c.seed=3").contains("with c among them"));
        assert!(refused("#lanes=ab&b.seed=-1").contains("b.seed"));
    }

    #[test]
    fn in_place_of_a_broken_link_its_own_lab_begins() {
        let lab = |link| in_place_of(link).first.lab;
        assert_eq!(lab("#lab=batching&batch_size=0"), "batching");
        assert_eq!(lab("#optimizer.learning_rate=1000&lab=optimizers"), "optimizers");
        assert_eq!([lab("#lab=cooking"), lab("#seed=-1")], ["gradients", "gradients"]);
        assert_eq!(in_place_of("#lab=batching&seed=-1"), from_link("#lab=batching").unwrap());
    }
}
