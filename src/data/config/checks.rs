//! What the data of a run may be: each setting by itself, and with the set that is named.

use super::{DataConfig, Targets, is_usual};
use crate::data::feature::ensure_features;
use crate::data::idx::MAX_SIDE;
use crate::data::points::ensure_points;
use crate::data::{DataSet, Source, Task, table};
use crate::error::{Error, Result, ensure_within};

impl DataConfig {
    /// # Errors
    /// [`Error::Setting`] for an unknown set, a number out of its range, or noise on pictures.
    pub fn validate(&self) -> Result<()> {
        let set = self.set()?;
        if !set.is_own() {
            ensure_within("data.samples", self.samples, &set.samples())?; // of points their own check tells
        }
        ensure_within("data.test_fraction", self.test_fraction, &(0.0..=0.9))?;
        if set.has_noise() {
            ensure_within("data.noise", self.noise, &Self::NOISE)?;
        } else if self.noise != 0.0 {
            let allowed = format!("0 or left out: {} have no noise of their own", self.name);
            return Err(Error::setting("data.noise", self.noise, allowed));
        }
        if !set.is_of_pictures() && !set.is_sparse() && !self.augmentation.is_default() {
            let allowed = format!("left out: {} are points, not pictures", self.name);
            return Err(Error::setting("data.augmentation", "given", allowed));
        }
        self.validate_sequences(set)?;
        self.validate_sparse(set)?;
        self.validate_table(set)?;
        self.validate_points(set)?;
        self.augmentation.validate()?;
        self.validate_corruption()?;
        self.validate_train_on()?;
        self.validate_features(set)?;
        self.validate_image_size(set)?;
        match (&set.task, self.classes) {
            (_, Some(classes)) if set.is_of_text() => {
                let allowed = format!("left out: the classes of {} are its symbols", self.name);
                Err(Error::setting("data.classes", classes, allowed))
            }
            (Task::Either(_), Some(0)) | (_, None) => Ok(()),
            (Task::Classes(range) | Task::Either(range), Some(classes)) => {
                ensure_within("data.classes", classes, range)
            }
            (Task::Unlabelled, Some(classes)) => {
                let allowed = format!("left out: {} have no labels", self.name);
                Err(Error::setting("data.classes", classes, allowed))
            }
            (Task::Regression, Some(classes)) => {
                Err(Error::setting("data.classes", classes, format!("left out: {} is regression", self.name)))
            }
        }
    }

    fn validate_corruption(&self) -> Result<()> {
        self.corruption.validate()?;
        if self.corruption.is_default() || self.targets == Targets::Inputs {
            return Ok(());
        }
        let allowed = "left out where data.targets is labels: spoiled inputs are there to be restored";
        Err(Error::setting("data.corruption", "given", allowed))
    }

    fn validate_train_on(&self) -> Result<()> {
        let classes = self.classes()?;
        if self.train_on.is_empty() {
            return Ok(());
        }
        if self.set()?.is_own() {
            let allowed = "left out: points are set and relabelled one by one while they are learned from";
            return Err(Error::setting("data.train_on", "given", allowed));
        }
        if classes == 0 {
            let allowed = format!("left out: {} have no classes", self.name);
            return Err(Error::setting("data.train_on", "given", allowed));
        }
        if self.label_steps()?.is_some() {
            let allowed = format!("left out: {} have a class at each of several steps", self.name);
            return Err(Error::setting("data.train_on", "given", allowed));
        }
        for (index, &class) in self.train_on.iter().enumerate() {
            let key = format!("data.train_on.{index}");
            ensure_within(&key, class, &(0..=classes - 1))?;
            if index > 0 && self.train_on[index - 1] >= class {
                let allowed = "larger than the one before it: each class once, in their order";
                return Err(Error::setting(&key, class, allowed));
            }
        }
        Ok(())
    }

    fn validate_features(&self, set: &DataSet) -> Result<()> {
        if set.is_plane() || is_usual(&self.features) {
            return ensure_features(&self.features);
        }
        let allowed = format!("left out: {} are no points of the plane", self.name);
        Err(Error::setting("data.features", "given", allowed))
    }

    fn validate_points(&self, set: &DataSet) -> Result<()> {
        if set.is_own() {
            ensure_points(&self.points, self.classes()?)?;
            let many = self.points.len();
            if self.samples == many {
                return Ok(());
            }
            let allowed = format!("{many}, the number of points, or left out");
            return Err(Error::setting("data.samples", self.samples, allowed));
        }
        if self.points.is_empty() {
            return Ok(());
        }
        let allowed = format!("left out: {} are drawn", self.name);
        Err(Error::setting("data.points", "given", allowed))
    }

    fn validate_table(&self, set: &DataSet) -> Result<()> {
        match set.source {
            Source::Table => {
                ensure_within("data.table.inputs", self.table()?.inputs, &(1..=table::MAX_INPUTS))
            }
            _ if self.table.is_none() => Ok(()),
            _ => {
                let allowed = format!("left out: {} have no columns", self.name);
                Err(Error::setting("data.table", "given", allowed))
            }
        }
    }

    fn validate_image_size(&self, set: &DataSet) -> Result<()> {
        let Some([height, width]) = self.image_size else { return Ok(()) };
        if !set.is_given() || !set.is_of_pictures() {
            let allowed = format!("left out: {} are made in one size", self.name);
            return Err(Error::setting("data.image_size", format!("[{height}, {width}]"), allowed));
        }
        let sides = 1..=MAX_SIDE;
        ensure_within("data.image_size.0", height, &sides)?;
        ensure_within("data.image_size.1", width, &sides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::TableConfig;

    fn columns(inputs: usize) -> TableConfig {
        let features = vec!["width".into(), "height".into()];
        TableConfig { target: "kind".into(), features, inputs, missing: table::Missing::Drop }
    }

    #[test]
    fn a_table_says_its_columns_and_nothing_else_does() {
        let table = DataConfig { table: Some(columns(2)), ..DataConfig::named("table") };
        table.validate().unwrap();
        assert_eq!((table.input_shape().unwrap(), table.classes().unwrap()), (vec![2], 2));
        let refused = |data: DataConfig| data.validate().unwrap_err().to_string();
        DataConfig { classes: Some(0), ..table.clone() }.validate().unwrap();
        assert!(refused(DataConfig { classes: Some(1), ..table.clone() }).contains("from 2 to 10"));
        assert!(
            refused(DataConfig { table: Some(columns(0)), ..table.clone() })
                .contains("data.table.inputs is 0")
        );
        assert!(refused(DataConfig { table: None, ..table.clone() }).starts_with("data.table is left out"));
        assert!(refused(DataConfig { noise: 0.1, ..table.clone() }).contains("no noise of their own"));
        assert!(
            refused(DataConfig { image_size: Some([3, 3]), ..table.clone() }).contains("data.image_size")
        );
        let digits = DataConfig { table: Some(columns(2)), ..DataConfig::named("digits") };
        assert_eq!(refused(digits), "data.table is given, but must be left out: digits have no columns");
    }
}
