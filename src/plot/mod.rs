//! Stub.
use crate::data::Data;
use crate::labs::{Figure, Numbers};
use plotters::coord::Shift;
use plotters::prelude::*;
pub struct Palette;
impl Palette {
    pub fn from_tokens(_f: impl Fn(&str) -> Option<String>) -> Self {
        Self
    }
}
pub struct Style {
    pub palette: Palette,
    pub scale: f64,
    pub font: String,
}
pub struct View {
    pub selected_layer: usize,
    pub hover: Option<(f64, f64)>,
}
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    _f: &Figure,
    _n: &Numbers,
    _s: &Style,
    _v: &View,
) -> Drawn<DB> {
    area.fill(&WHITE)
}
pub fn thumbnail<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, _d: &Data, _s: &Style) -> Drawn<DB> {
    area.fill(&WHITE)
}
#[derive(Clone, PartialEq)]
pub struct ReadOut {
    pub lines: Vec<String>,
}
pub fn read_out(_f: &Figure, _n: &Numbers, _size: (f64, f64), _at: (f64, f64)) -> Option<ReadOut> {
    None
}
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}
pub fn table(_f: &Figure, _n: &Numbers) -> Table {
    Table { columns: vec![], rows: vec![] }
}
pub struct Columns {
    pub left: f64,
    pub width: f64,
    n: usize,
}
impl Columns {
    pub fn center(&self, i: usize) -> f64 {
        self.left + self.width * (i as f64 + 0.5)
    }
}
pub fn columns(w: f64, layers: usize) -> Columns {
    let n = layers + 1;
    Columns { left: 44.0, width: (w - 52.0) / n as f64, n }
}
