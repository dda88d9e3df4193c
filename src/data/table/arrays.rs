//! From the columns of a table to arrays. A column of numbers is one input; of words each is an input that is
//! 1 where it stands, and of two words the second alone. All inputs are standardised: less their mean,
//! divided by their deviation, both over the training rows only, so that the test tells of rows that are new.

use super::column::{Column, Kind, NO_LEVEL};
use super::reading::NAMED_LINES;
use super::roles::{MAX_CLASSES, MAX_WORDS, Missing, TableConfig};
use super::{Ragged, Table};
use crate::data::{Data, DataConfig, Examples, Inputs, Names};
use crate::error::{Error, Result};
use crate::tensor::{Rng, Stream, tensor};
use std::sync::Arc;

/// Fewest rows that are trained on.
const MIN_ROWS: usize = 10;
/// Most inputs of a network on a table.
pub(in crate::data) const MAX_INPUTS: usize = 500;
/// Test rows of an experiment that nobody told how many: more cost more time than they tell.
const MAX_TEST: usize = 2_000;
/// Share kept for the test.
const TEST_FRACTION: f32 = 0.2;

/// One number that a network is given of a row.
enum InputOf<'a> {
    Number(&'a Column),
    /// 1 where this level of the column stands, else 0.
    Level(&'a Column, u8),
}

impl InputOf<'_> {
    fn name(&self) -> String {
        match self {
            Self::Number(column) => column.name.clone(),
            Self::Level(column, level) => format!("{} = {}", column.name, column.levels[usize::from(*level)]),
        }
    }

    /// `None` where it is missing.
    fn value(&self, row: usize) -> Option<f64> {
        match self {
            Self::Number(column) => Some(column.numbers[row]).filter(|number| !number.is_nan()),
            Self::Level(column, level) => {
                Some(column.codes[row]).filter(|&code| code != NO_LEVEL).map(|code| f64::from(code == *level))
            }
        }
    }
}

/// Columns and rows that an experiment asks for.
pub(super) struct Chosen<'a> {
    target: &'a Column,
    features: Vec<&'a Column>,
    inputs: Vec<InputOf<'a>>,
    /// In the order of the file.
    rows: Vec<u32>,
    /// Levels of the target in the order of their classes; none for regression.
    classes: Vec<u8>,
    missing: Missing,
}

impl<'a> Chosen<'a> {
    /// # Errors
    /// [`Error::Setting`] naming the column that is not there or is of no use.
    pub fn of(table: &'a Table, config: &TableConfig, is_regression: bool) -> Result<Self> {
        let column = |key: &str, name: &str| {
            let found = table.columns.iter().find(|column| column.name == name);
            found.ok_or_else(|| Error::setting(key, name, format!("a column of {}", table.name)))
        };
        if config.target.is_empty() {
            let allowed = format!(
                "a column of numbers, or of 2 to {MAX_CLASSES} different words, of which {} has none that is chosen",
                table.name
            );
            return Err(Error::setting("the target", "not chosen", allowed));
        }
        let target = column("the target", &config.target)?;
        let features: Vec<&Column> =
            config.features.iter().map(|name| column("a feature", name)).collect::<Result<_>>()?;
        let mut inputs = Vec::new();
        for &feature in &features {
            push_inputs(feature, &mut inputs)?;
        }
        if inputs.is_empty() {
            let allowed =
                format!("one or more columns of numbers, or of 2 to {MAX_WORDS} words, to learn from");
            return Err(Error::setting("the features", "none", allowed));
        }
        if inputs.len() > MAX_INPUTS {
            let allowed = format!("columns that make {MAX_INPUTS} numbers at most");
            return Err(Error::setting("the features", format!("{} numbers", inputs.len()), allowed));
        }
        let is_whole = |row: &usize| {
            !target.is_missing(*row)
                && (config.missing == Missing::Mean || features.iter().all(|column| !column.is_missing(*row)))
        };
        let rows: Vec<u32> = (0..table.rows).filter(is_whole).map(|row| row as u32).collect();
        let missing = config.missing;
        let mut chosen = Self { target, features, inputs, rows, classes: Vec::new(), missing };
        if chosen.rows.len() < MIN_ROWS {
            let given = if chosen.rows.len() == table.rows {
                table.rows.to_string()
            } else {
                format!("{} without missing values", chosen.rows.len())
            };
            return Err(Error::setting(
                "the number of rows",
                given,
                format!("{MIN_ROWS} or more to train on"),
            ));
        }
        if is_regression {
            chosen.ensure_measured()?;
        } else {
            chosen.classes = chosen.told_apart()?;
        }
        Ok(chosen)
    }

    fn ensure_measured(&self) -> Result<()> {
        if self.target.kind() == Kind::Numbers {
            return Ok(());
        }
        let allowed = "a column of numbers to be learned as a number";
        Err(Error::setting("the target", &self.target.name, allowed))
    }

    /// The levels of the target that stand in the rows.
    fn told_apart(&self) -> Result<Vec<u8>> {
        let refused = |reason: String| {
            let allowed = format!("a column of 2 to {MAX_CLASSES} classes: {reason}");
            Error::setting("the target", &self.target.name, allowed)
        };
        let sorted = self.target.sorted_levels(usize::MAX);
        let stands =
            |level: &u8| self.rows.iter().any(|&row| self.target.codes.get(row as usize) == Some(level));
        let classes: Vec<u8> = sorted.into_iter().flatten().filter(stands).collect();
        match classes.as_slice() {
            [] => Err(refused("it has more different values than that".into())),
            [only] => Err(refused(format!("every row has {}", self.target.levels[usize::from(*only)]))),
            all if all.len() > MAX_CLASSES => Err(refused(format!("it has {} different values", all.len()))),
            _ => Ok(classes),
        }
    }

    /// What an experiment on all of it says; of very many rows it tests on a part.
    pub fn config(&self, table: TableConfig) -> DataConfig {
        let samples = self.rows.len();
        let test = ((samples as f32 * TEST_FRACTION).round() as usize).min(MAX_TEST);
        DataConfig {
            samples,
            test_fraction: test as f32 / samples as f32,
            classes: Some(self.classes.len()).filter(|&classes| classes != 2),
            table: Some(TableConfig { inputs: self.inputs.len(), ..table }),
            ..DataConfig::named(super::SET.name)
        }
    }

    /// What is trained on, how it is made, and what was left out, as sentences.
    pub fn words(&self, table: &Table) -> Vec<String> {
        let mut words = Vec::new();
        let task = match self.classes.len() {
            0 => "a number, standardised too".to_owned(),
            classes => format!("one of {classes} classes"),
        };
        words.push(format!(
            "{} of {} to tell {}, {task}.",
            plural(self.rows.len(), "row"),
            plural(self.inputs.len(), "input"),
            self.target.name
        ));
        words.push(
            "Each input is standardised: less its mean, divided by its deviation, both of the training rows."
                .into(),
        );
        let words_of = self.features.iter().filter(|column| column.kind() == Kind::Words);
        let one_hot: Vec<&str> = words_of.map(|column| column.name.as_str()).collect();
        if !one_hot.is_empty() {
            words.push(format!(
                "An input for each word of {}: 1 where it stands, else 0.",
                one_hot.join(", ")
            ));
        }
        let of_target = self.target.missing;
        if of_target > 0 {
            words.push(format!("{} without a target left out.", plural(of_target, "row")));
        }
        let known = table.rows - of_target;
        let gaps: usize = self.features.iter().map(|column| column.missing).sum();
        match self.missing {
            Missing::Drop if self.rows.len() < known => {
                words.push(format!(
                    "{} with missing values left out.",
                    plural(known - self.rows.len(), "row")
                ));
            }
            Missing::Mean if gaps > 0 => {
                words.push(format!("{} filled with the mean.", plural(gaps, "missing value")));
            }
            _ => {}
        }
        let Ragged { count: ragged, lines } = &table.ragged;
        if *ragged > 0 {
            let more = if *ragged > NAMED_LINES { ", …" } else { "" };
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            words.push(format!(
                "{} with more or fewer values than {} columns left out: line {}{more}.",
                plural(*ragged, "row"),
                table.columns.len(),
                lines.join(", ")
            ));
        }
        for column in &table.columns {
            match column.kind() {
                Kind::Constant => words.push(format!("{} left out: the same in every row.", column.name)),
                Kind::Text => words.push(format!(
                    "{} left out: more different words than {}.",
                    column.name,
                    super::column::MAX_LEVELS
                )),
                Kind::Words if !column.can_be_feature() && column.name != self.target.name => {
                    words.push(format!(
                        "{} left out: {} different words, but {MAX_WORDS} at most make inputs.",
                        column.name,
                        column.levels.len()
                    ));
                }
                _ => {}
            }
        }
        words
    }

    fn class(&self, row: usize) -> f32 {
        let code = self.target.codes[row];
        let class = self.classes.iter().position(|&level| level == code);
        class.expect("every level that stands in the rows is a class") as f32
    }
}

fn plural(many: usize, what: &str) -> String {
    if many == 1 { format!("1 {what}") } else { format!("{many} {what}s") }
}

fn push_inputs<'a>(column: &'a Column, inputs: &mut Vec<InputOf<'a>>) -> Result<()> {
    let refused =
        |reason: &str| Err(Error::setting("a feature", &column.name, format!("another column: {reason}")));
    match (column.kind(), column.sorted_levels(MAX_WORDS)) {
        (Kind::Constant, _) => refused("it is the same in every row"),
        (Kind::Numbers, _) => {
            inputs.push(InputOf::Number(column));
            Ok(())
        }
        (Kind::Words, Some(levels)) => {
            // Of two words the second alone says which.
            let from = usize::from(levels.len() == 2);
            inputs.extend(levels[from..].iter().map(|&level| InputOf::Level(column, level)));
            Ok(())
        }
        _ => refused(&format!("it has more than {MAX_WORDS} different words")),
    }
}

/// Mean and deviation of what is known.
struct Standard {
    mean: f64,
    deviation: f64,
}

impl Standard {
    fn of<V: Iterator<Item = Option<f64>>>(values: impl Fn() -> V) -> Self {
        let known = || values().flatten();
        let many = known().count().max(1) as f64;
        let mean = known().sum::<f64>() / many;
        let deviation = (known().map(|value| (value - mean) * (value - mean)).sum::<f64>() / many).sqrt();
        // What is the same in every training row says nothing, and must not become large in the test.
        let is_same = deviation <= 1e-9 * mean.abs() || !deviation.is_finite();
        Self { mean, deviation: if is_same || deviation == 0.0 { 1.0 } else { deviation } }
    }

    /// 0, the mean, where nothing is known.
    fn apply(&self, value: Option<f64>) -> f32 {
        let standard = value.map_or(0.0, |value| (value - self.mean) / self.deviation) as f32;
        if standard.is_finite() { standard } else { 0.0 }
    }
}

impl Table {
    /// The arrays of an experiment on it: always alike for the same seed.
    ///
    /// # Errors
    /// [`Error::Setting`] when it has not the columns, or not as many rows and classes, as `config` says.
    pub fn data(&mut self, config: &DataConfig, seed: u64) -> Result<Arc<Data>> {
        if let Some((of, seeded, data)) = &self.latest
            && (of, *seeded) == (config, seed)
        {
            return Ok(Arc::clone(data));
        }
        self.latest = None; // before more memory is asked for
        let data = Arc::new(self.arrays(config, seed)?);
        self.latest = Some((config.clone(), seed, Arc::clone(&data)));
        Ok(data)
    }

    fn arrays(&self, config: &DataConfig, seed: u64) -> Result<Data> {
        let classes = config.classes()?;
        let table = config.table.as_ref();
        let table =
            table.ok_or_else(|| Error::setting("data.table", "left out", "the columns to train on"))?;
        let chosen = Chosen::of(self, table, classes == 0)?;
        let ensure = |what: &str, wanted: usize, there: usize| {
            let allowed = format!("{there}, as {} has", self.name);
            if wanted == there { Ok(()) } else { Err(Error::setting(what, wanted, allowed)) }
        };
        ensure("data.samples", config.samples, chosen.rows.len())?;
        ensure("data.table.inputs", table.inputs, chosen.inputs.len())?;
        ensure("data.classes", classes, chosen.classes.len())?;
        let mut order = chosen.rows.clone();
        Rng::new(seed, Stream::Split).shuffle(&mut order);
        let (test, train) = order.split_at(config.test_items());
        let value = |input: &InputOf, row: &u32| input.value(*row as usize);
        let standards: Vec<Standard> = chosen
            .inputs
            .iter()
            .map(|input| Standard::of(|| train.iter().map(|row| value(input, row))))
            .collect();
        let measured = |row: &u32| chosen.target.numbers.get(*row as usize).copied();
        let of_target = Standard::of(|| train.iter().map(measured));
        let part = |rows: &[u32]| {
            let mut inputs = Vec::with_capacity(rows.len() * chosen.inputs.len());
            for row in rows {
                let of_row = chosen.inputs.iter().zip(&standards);
                inputs.extend(of_row.map(|(input, standard)| standard.apply(value(input, row))));
            }
            let label = |row: &u32| match classes {
                0 => of_target.apply(measured(row)),
                _ => chosen.class(*row as usize),
            };
            let labels = tensor(&[rows.len()], rows.iter().map(label).collect());
            Examples::new(Inputs::Features(tensor(&[rows.len(), chosen.inputs.len()], inputs)), labels)
        };
        let level = |&level: &u8| chosen.target.levels[usize::from(level)].clone();
        let names = Names {
            inputs: chosen.inputs.iter().map(InputOf::name).collect(),
            classes: chosen.classes.iter().map(level).collect(),
            ..Names::default()
        };
        Ok(Data { train: part(train), test: part(test), classes, names })
    }
}
