//! Draws figures (curves, bars, maps, networks) on any plotters backend: a canvas in the page, SVG in
//! a test. What they show is [`crate::labs::panel`]'s; nothing here knows of the browser.

pub mod format;
