//! Test functions of optimizers as a layer: a network that is nothing but a place in a landscape.

use super::kernel::zeros;
use super::{Layer, WeightSpec};
use crate::error::{Result, ensure_within};
use crate::nn::Trace;
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};

/// A function of two numbers that optimizers are tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// (1 − x)² + 100 (y − x²)²: a valley that is curved and almost flat along its floor. Rosenbrock, An automatic method for
    /// finding the greatest or least value of a function, Computer Journal 3 (1960).
    Rosenbrock,
    /// (1.5 − x + x y)² + (2.25 − x + x y²)² + (2.625 − x + x y³)²: plateaus with steep walls. Beale, On an iterative method
    /// for finding a local minimum of a function of more than one variable, Princeton (1958).
    Beale,
    /// x² − y²: down along x to a place without slope, from which it goes down for ever along y. Dauphin et al.,
    /// Identifying and attacking the saddle point problem in high-dimensional non-convex optimization, NIPS 2014.
    Saddle,
    /// 0.05 x² + 5 y²: a straight valley, a hundred times steeper across than along. After Goh, Why momentum really works,
    /// Distill (2017), whose quadratic functions are of that kind.
    Ravine,
}

impl Function {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Ravine, Self::Rosenbrock, Self::Beale, Self::Saddle];

    /// f(x, y) in double precision, as `f32`: infinite where that cannot hold it.
    #[must_use]
    pub fn value(self, [x, y]: [f32; 2]) -> f32 {
        let [x, y] = [f64::from(x), f64::from(y)];
        let value = match self {
            Self::Rosenbrock => {
                let [along, across] = [1.0 - x, y - x * x];
                along * along + 100.0 * across * across
            }
            Self::Beale => beale(x, y).into_iter().map(|[term, ..]| term * term).sum(),
            Self::Saddle => x * x - y * y,
            Self::Ravine => 0.05 * x * x + 5.0 * y * y,
        };
        value as f32
    }

    /// ∂f/∂x and ∂f/∂y, in the same way.
    #[must_use]
    pub fn gradient(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [f64::from(x), f64::from(y)];
        let gradient = match self {
            Self::Rosenbrock => {
                let across = y - x * x;
                [-2.0 * (1.0 - x) - 400.0 * x * across, 200.0 * across]
            }
            Self::Beale => {
                beale(x, y).into_iter().fold([0.0; 2], |[by_x, by_y], [term, slope_x, slope_y]| {
                    [by_x + 2.0 * term * slope_x, by_y + 2.0 * term * slope_y]
                })
            }
            Self::Saddle => [2.0 * x, -2.0 * y],
            Self::Ravine => [0.1 * x, 10.0 * y],
        };
        gradient.map(|slope| slope as f32)
    }

    /// The part of the plane that is worth seeing: left, right, bottom, top.
    #[must_use]
    pub fn view(self) -> [f32; 4] {
        match self {
            Self::Rosenbrock => [-2.0, 2.0, -1.0, 3.0],
            Self::Beale => [-4.5, 4.5, -4.5, 4.5],
            Self::Saddle => [-2.0, 2.0, -2.0, 2.0],
            Self::Ravine => [-10.0, 10.0, -3.0, 3.0],
        }
    }

    /// Where it is smallest; none where it has no bound.
    #[must_use]
    pub fn minimum(self) -> Option<[f32; 2]> {
        match self {
            Self::Rosenbrock => Some([1.0, 1.0]),
            Self::Beale => Some([3.0, 0.5]),
            Self::Saddle => None,
            Self::Ravine => Some([0.0, 0.0]),
        }
    }

    /// As people write it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Rosenbrock => "Rosenbrock",
            Self::Beale => "Beale",
            Self::Saddle => "Saddle",
            Self::Ravine => "Ravine",
        }
    }

    /// Where one usually begins: at Rosenbrock's own start, elsewhere where the way shows what the function is for.
    #[must_use]
    pub fn usual_start(self) -> [f32; 2] {
        match self {
            Self::Rosenbrock => [-1.2, 1.0],
            Self::Beale => [1.0, 1.0],
            Self::Saddle => [-1.5, 0.01],
            Self::Ravine => [-8.0, 2.0],
        }
    }
}

/// Each term of Beale's function with its slopes along x and y.
fn beale(x: f64, y: f64) -> [[f64; 3]; 3] {
    let [y2, y3] = [y * y, y * y * y];
    [
        [1.5 - x + x * y, y - 1.0, x],
        [2.25 - x + x * y2, y2 - 1.0, 2.0 * x * y],
        [2.625 - x + x * y3, y3 - 1.0, 3.0 * x * y2],
    ]
}

/// A place that learns to be lower: `y = 0`, whatever the input, and f(position) added to the loss in training passes, as a
/// penalty. With outputs and targets of 0 the loss is f, also where that is below 0.
///
/// # Shapes
/// - input any, position `[2]`, output `[batch, 1]`
///
/// # Errors
/// [`crate::error::Error::Setting`] for a `start` that is outside −10…10.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landscape {
    pub function: Function,
    /// The position before the first step.
    pub start: [f32; 2],
    /// Numbers of an item, which say nothing.
    #[serde(skip)]
    numbers: usize,
}

impl Landscape {
    /// Beginning where it is usual.
    #[must_use]
    pub fn new(function: Function) -> Self {
        Self { function, start: function.usual_start(), numbers: 0 }
    }
}

impl Layer for Landscape {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        for (axis, &coordinate) in self.start.iter().enumerate() {
            ensure_within(&format!("start.{axis}"), coordinate, &(-10.0..=10.0))?;
        }
        self.numbers = input_shape.iter().product();
        Ok(vec![1])
    }

    fn weights(&self) -> Vec<WeightSpec> {
        vec![WeightSpec::new("position", vec![2], zeros())]
    }

    fn after_draw(&self, weights: &mut [f32], _: &mut Rng) {
        weights.copy_from_slice(&self.start);
    }

    /// What it adds to the loss is added once for the whole batch.
    fn is_rowwise(&self) -> bool {
        false
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        trace.output.resize(input.len() / self.numbers.max(1), 0.0);
    }

    fn backward(
        &self,
        weights: &[f32],
        _: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let position = [weights[0], weights[1]];
        grad_weights.fill(0.0);
        if let Some(penalty) = &mut trace.penalty {
            *penalty = self.function.value(position);
            grad_weights.copy_from_slice(&self.function.gradient(position));
        }
        if let Some(grad_input) = grad_input {
            grad_input.fill(0.0);
        }
    }
}
