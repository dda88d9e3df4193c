//! What recurrent layers have in common: the loop over time, forwards and back, with its products. What a cell makes of its
//! sums at one step, and the slopes of that, is in the file of each layer.
//!
//! Orders of sums: the sums of a step begin from the bias, take the inputs, then the state before. ∂loss/∂h of a step is what
//! comes from its own output, then from the keeping gate of a GRU, then the sums of the step after it. Gradients of weights
//! are summed over ascending steps, and over ascending rows within a step.

use super::WeightSpec;
use crate::error::{Error, Result, ensure_within};
use crate::nn::unrolled::swap_axes;
use crate::nn::{Activation, Initializer, InitializerName, Trace, Unrolled};
use crate::tensor::Rng;
use crate::tensor::math::flush;
use crate::tensor::matmul::{self, Panels};

/// What a recurrent layer is, once it is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Steps of its input.
    pub time: usize,
    pub features: usize,
    pub units: usize,
    /// Sums of a unit at a step.
    pub gates: usize,
    /// Whether states are summed apart from inputs, with a bias of their own.
    pub is_apart: bool,
    /// Whether it has cells beside its states.
    pub has_cells: bool,
    pub returns_sequences: bool,
    pub truncate_gradient: Option<usize>,
}

/// Numbers of one step of all rows on the way forward, `[rows, …]`; `sums` have all their terms but, where they are apart,
/// those of the states, which `recurrent` has.
pub(super) struct Forward<'a> {
    pub sums: &'a mut [f32],
    pub recurrent: &'a [f32],
    pub gates: &'a mut [f32],
    pub state_before: &'a [f32],
    pub state: &'a mut [f32],
    pub cell_before: &'a [f32],
    pub cell: &'a mut [f32],
    pub squashed: &'a mut [f32],
}

/// The same on the way back: from `grad_state`, and `grad_cell` as it comes from the step after, to `grad_sums`, what is
/// apart and `grad_cell` of the step before.
pub(super) struct Backward<'a> {
    pub sums: &'a [f32],
    pub recurrent: &'a [f32],
    pub gates: &'a [f32],
    pub state_before: &'a [f32],
    pub state: &'a [f32],
    pub cell_before: &'a [f32],
    pub cell: &'a [f32],
    pub squashed: &'a [f32],
    pub grad_state: &'a [f32],
    pub grad_cell: &'a mut [f32],
    /// Room for the gradients of the gates.
    pub grad_gates: &'a mut [f32],
    pub grad_sums: &'a mut [f32],
    pub grad_recurrent: &'a mut [f32],
    /// Where the cell adds what the state before gets by other ways than the recurrent kernel; none where the gradient
    /// goes no further.
    pub grad_before: Option<&'a mut [f32]>,
}

/// One step of a recurrent layer, all rows at once.
pub(super) trait Cell {
    fn shape(&self) -> &Shape;
    fn forward(&self, step: Forward);
    fn backward(&self, step: Backward);
}

/// Whether a gradient that goes back from step `t` ends there, as its state before is taken as given.
fn ends(t: usize, time: usize, truncate_gradient: Option<usize>) -> bool {
    t == 0 || truncate_gradient.is_some_and(|steps| (time - t).is_multiple_of(steps))
}

/// The numbers of step `t` in a buffer of so many a step.
fn at(buffer: &[f32], t: usize, size: usize) -> &[f32] {
    if buffer.is_empty() { buffer } else { &buffer[t * size..][..size] }
}

fn at_mut(buffer: &mut [f32], t: usize, size: usize) -> &mut [f32] {
    if buffer.is_empty() { buffer } else { &mut buffer[t * size..][..size] }
}

/// The numbers of the step before `t`, which `begin` has for the first, and of step `t`.
fn before_and_at<'a>(
    buffer: &'a mut [f32],
    begin: &'a [f32],
    t: usize,
    size: usize,
) -> (&'a [f32], &'a mut [f32]) {
    if buffer.is_empty() {
        return (&[], buffer);
    }
    let (before, rest) = buffer.split_at_mut(t * size);
    let before = if t == 0 { begin } else { &before[(t - 1) * size..] };
    (before, &mut rest[..size])
}

/// The same to read.
fn before<'a>(buffer: &'a [f32], begin: &'a [f32], t: usize, size: usize) -> &'a [f32] {
    if t == 0 { begin } else { at(buffer, t - 1, size) }
}

impl Shape {
    /// Of a layer with these settings, on an input of this shape; `self` says what kind of cell it has.
    ///
    /// # Errors
    /// [`Error::Setting`] for `units` outside 1…4096 and for a `truncate_gradient` of 0; [`Error::Shape`] for an input that
    /// is no sequence.
    pub fn on(self, layer: &str, input_shape: &[usize]) -> Result<Self> {
        ensure_within("units", self.units, &(1..=4096))?;
        if self.truncate_gradient == Some(0) {
            return Err(Error::setting("truncate_gradient", 0, "1 or more, a number of steps, or left out"));
        }
        let (&[time, features], true) = (input_shape, !input_shape.contains(&0)) else {
            return Err(Error::Shape {
                layer: layer.into(),
                expected:
                    "a sequence [time, features] (put a layer embedding before it where items are indices)"
                        .into(),
                found: input_shape.to_vec(),
            });
        };
        Ok(Self { time, features, ..self })
    }

    /// Shape of its output.
    pub fn output(&self) -> Vec<usize> {
        if self.returns_sequences { vec![self.time, self.units] } else { vec![self.units] }
    }

    /// Its arrays of weights, under Keras' names in `scope`.
    pub fn weights(
        &self,
        scope: &'static str,
        [kernel, recurrent, bias]: [Initializer; 3],
        trainable: bool,
    ) -> Vec<WeightSpec> {
        let sums = self.sums();
        let biases = if self.is_apart { vec![2, sums] } else { vec![sums] };
        [
            WeightSpec::new("kernel", vec![self.features, sums], kernel),
            WeightSpec::new("recurrent_kernel", vec![self.units, sums], recurrent),
            WeightSpec::new("bias", biases, bias),
        ]
        .map(|spec| WeightSpec { scope, ..spec.within(trainable) })
        .to_vec()
    }

    /// Sums of a row at a step.
    fn sums(&self) -> usize {
        self.gates.saturating_mul(self.units)
    }

    /// Numbers of the kernel, and of it and the recurrent kernel.
    pub fn kernels(&self) -> [usize; 2] {
        let kernel = self.features * self.sums();
        [kernel, kernel + self.units * self.sums()]
    }

    /// See [`super::Layer::kept_of_an_item`].
    pub fn kept(&self) -> usize {
        // Sums and on the way back, those apart as well, and gates; states, cells and f(c); inputs twice.
        let sums =
            self.sums().saturating_mul(2 + usize::from(self.gates > 1) + 2 * usize::from(self.is_apart));
        let states = self.units * if self.has_cells { 4 } else { 2 }; // with ∂loss/∂h
        self.time.saturating_mul(sums.saturating_add(states).saturating_add(2 * self.features))
    }

    /// See [`super::Layer::working_space`].
    pub fn working_space(&self) -> usize {
        Panels::numbers([self.units, self.sums()]).max(Panels::numbers([self.sums(), self.units]))
    }

    /// See [`super::Layer::multiply_adds`].
    pub fn multiply_adds(&self) -> usize {
        self.time * self.sums() * (self.features + self.units)
    }
}

impl Unrolled {
    /// Makes room for a pass; returns whether it goes on from the states that are there.
    fn begin(&mut self, shape: &Shape, time: usize, rows: usize, streams: bool) -> bool {
        let size = rows * shape.units;
        let goes_on = streams && self.rows == rows && self.states.len() >= size;
        for (begin, buffer) in self.begin.iter_mut().zip([&self.states, &self.cells]) {
            begin.resize(size, 0.0);
            match buffer.len().checked_sub(size).filter(|_| goes_on) {
                Some(last) => begin.copy_from_slice(&buffer[last..]),
                None => begin.fill(0.0),
            }
        }
        (self.time, self.rows) = (time, rows);
        let steps = time * rows;
        let states = steps * shape.units;
        let sums = shape.gates * states;
        let of = |is_kept: bool, numbers: usize| if is_kept { numbers } else { 0 };
        self.inputs.resize(steps * shape.features, 0.0);
        self.sums.resize(sums, 0.0);
        self.recurrent.resize(of(shape.is_apart, sums), 0.0);
        self.gates.resize(of(shape.gates > 1, sums), 0.0);
        self.states.resize(states, 0.0);
        self.cells.resize(of(shape.has_cells, states), 0.0);
        self.squashed.resize(of(shape.has_cells, states), 0.0);
        goes_on
    }

    /// Makes room for the way back.
    fn begin_backward(&mut self, shape: &Shape) {
        self.grad_states.resize(self.states.len(), 0.0);
        self.grad_sums.resize(self.sums.len(), 0.0);
        self.grad_recurrent.resize(self.recurrent.len(), 0.0);
        self.grad_gates.resize(self.rows * shape.sums(), 0.0);
        self.grad_cells.clear();
        self.grad_cells.resize(self.rows * shape.units, 0.0);
    }
}

/// All steps, from what is there before the first: zeros, or where the pass streams the states that the last one left.
pub(super) fn forward(layer: &impl Cell, weights: &[f32], input: &[f32], trace: &mut Trace) {
    let shape = *layer.shape();
    let Trace { unrolled, output, streams, .. } = trace;
    let time = if *streams { 1 } else { shape.time };
    let rows = input.len() / (time * shape.features);
    let goes_on = unrolled.begin(&shape, time, rows, *streams);
    let Unrolled { inputs, sums, recurrent, gates, states, cells, squashed, begin, panels, .. } = unrolled;
    let [kernel, kernels] = shape.kernels();
    let (width, units) = (shape.sums(), shape.units);
    let (bias, bias_apart) = weights[kernels..].split_at(width);
    swap_axes(input, inputs, [rows, time, shape.features]);
    matmul::affine(inputs, &weights[..kernel], bias, sums);
    recurrent.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(bias_apart));
    panels.pack(&weights[kernel..kernels], width);
    let (width, size) = (rows * width, rows * units);
    for t in 0..time {
        let (state_before, state) = before_and_at(states, &begin[0], t, size);
        let (cell_before, cell) = before_and_at(cells, &begin[1], t, size);
        if t > 0 || goes_on {
            let sums = if shape.is_apart { &mut *recurrent } else { &mut *sums };
            panels.add_product(state_before, at_mut(sums, t, width));
        }
        layer.forward(Forward {
            sums: at_mut(sums, t, width),
            recurrent: at(recurrent, t, width),
            gates: at_mut(gates, t, width),
            state_before,
            state,
            cell_before,
            cell,
            squashed: at_mut(squashed, t, size),
        });
    }
    output.resize(if shape.returns_sequences { states.len() } else { size }, 0.0);
    if shape.returns_sequences {
        swap_axes(states, output, [time, rows, units]);
    } else {
        output.copy_from_slice(at(states, time - 1, size));
    }
}

/// All steps, last to first; see [`super::Layer::backward`].
pub(super) fn backward(
    layer: &impl Cell,
    weights: &[f32],
    trace: &mut Trace,
    grad_weights: &mut [f32],
    grad_input: Option<&mut [f32]>,
) {
    debug_assert!(!trace.goes_on, "a recurrent layer is not rowwise");
    let shape = *layer.shape();
    let Trace { unrolled, grad_output, .. } = trace;
    let (time, rows) = (unrolled.time, unrolled.rows);
    unrolled.begin_backward(&shape);
    let (width, size) = (rows * shape.sums(), rows * shape.units);
    if shape.returns_sequences {
        swap_axes(grad_output, &mut unrolled.grad_states, [rows, time, shape.units]);
    } else {
        let (before, last) = unrolled.grad_states.split_at_mut((time - 1) * size);
        before.fill(0.0);
        last.copy_from_slice(grad_output);
    }
    let [kernel, kernels] = shape.kernels();
    unrolled.panels.pack_transposed(&weights[kernel..kernels], shape.sums());
    for t in (0..time).rev() {
        step_back(layer, unrolled, t, [width, size]);
    }
    let Unrolled { inputs, states, grad_sums, grad_recurrent, grad_inputs, .. } = unrolled;
    let grad_apart = if shape.is_apart { &*grad_recurrent } else { &*grad_sums };
    let (grad_kernels, grad_bias) = grad_weights.split_at_mut(kernels);
    let (grad_kernel, grad_recurrent_kernel) = grad_kernels.split_at_mut(kernel);
    let (grad_bias, grad_bias_apart) = grad_bias.split_at_mut(shape.sums());
    matmul::transposed_left(inputs, grad_sums, grad_kernel, shape.sums());
    if time == 1 {
        grad_recurrent_kernel.fill(0.0); // the state before the first step is 0
    } else {
        let states_before = &states[..(time - 1) * size];
        matmul::transposed_left(states_before, &grad_apart[width..], grad_recurrent_kernel, shape.sums());
    }
    matmul::sum_rows(grad_sums, grad_bias);
    if shape.is_apart {
        matmul::sum_rows(grad_apart, grad_bias_apart);
    }
    if let Some(grad_input) = grad_input {
        grad_inputs.resize(inputs.len(), 0.0);
        matmul::transposed_right(grad_sums, &weights[..kernel], grad_inputs, shape.sums());
        swap_axes(grad_inputs, grad_input, [time, rows, shape.features]);
    }
}

/// From ∂loss/∂h of step `t` to its sums, and to h of the step before.
fn step_back(layer: &impl Cell, unrolled: &mut Unrolled, t: usize, [width, size]: [usize; 2]) {
    let shape = layer.shape();
    let ends = ends(t, unrolled.time, shape.truncate_gradient);
    let Unrolled { sums, recurrent, gates, states, cells, squashed, begin, panels, .. } = unrolled;
    let Unrolled { grad_states, grad_cells, grad_gates, grad_sums, grad_recurrent, .. } = unrolled;
    let (before_it, rest) = grad_states.split_at_mut(t * size);
    let mut grad_before = (!ends).then(|| &mut before_it[(t - 1) * size..]);
    layer.backward(Backward {
        sums: at(sums, t, width),
        recurrent: at(recurrent, t, width),
        gates: at(gates, t, width),
        state_before: before(states, &begin[0], t, size),
        state: at(states, t, size),
        cell_before: before(cells, &begin[1], t, size),
        cell: at(cells, t, size),
        squashed: at(squashed, t, size),
        grad_state: &rest[..size],
        grad_cell: grad_cells,
        grad_gates,
        grad_sums: at_mut(grad_sums, t, width),
        grad_recurrent: at_mut(grad_recurrent, t, width),
        grad_before: grad_before.as_deref_mut(),
    });
    flush_all(at_mut(grad_sums, t, width));
    flush_all(at_mut(grad_recurrent, t, width));
    flush_all(grad_cells);
    let grad_apart = if shape.is_apart { grad_recurrent } else { grad_sums };
    match grad_before {
        Some(grad_before) => {
            panels.add_product(at(grad_apart, t, width), grad_before);
            flush_all(grad_before);
        }
        None => grad_cells.fill(0.0),
    }
}

/// Gradients that vanish over many steps end at 10⁻³², and not among subnormal numbers: with those a step of 64 sigmoid
/// units on 32 sequences of 200 took 40 ms of WebAssembly, and takes 6 as one of tanh units does.
fn flush_all(grads: &mut [f32]) {
    grads.iter_mut().for_each(|grad| *grad = flush(*grad));
}

/// Keras' default of `activation`.
pub(super) fn tanh() -> Activation {
    Activation::Tanh
}

/// Keras' default of `recurrent_activation`.
pub(super) fn sigmoid() -> Activation {
    Activation::Sigmoid
}

/// Keras' default of `recurrent_initializer`.
pub(super) fn orthogonal() -> Initializer {
    Initializer::new(InitializerName::Orthogonal)
}

/// Passes when the longest dependency that biases are drawn for has 2…10,000 steps.
pub(super) fn ensure_chrono(chrono: Option<f32>) -> Result<()> {
    chrono.map_or(Ok(()), |steps| ensure_within("chrono", steps, &(2.0..=10_000.0)))
}

/// A bias with which a gate keeps for up to `steps` steps: ln U(1, steps − 1).
pub(super) fn chrono_bias(steps: f32, rng: &mut Rng) -> f32 {
    libm::logf(rng.between(1.0, steps - 1.0))
}

/// The rest of [`super::Layer`] for a [`Cell`] with the fields `shape`.
macro_rules! layer_methods {
    () => {
        fn kept_of_an_item(&self) -> usize {
            self.shape.kept()
        }

        fn working_space(&self) -> usize {
            self.shape.working_space()
        }

        fn multiply_adds(&self) -> usize {
            self.shape.multiply_adds()
        }

        /// Sums over a batch take it step by step, not row by row.
        fn is_rowwise(&self) -> bool {
            false
        }

        fn can_stream(&self) -> bool {
            true
        }

        fn has_logits(&self) -> bool {
            false
        }

        fn activation(&self) -> Activation {
            self.activation
        }

        fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
            None
        }

        fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
            recurrent::forward(self, weights, input, trace);
        }

        fn backward(
            &self,
            weights: &[f32],
            _: &[f32],
            trace: &mut Trace,
            grad_weights: &mut [f32],
            grad_input: Option<&mut [f32]>,
        ) {
            recurrent::backward(self, weights, trace, grad_weights, grad_input);
        }
    };
}
pub(super) use layer_methods;
