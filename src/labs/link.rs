//! An experiment as the part of an address after `#`: only what differs from the lab's defaults, as
//! `lab=gradients&data.noise=0.2`, readable and editable by hand.

use super::find;
use crate::error::{Error, Result};
use crate::train::{Experiment, settings::Settings};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// Longest link that is read: ten thousand edits fit, a pasted book does not.
const MAX_LENGTH: usize = 1 << 20;
/// What must not stand in the value of a link.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'%').add(b'&').add(b'#').add(b'+');

/// The link of an experiment, without the `#`.
///
/// # Errors
/// [`Error::Setting`] when its lab is not known.
pub fn to_link(experiment: &Experiment) -> Result<String> {
    let defaults = find(&experiment.lab)?.defaults();
    let mut link = format!("lab={}", experiment.lab);
    for (key, value) in defaults.difference(experiment) {
        let text = match &value {
            // Bare where it cannot be taken for a number or another value.
            Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
            other => other.to_string(),
        };
        link.push_str(&format!("&{key}={}", utf8_percent_encode(&text, ESCAPED)));
    }
    Ok(link)
}

/// The experiment of a link, with or without its `#`; an empty one is the first lab's default.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Setting`] or [`Error::Shape`], naming the key.
pub fn from_link(link: &str) -> Result<Experiment> {
    let broken = |reason: &str| Error::Unreadable { key: "the link".into(), reason: format!(" {reason}") };
    if link.len() > MAX_LENGTH {
        return Err(broken("is longer than 1 MB"));
    }
    let mut lab = super::LABS[0].name().to_owned();
    let mut settings = Settings::new();
    for pair in link.trim_start_matches('#').split('&').filter(|pair| !pair.is_empty()) {
        let (key, text) = pair
            .split_once('=')
            .ok_or_else(|| broken(&format!("has `{pair}` where a key=value must stand")))?;
        let text = percent_decode_str(text)
            .decode_utf8()
            .map_err(|_| broken(&format!("has broken characters at {key}")))?;
        if key == "lab" {
            lab = text.into_owned();
        } else {
            let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()));
            settings.insert(key.to_owned(), value);
        }
    }
    let lab = find(&lab)?;
    let experiment = lab.defaults().with(&settings)?;
    lab.check(&experiment).map(|()| experiment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_link_holds_only_what_differs_and_gives_it_back() {
        let defaults = super::super::LABS[0].defaults();
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
    }
}
