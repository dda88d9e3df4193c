//! Digits as people draw them: strokes of a pen ([`Drawing`]), a generator of them in many hands
//! ([`draw`]), the one path from strokes to the 28×28 grey picture that a network reads ([`prepare`]:
//! the same for pad, command line and generator), the path from a photo ([`Photo`]), and the way back
//! from a scan to strokes ([`strokes_of`]).
//! Everything rounds alike natively and in WebAssembly.

mod angular;
mod bent;
mod collection;
mod curve;
mod drawing;
mod hand;
mod ink;
mod pen;
mod photo;
mod place;
mod prepare;
mod round;
mod scan;
mod thin;

#[cfg(test)]
mod tests;

pub use collection::Collection;
pub use drawing::{Drawing, Point, Stroke};
pub use hand::draw;
pub use photo::{Photo, resized};
pub use prepare::{Bounds, Placed, Preparation, Prepared, prepare};
pub use scan::strokes_of;

/// Height and width of a picture, in pixels.
pub const SIDE: usize = 28;
