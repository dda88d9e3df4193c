//! The built page in a real browser, with real keys and clicks. `scripts/test` builds the page and
//! says where it and the browser are; without that every test here says that it is skipped.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

mod arrows;
mod benches;
mod bits;
mod codes;
mod digits;
mod files;
mod inside;
mod kept;
mod lanes;
mod learning;
mod lessons;
mod machines;
mod memory;
mod network;
mod nudge;
mod own;
mod own_again;
mod past;
mod pretraining;
mod racing;
mod rates;
mod speed;
mod stage;
mod tables;
mod time;
mod visit;
mod widely;
