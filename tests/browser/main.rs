//! The built page in a real browser, with real keys and clicks. `scripts/test` builds the page and
//! says where it and the browser are; without that every test here says that it is skipped.

mod bits;
mod stage;
mod visit;
mod widely;
