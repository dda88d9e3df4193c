//! The columns that layers stand in, the same in every figure of a page: what belongs to a layer
//! stands below it, and one glass slab marks it through all of them.

/// Columns of equal width: "in", the layers, "out".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    /// Left edge of the first column in CSS pixels.
    pub left: f64,
    /// Width of a column in CSS pixels.
    pub width: f64,
    /// How many there are, the input's included.
    pub count: usize,
}

/// The columns of a figure `width_px` wide for an input and `layers` layers after it (the hidden
/// ones and the output, so as many as a bar chart has bars).
#[must_use]
pub fn columns(width_px: f64, layers: usize) -> Columns {
    let (left, right) = if width_px >= 380.0 { (44.0, 8.0) } else { (30.0, 4.0) };
    let count = layers + 1;
    Columns { left, width: (width_px - left - right).max(0.0) / count as f64, count }
}

impl Columns {
    /// Left edge of column `index`; 0 is the input's.
    #[must_use]
    pub fn start(&self, index: usize) -> f64 {
        self.left + self.width * index as f64
    }

    /// Middle of column `index`.
    #[must_use]
    pub fn center(&self, index: usize) -> f64 {
        self.start(index) + self.width / 2.0
    }

    /// Right edge of the last column.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.start(self.count)
    }

    /// The column at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> Option<usize> {
        let index = (x - self.left) / self.width;
        (index >= 0.0 && index < self.count as f64).then_some(index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_figure_between_its_gutters() {
        let wide = columns(652.0, 11);
        assert_eq!((wide.left, wide.width, wide.count), (44.0, 50.0, 12));
        assert_eq!(wide.center(3), 219.0);
        assert_eq!(wide.right(), 644.0);
        assert_eq!(wide.at(219.0), Some(3));
        assert_eq!(wide.at(20.0), None);
        assert_eq!(wide.at(644.5), None);
        assert_eq!(columns(354.0, 3).left, 30.0);
        assert_eq!(columns(1.0, 0).at(0.5), None);
    }
}
