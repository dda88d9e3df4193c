//! Labs.
mod panel;
pub use panel::*;
