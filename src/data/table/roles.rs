//! What the columns of a table are for: guessed, then chosen by the visitor; and what an experiment says of it.

use super::Table;
use super::arrays::Chosen;
use super::column::{Column, Kind};
use crate::data::DataConfig;
use serde::{Deserialize, Serialize};

/// Different words that a feature may have: each is an input of its own.
pub(super) const MAX_WORDS: usize = 20;
/// Classes that a network here tells apart at most.
pub(super) const MAX_CLASSES: usize = 10;
/// Names by which a target is known, the surest first.
const TARGETS: [&str; 14] = [
    "target",
    "class",
    "label",
    "species",
    "quality",
    "mpg",
    "medv",
    "outcome",
    "survived",
    "diagnosis",
    "output",
    "price",
    "result",
    "y",
];

/// What is done with rows in which a feature is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// They are left out.
    #[default]
    Drop,
    /// The mean of the training rows stands there.
    Mean,
}

/// What an experiment on a table says of its columns, enough to ask for the same arrays again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableConfig {
    /// Name of the column that is to be told.
    pub target: String,
    /// Names of the columns that are learned from.
    pub features: Vec<String>,
    /// Numbers that they make together: one for each column of numbers, one for each word of the others.
    pub inputs: usize,
    /// What is done with rows in which a feature is missing.
    #[serde(default)]
    pub missing: Missing,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    Feature,
    Target,
    Ignored,
}

/// What all columns are for, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    pub columns: Vec<Role>,
    pub missing: Missing,
    /// Whether the target is learned as a number, not as a class.
    pub is_regression: bool,
}

/// A table before it is trained on, for the page to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub file: String,
    /// Rows that there are.
    pub of: usize,
    /// The first of them, as they stand in the file.
    pub rows: Vec<Vec<String>>,
    pub columns: Vec<ColumnPreview>,
    pub roles: Roles,
    /// What an experiment in these roles says, or why there is none.
    pub plan: Result<DataConfig, String>,
    /// What is trained on and what was left out, as sentences.
    pub words: Vec<String>,
}

/// A column before it is trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPreview {
    pub name: String,
    /// "numbers", "3 words: europe, japan, usa", "always 5".
    pub kind: String,
    /// Rows in which nothing is known.
    pub missing: usize,
    /// What it may be.
    pub can_be_feature: bool,
    pub can_be_target: bool,
    /// Whether as a target it is rather a number than one of some classes.
    pub is_measured: bool,
}

impl Roles {
    /// The names of the columns for which `role` is said.
    fn named(&self, table: &Table, role: Role) -> Vec<String> {
        let all = self.columns.iter().zip(&table.columns);
        all.filter(|(of, _)| **of == role).map(|(_, column)| column.name.clone()).collect()
    }

    /// Columns and task of an experiment on `table`; a column that it does not have is no matter here.
    #[must_use]
    pub fn of(data: &DataConfig, table: &Preview) -> Option<Self> {
        let config = data.table.as_ref()?;
        let role = |column: &ColumnPreview| match () {
            () if column.name == config.target => Role::Target,
            () if config.features.contains(&column.name) => Role::Feature,
            () => Role::Ignored,
        };
        Some(Self {
            columns: table.columns.iter().map(role).collect(),
            missing: config.missing,
            is_regression: data.classes().ok()? == 0,
        })
    }

    /// Makes `column` what `role` says. There is one target: the one before becomes a feature.
    pub fn set(&mut self, column: usize, role: Role) {
        if role == Role::Target {
            self.columns
                .iter_mut()
                .filter(|role| **role == Role::Target)
                .for_each(|role| *role = Role::Feature);
        }
        if let Some(place) = self.columns.get_mut(column) {
            *place = role;
        }
    }
}

impl Column {
    pub(super) fn can_be_feature(&self) -> bool {
        match self.kind() {
            Kind::Numbers => !self.counts_rows(),
            Kind::Words => self.levels.len() <= MAX_WORDS,
            Kind::Constant | Kind::Text => false,
        }
    }

    pub(super) fn can_be_target(&self) -> bool {
        match self.kind() {
            Kind::Numbers => !self.counts_rows(),
            Kind::Words => self.levels.len() <= MAX_CLASSES,
            Kind::Constant | Kind::Text => false,
        }
    }

    /// Whether a target like this is rather a number than one of some classes: it has more values than
    /// there can be classes, or some that are not whole.
    fn is_measured(&self) -> bool {
        self.kind() == Kind::Numbers
            && (self.sorted_levels(MAX_CLASSES).is_none() || self.numbers.iter().any(|n| n.fract() != 0.0))
    }

    fn said(&self) -> String {
        let words = |most: usize| {
            let sorted = self.sorted_levels(super::column::MAX_LEVELS).unwrap_or_default();
            let mut words: Vec<&str> =
                sorted.iter().take(most).map(|&level| self.levels[usize::from(level)].as_str()).collect();
            if self.levels.len() > most {
                words.push("…");
            }
            words.join(", ")
        };
        match self.kind() {
            Kind::Constant if self.levels.is_empty() => "empty".into(),
            Kind::Constant => format!("always {}", self.levels[0]),
            Kind::Numbers if self.counts_rows() => "counts the rows".into(),
            Kind::Numbers => "numbers".into(),
            Kind::Words => format!("{} words: {}", self.levels.len(), words(4)),
            Kind::Text => "text".into(),
        }
    }
}

impl Table {
    /// The set that it is data of.
    #[must_use]
    pub fn set(&self) -> &'static str {
        super::SET.name
    }

    /// What the columns are likely for: the target is the one of a known name, or else the last that can be
    /// one; all others that can be are features.
    #[must_use]
    pub fn guess(&self) -> Roles {
        let usable = |column: &Column| column.can_be_target();
        let known = TARGETS.iter().find_map(|name| {
            self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name) && usable(column))
        });
        let target = known.or_else(|| self.columns.iter().rposition(usable));
        let role = |(index, column): (usize, &Column)| match () {
            () if Some(index) == target => Role::Target,
            () if column.can_be_feature() => Role::Feature,
            () => Role::Ignored,
        };
        Roles {
            columns: self.columns.iter().enumerate().map(role).collect(),
            missing: Missing::Drop,
            is_regression: target.is_some_and(|target| self.columns[target].is_measured()),
        }
    }

    /// What becomes of it in these roles.
    #[must_use]
    pub fn preview(&self, roles: Roles) -> Preview {
        let config = TableConfig {
            target: roles.named(self, Role::Target).into_iter().next().unwrap_or_default(),
            features: roles.named(self, Role::Feature),
            inputs: 0,
            missing: roles.missing,
        };
        let column = |column: &Column| ColumnPreview {
            name: column.name.clone(),
            kind: column.said(),
            missing: column.missing,
            can_be_feature: column.can_be_feature(),
            can_be_target: column.can_be_target(),
            is_measured: column.is_measured(),
        };
        let plan = Chosen::of(self, &config, roles.is_regression).and_then(|chosen| {
            let config = chosen.config(config);
            config.validate().map(|()| (config, chosen.words(self)))
        });
        let (plan, words) = match plan {
            Ok((config, words)) => (Ok(config), words),
            Err(error) => (Err(error.to_string()), Vec::new()),
        };
        Preview {
            file: self.name.clone(),
            of: self.rows,
            rows: self.first.clone(),
            columns: self.columns.iter().map(column).collect(),
            roles,
            plan,
            words,
        }
    }
}
