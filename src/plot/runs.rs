//! Past runs as a table, for a file.

use super::table::{Table, names};
use crate::labs::PastRun;

/// A row for each run, the numbers exact.
#[must_use]
pub fn runs_table(runs: &[PastRun]) -> Table {
    let number = |value: Option<f32>| value.map_or_else(String::new, |value| value.to_string());
    let row = |run: &PastRun| {
        vec![
            run.lab.clone(),
            run.settings.clone(),
            run.seed.to_string(),
            run.steps.to_string(),
            number(run.loss),
            run.measure.clone(),
            number(run.test),
            run.outcome.clone(),
            format!("#{}", run.link),
        ]
    };
    let columns = ["lab", "settings", "seed", "steps", "loss", "measured", "test", "outcome", "link"];
    Table { columns: names(&columns), rows: runs.iter().map(row).collect() }
}
