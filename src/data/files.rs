//! Images that somebody brings along, as IDX files: there is nothing to draw here, see
//! [`super::idx`] and `Run::with_data`.

use super::{DataSet, Source, Task};

pub(super) const SET: DataSet =
    DataSet { name: "files", label: "Your own images", task: Task::Classes(10..=10), source: Source::Files };
