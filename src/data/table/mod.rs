//! Tables that somebody brings along: text with a row for each item, as CSV files are. How one is read is
//! [`Reading`]'s, which of its columns are learned from is said by [`Roles`], and what a network is given of
//! them is `arrays`' concern.

mod arrays;
mod cell;
mod column;
mod layout;
mod reading;
mod roles;
mod text;

pub use reading::Reading;
pub use roles::{ColumnPreview, Missing, Preview, Role, Roles, TableConfig};

pub(super) use arrays::MAX_INPUTS;
pub(super) use cell::number;
pub(super) use layout::Layout;
pub(super) use text::Text;

use super::{Data, DataConfig, DataSet, Source, Task};
use column::Column;
use std::sync::Arc;

/// A table that is given from outside.
pub const SET: DataSet =
    DataSet { name: "table", label: "Your table", task: Task::Either(2..=10), source: Source::Table };

/// A table as it was read.
#[derive(Clone, Debug)]
pub struct Table {
    /// Of its file.
    name: String,
    columns: Vec<Column>,
    /// The first rows as they stand in the file.
    first: Vec<Vec<String>>,
    ragged: Ragged,
    rows: usize,
    /// What was asked for last, since a run that is reset asks for the same again.
    latest: Option<(DataConfig, u64, Arc<Data>)>,
}

/// Rows that have not as many values as the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ragged {
    count: usize,
    /// The lines of the first of them.
    lines: Vec<u64>,
}
