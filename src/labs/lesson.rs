//! How an address presents a lab in a lesson: alone, for a frame in a page of somebody's own, and without what
//! a teacher leaves out. It is the query of the address, as in `?embed&hide=optimizer.name,batch_size#lab=…`, so that
//! nothing that is done to the run, whose part begins at the `#`, touches it.

use super::{LABS, Lab};
use crate::error::{Error, Result};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeSet;

/// What must not stand in a query.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'%').add(b'&').add(b'#').add(b'+');

/// What can be left out besides the controls of a lab: its name in an address, and on the page.
pub const PARTS: [(&str, &str); 9] = [
    ("verdict", "Verdict in words"),
    ("remedies", "Remedies beside the verdict"),
    ("layer", "Activation of the selected layer"),
    ("lanes", "Lanes"),
    ("more", "More, all of it"),
    ("seed", "Seed"),
    ("speed", "Speed"),
    ("share", "Share link"),
    ("export", "Export"),
];

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Whether the lab stands alone, with a short bar and no way to the other labs.
    pub is_embedded: bool,
    /// Keys of controls and names of [`PARTS`] that are left out; what controls set holds all the same.
    pub hidden: BTreeSet<String>,
}

impl Lesson {
    /// What the query of an address says, with or without its `?`; other words in it are somebody else's.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut lesson = Self::default();
        for pair in query.trim_start_matches('?').split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            match key {
                "embed" => lesson.is_embedded = !matches!(&*value, "0" | "false"),
                "hide" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    lesson.hidden.extend(names.map(str::to_owned));
                }
                _ => {}
            }
        }
        lesson
    }

    /// The query that says this, with its `?`; empty where nothing is to be said.
    #[must_use]
    pub fn to_query(&self) -> String {
        let names: Vec<&str> = self.hidden.iter().map(String::as_str).collect();
        let hide = format!("hide={}", utf8_percent_encode(&names.join(","), ESCAPED));
        match (self.is_embedded, names.is_empty()) {
            (false, true) => String::new(),
            (true, true) => "?embed".into(),
            (false, false) => format!("?{hide}"),
            (true, false) => format!("?embed&{hide}"),
        }
    }

    /// Whether a control or a part of the page is left out.
    #[must_use]
    pub fn hides(&self, name: &str) -> bool {
        self.hidden.contains(name)
    }

    /// Passes when all that is to be left out is there in some lab.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the first that is not, and all there are.
    pub fn check(&self) -> Result<()> {
        if self.hidden.is_empty() {
            return Ok(());
        }
        let known = known();
        match self.hidden.iter().find(|name| !known.contains(*name)) {
            None => Ok(()),
            Some(name) => {
                let names: Vec<String> = known.into_iter().collect();
                Err(Error::setting("hide", name, format!("one or more of {}", names.join(", "))))
            }
        }
    }
}

/// All that can be left out: the parts, and every control that a lab has by its defaults or after one change
/// of them.
fn known() -> BTreeSet<String> {
    let mut known: BTreeSet<String> = PARTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for lab in LABS {
        let defaults = lab.defaults();
        let controls = lab.controls(&defaults);
        known.extend(controls.iter().map(|control| control.key.clone()));
        for control in &controls {
            for choice in &control.choices {
                if let Ok(changed) = lab.change(&defaults, &control.key, &choice.value) {
                    known.extend(lab.controls(&changed).into_iter().map(|control| control.key));
                }
            }
        }
    }
    known
}

/// A frame for another page that shows the lab at `address`.
#[must_use]
pub fn frame(address: &str, lab: &dyn Lab) -> String {
    let quoted = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!(
        "<iframe src=\"{}\" title=\"Glassbox: {}\" width=\"100%\" height=\"760\" style=\"border: 0; min-width: 600px\" \
         loading=\"lazy\" allow=\"clipboard-write\"></iframe>",
        quoted(address),
        quoted(lab.title())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_gives_back_what_it_holds() {
        assert_eq!(Lesson::from_query(""), Lesson::default());
        assert_eq!(Lesson::default().to_query(), "");
        for query in ["?embed", "?hide=seed", "?embed&hide=batch_size,optimizer.name,seed"] {
            let lesson = Lesson::from_query(query);
            assert_eq!(lesson.to_query(), query);
            lesson.check().expect("all of them are there");
        }
        let lesson = Lesson::from_query("?utm_source=a&embed=1&hide=seed,%20speed,&hide=loss");
        assert_eq!(lesson.to_query(), "?embed&hide=loss,seed,speed");
        assert!(lesson.hides("loss") && !lesson.hides("depth"));
        assert!(!Lesson::from_query("embed=0").is_embedded);
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let refused = |query| Lesson::from_query(query).check().unwrap_err().to_string();
        let said = refused("?hide=optimiser");
        assert!(said.contains("hide") && said.contains("optimiser"), "{said}");
        for name in ["optimizer.name", "data.classes", "network", "verdict"] {
            assert!(said.contains(name), "{said}");
        }
        assert!(refused("?hide=%22%3Cscript%3E").contains("<script>"));
    }

    #[test]
    fn a_frame_is_safe_to_paste() {
        let frame = frame("https://a.b/?embed&hide=seed#x=\"", LABS[0]);
        assert!(frame.starts_with("<iframe src=\"https://a.b/?embed&amp;hide=seed#x=&quot;\" "), "{frame}");
    }
}
