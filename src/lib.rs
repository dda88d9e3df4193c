#![doc = include_str!("../ARCHITECTURE.md")]

pub mod data;
pub mod error;
pub mod labs;
pub mod nn;
pub mod plot;
pub mod tensor;
pub mod train;
#[cfg(target_arch = "wasm32")]
pub mod ui;
pub mod worker;
