//! From codes to places on a map and back: one or two numbers as they are, more of them along their own first two
//! principal components.

use crate::data::pca::Pca;
use crate::labs::LatentMap;

/// Room around the items, as a share of what they take.
const MARGIN: f32 = 0.08;

/// See the module.
pub(super) struct Projection {
    units: usize,
    /// Of codes of more than two numbers.
    pca: Option<Pca>,
}

impl Projection {
    /// For codes `[items, units]`.
    pub fn of(codes: &[f32], units: usize) -> Self {
        let finite: Vec<&[f32]> =
            codes.chunks_exact(units).filter(|code| code.iter().all(|x| x.is_finite())).collect();
        let fit = || Pca::fit([finite.len(), units], 2, |item, place| place.copy_from_slice(finite[item]));
        Self { units, pca: (units > 2).then(fit) }
    }

    /// What stands across and upwards.
    pub fn names(&self) -> [String; 2] {
        match self.units {
            1 => ["z₁".into(), LatentMap::CLASS.into()],
            2 => ["z₁".into(), "z₂".into()],
            _ => ["1st component of the code".into(), "2nd component of the code".into()],
        }
    }

    /// Where a code lies; one of one number lies at the height of its class.
    pub fn place(&self, code: &[f32], class: f32) -> [f32; 2] {
        match (&self.pca, code) {
            (Some(pca), code) => match pca.code(code)[..] {
                [x, y] => [x, y],
                _ => [0.0; 2],
            },
            (None, &[x, y]) => [x, y],
            (None, code) => [code.first().copied().unwrap_or(0.0), class],
        }
    }

    /// The code of a place.
    pub fn code(&self, place: [f32; 2]) -> Vec<f32> {
        match &self.pca {
            Some(pca) => pca.restored(&place),
            None => place[..self.units.min(2)].to_vec(),
        }
    }

    /// A view that holds all items; of codes of one number with a row for each class.
    pub fn view(&self, places: &[[f32; 2]], classes: usize) -> [f32; 4] {
        let [left, right, bottom, top] = Self::view_of(places);
        if self.units == 1 {
            [left, right, -0.7, classes.max(1) as f32 - 0.3]
        } else {
            [left, right, bottom, top]
        }
    }

    /// The same for places.
    pub fn view_of(places: &[[f32; 2]]) -> [f32; 4] {
        let ends = |axis: usize| {
            let finite = places.iter().map(|place| place[axis]).filter(|x| x.is_finite());
            let (low, high) =
                finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
            if low > high {
                return [-1.0, 1.0];
            }
            let room = (MARGIN * (high - low)).max(1e-3 * (1.0 + low.abs().max(high.abs())));
            [low - room, high + room]
        };
        let ([left, right], [bottom, top]) = (ends(0), ends(1));
        [left, right, bottom, top]
    }
}
