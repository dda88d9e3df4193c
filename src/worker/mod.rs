//! The worker: [`protocol`] is the whole conversation with the page, [`Session`] answers it in plain
//! Rust, and `browser` carries both over `postMessage`.

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod protocol;
mod schedule;
mod session;
mod taking;
mod timing;
mod watched;

pub use session::Session;
