//! Layers: one file for each, listed in `layers!` below. A layer is its settings, in Keras' words,
//! and a differentiable step over slices; its weights are given to it by the network.

mod activity;
mod add;
mod average_pooling2d;
mod batch_normalization;
mod bidirectional;
mod conv2d;
mod conv2d_transpose;
mod cropping1d;
mod dense;
mod dropout;
mod embedding;
mod flatten;
mod global_average_pooling2d;
mod gru;
mod kernel;
mod landscape;
mod layer_normalization;
mod lstm;
mod max_pooling2d;
mod padded;
mod rbm;
mod recurrent;
mod reshape;
mod sampling;
mod simple_rnn;
mod up_sampling2d;
mod window;

pub use activity::ActivityRegularizer;
pub use add::Add;
pub use average_pooling2d::AveragePooling2d;
pub use batch_normalization::BatchNormalization;
pub use bidirectional::{Bidirectional, MergeMode};
pub use conv2d::Conv2d;
pub use conv2d_transpose::Conv2dTranspose;
pub use cropping1d::Cropping1d;
pub use dense::Dense;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use global_average_pooling2d::GlobalAveragePooling2d;
pub use gru::Gru;
pub use kernel::Regularizer;
pub use landscape::{Function, Landscape};
pub use layer_normalization::LayerNormalization;
pub use lstm::Lstm;
pub use max_pooling2d::MaxPooling2d;
pub use rbm::Rbm;
pub use reshape::Reshape;
pub use sampling::Sampling;
pub use simple_rnn::SimpleRnn;
pub use up_sampling2d::UpSampling2d;
pub use window::Padding;

use crate::error::Result;
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::Rng;
use serde::{Deserialize, Deserializer, Serialize, de};

/// One array of weights that a layer asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpec {
    /// Keras' name: `kernel`, `bias`, …
    pub name: &'static str,
    /// Where in the layer Keras has it: `lstm_cell`; empty for the layer's own.
    pub scope: &'static str,
    pub shape: Vec<usize>,
    pub initializer: Initializer,
    /// Penalty on these weights, part of the training loss.
    pub regularizer: Regularizer,
    /// Whether updates change them; if not, they are frozen, tied, or the layer's own ([`Layer::after_step`]).
    pub is_trainable: bool,
    /// Over how many layers the dense one comes before this whose kernel, transposed, these are; none where they are
    /// the layer's own.
    pub tied: Option<usize>,
}

impl WeightSpec {
    /// Trainable weights without a penalty.
    fn new(name: &'static str, shape: Vec<usize>, initializer: Initializer) -> Self {
        let regularizer = Regularizer::default();
        Self { name, scope: "", shape, initializer, regularizer, is_trainable: true, tied: None }
    }

    /// The same in a layer whose setting `trainable` is this.
    fn within(self, trainable: bool) -> Self {
        Self { is_trainable: self.is_trainable && trainable, ..self }
    }
}

/// What the numbers of an input are over all items of a data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    pub items: usize,
    /// `[..input_shape]`
    pub means: Vec<f32>,
    /// `[..input_shape]`
    pub variances: Vec<f32>,
}

impl Moments {
    /// Of so many items of `size` numbers, each written by `write` into what it is given.
    pub fn of(size: usize, items: usize, mut write: impl FnMut(usize, &mut [f32])) -> Self {
        let mut item = vec![0.0; size];
        let mut sums = vec![[0.0; 2]; size];
        for index in 0..items {
            write(index, &mut item);
            for ([sum, squares], &x) in sums.iter_mut().zip(&item) {
                *sum += f64::from(x);
                *squares += f64::from(x) * f64::from(x);
            }
        }
        let count = items.max(1) as f64;
        let variance = |[sum, squares]: [f64; 2]| (squares / count - sum * sum / (count * count)).max(0.0);
        Self {
            items,
            means: sums.iter().map(|[sum, _]| (sum / count) as f32).collect(),
            variances: sums.into_iter().map(|sums| variance(sums) as f32).collect(),
        }
    }
}

/// A differentiable step. Shapes are checked once, when a network is built ([`Self::build`]); what
/// was built computes without errors.
pub trait Layer: Send + Sync {
    /// Takes note of the input's shape and returns that of the output, both without the batch axis.
    ///
    /// # Errors
    /// [`crate::error::Error::Shape`] when the layer cannot take this input, [`crate::error::Error::Setting`] when a setting is
    /// out of its range (with its key relative to the layer).
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>>;

    /// The weights it needs, in the order in which they lie in the slice given to `forward`.
    fn weights(&self) -> Vec<WeightSpec> {
        Vec::new()
    }

    /// Over how many layers before it a second input reaches it, which has the shape of the first; the network
    /// adds that to what [`Self::forward`] gives. None for layers with one input.
    fn skip(&self) -> Option<usize> {
        None
    }

    /// Numbers of working space that a pass takes whatever the batch, beside the (at most four) that its
    /// trace keeps for each output.
    fn working_space(&self) -> usize {
        0
    }

    /// Numbers that its trace keeps of an item beside those four.
    fn kept_of_an_item(&self) -> usize {
        0
    }

    /// Sets those of its fresh weights, drawn by their initializers, that begin otherwise; `rng` is its own.
    fn after_draw(&self, _weights: &mut [f32], _rng: &mut Rng) {}

    /// Whether it can be given sequences step by step ([`crate::nn::Mode::Streaming`]): what it makes of a step depends
    /// on no later one, and on no number of steps.
    fn can_stream(&self) -> bool {
        false
    }

    /// Products of inputs and weights that it sums for one item, those with the zeros of a padding included.
    fn multiply_adds(&self) -> usize {
        0
    }

    /// Whether what it makes of a row, forwards and backwards, depends on no other row of the batch, and the
    /// gradients of its weights are sums over the rows that can go on ([`Trace::goes_on`]).
    fn is_rowwise(&self) -> bool {
        true
    }

    /// `[rows, ..input]` → `[rows, ..output]`: fills `output` of the trace and, where there is an
    /// activation, `pre_activation` and `activation`.
    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace);

    /// From `trace.grad_output`, to which it may add the gradient of a penalty ([`Trace::penalty`]): writes ∂loss/∂weights, frozen ones included, and ∂loss/∂input where one is wanted.
    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    );

    /// The part of its input that a part of its output is made of, both as first row, first column, rows
    /// and columns of an image; `None` where that is all of it.
    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(part)
    }

    /// Where in its input each of its outputs was taken from; nothing for layers that make them anew.
    fn taken(&self, _input: &[f32], _output: &[f32]) -> Vec<usize> {
        Vec::new()
    }

    /// Cells of the window of the unit at a row and column that lie above and left of its input.
    fn outside(&self, _: [usize; 2]) -> [usize; 2] {
        [0, 0]
    }

    /// Whether its first weights depend on the items that it will be given; see [`Self::adapt`].
    fn adapts(&self) -> bool {
        false
    }

    /// Sets first weights by what the numbers of its input are over all items, for the first layer of a network.
    fn adapt(&self, _weights: &mut [f32], _moments: &Moments) {}

    /// Takes over into weights that are not trainable what a training pass measured; called once for
    /// each step, when its pass and update are sound.
    fn after_step(&self, _weights: &mut [f32], _trace: &Trace) {}

    /// Its activation; `Linear` for layers that have none.
    fn activation(&self) -> Activation {
        Activation::Linear
    }

    /// Takes note, once the network is built, over how many numbers of a row its loss is a mean: penalties that are to
    /// be weighed against the loss of a row are divided by them.
    fn take_loss_of(&mut self, _numbers: usize) {}

    /// Whether its outputs are its activation of sums, the logits that a loss can be joined with.
    fn has_logits(&self) -> bool {
        true
    }

    /// From now on `grad_output` is ∂loss/∂logits: the loss is joined with the activation.
    fn join_loss(&mut self) {}
}

/// Makes the enum of all layers from one line for each: Keras' type, name, settings.
macro_rules! layers {
    ($($kind:literal $name:ident),*) => {
        /// The settings of one layer of any type: `{"type": "dense", "units": 16, …}`.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(tag = "type")]
        pub enum LayerConfig {
            $(#[serde(rename = $kind)] #[doc = concat!("`", $kind, "`")] $name($name)),*
        }

        impl LayerConfig {
            /// Keras' name of the type, from which the layers of a network get theirs.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind),* }
            }

            /// The layer with these settings, not yet built.
            #[must_use]
            pub fn layer(&self) -> Box<dyn Layer> {
                match self { $(Self::$name(layer) => Box::new(layer.clone())),* }
            }
        }

        impl<'de> Deserialize<'de> for LayerConfig {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let mut settings = serde_json::Map::deserialize(deserializer)?;
                let kind = settings.remove("type").unwrap_or_default();
                match kind.as_str() {
                    $(Some($kind) => settings_of(settings).map(Self::$name),)*
                    _ => Err(de::Error::custom(format!(
                        ".type: unknown value {kind}, expected one of {}",
                        [$(concat!("`", $kind, "`")),*].join(", ")
                    ))),
                }
            }
        }
    };
}

layers! {
    "add" Add,
    "average_pooling2d" AveragePooling2d,
    "batch_normalization" BatchNormalization,
    "bidirectional" Bidirectional,
    "conv2d" Conv2d,
    "conv2d_transpose" Conv2dTranspose,
    "cropping1d" Cropping1d,
    "dense" Dense,
    "dropout" Dropout,
    "embedding" Embedding,
    "flatten" Flatten,
    "global_average_pooling2d" GlobalAveragePooling2d,
    "gru" Gru,
    "landscape" Landscape,
    "layer_normalization" LayerNormalization,
    "lstm" Lstm,
    "max_pooling2d" MaxPooling2d,
    "rbm" Rbm,
    "reshape" Reshape,
    "sampling" Sampling,
    "simple_rnn" SimpleRnn,
    "up_sampling2d" UpSampling2d
}

impl LayerConfig {
    /// The settings of a dense layer, if it is one.
    #[must_use]
    pub fn as_dense(&self) -> Option<&Dense> {
        if let Self::Dense(dense) = self { Some(dense) } else { None }
    }

    /// The settings of a landscape, if it is one.
    #[must_use]
    pub fn as_landscape(&self) -> Option<&Landscape> {
        if let Self::Landscape(landscape) = self { Some(landscape) } else { None }
    }

    /// Whether it only comes between others: it keeps shapes and draws no weights, so that it can come and go while a
    /// network trains.
    #[must_use]
    pub fn is_between(&self) -> bool {
        matches!(
            self,
            Self::Add(_) | Self::BatchNormalization(_) | Self::Dropout(_) | Self::LayerNormalization(_)
        )
    }

    /// Whether it is one of those and has no weights at all.
    #[must_use]
    pub fn is_weightless(&self) -> bool {
        matches!(self, Self::Add(_) | Self::Dropout(_))
    }

    /// The activation that is a setting of it; none for layers without one.
    #[must_use]
    pub fn activation(&self) -> Option<Activation> {
        match self {
            Self::Dense(dense) => Some(dense.activation),
            Self::Conv2d(conv) => Some(conv.activation),
            Self::Conv2dTranspose(conv) => Some(conv.activation),
            Self::SimpleRnn(layer) => Some(layer.activation),
            Self::Lstm(layer) => Some(layer.activation),
            Self::Gru(layer) => Some(layer.activation),
            Self::Bidirectional(layer) => layer.layer.activation(),
            _ => None,
        }
    }

    /// Whether its weights are trained; none for layers without weights.
    #[must_use]
    pub fn trainable(&self) -> Option<bool> {
        match self {
            Self::BatchNormalization(layer) => Some(layer.trainable),
            Self::Conv2d(layer) => Some(layer.trainable),
            Self::Conv2dTranspose(layer) => Some(layer.trainable),
            Self::Dense(layer) => Some(layer.trainable),
            Self::LayerNormalization(layer) => Some(layer.trainable),
            Self::Embedding(layer) => Some(layer.trainable),
            Self::SimpleRnn(layer) => Some(layer.trainable),
            Self::Lstm(layer) => Some(layer.trainable),
            Self::Gru(layer) => Some(layer.trainable),
            Self::Rbm(layer) => Some(layer.trainable),
            Self::Bidirectional(layer) => layer.layer.trainable(),
            _ => None,
        }
    }

    /// Changes its activation, where it has one.
    pub fn set_activation(&mut self, activation: Activation) {
        match self {
            Self::Dense(dense) => dense.activation = activation,
            Self::Conv2d(conv) => conv.activation = activation,
            Self::Conv2dTranspose(conv) => conv.activation = activation,
            Self::SimpleRnn(layer) => layer.activation = activation,
            Self::Lstm(layer) => layer.activation = activation,
            Self::Gru(layer) => layer.activation = activation,
            Self::Bidirectional(layer) => layer.layer.set_activation(activation),
            _ => {}
        }
    }

    /// The same as [`Self::as_dense`], to change them.
    #[must_use]
    pub fn as_dense_mut(&mut self) -> Option<&mut Dense> {
        if let Self::Dense(dense) = self { Some(dense) } else { None }
    }
}

/// Keras' default of `trainable`.
fn trainable() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_trainable(trainable: &bool) -> bool {
    *trainable
}

/// Reads the settings of a layer; an error begins with the path of the setting inside the layer,
/// `.units: …`, so that the whole path can be told although the type had to be read first.
fn settings_of<T: de::DeserializeOwned, E: de::Error>(
    settings: serde_json::Map<String, serde_json::Value>,
) -> std::result::Result<T, E> {
    serde_path_to_error::deserialize(serde_json::Value::Object(settings)).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        E::custom(if path == "." { format!(": {inner}") } else { format!(".{path}: {inner}") })
    })
}
