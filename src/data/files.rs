//! Pictures that somebody brings along, as IDX files or as drawings of their own: there is nothing to
//! draw here, see [`super::Given`] and `Run::with_data`.

use super::{DataSet, Source, Task};

pub(super) const FILES: DataSet =
    DataSet { name: "files", label: "Your files", task: Task::Classes(2..=10), source: Source::Files };

pub(super) const DRAWINGS: DataSet =
    DataSet { name: "drawings", label: "Your drawings", task: Task::Classes(2..=10), source: Source::Files };
