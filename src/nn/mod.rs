//! What learns: activations, losses, initializers, layers, and the network that joins them. A layer
//! says what it is and how it computes; weights, gradients and what a pass leaves behind are kept by
//! [`Network`] and [`Pass`], so that one network can be read, snapshot and evaluated while it trains.

mod activation;
mod init;
pub mod layers;
mod loss;
mod network;
mod pass;
pub mod rbm;
mod survey;
mod unrolled;

pub use activation::Activation;
pub use init::{Initializer, InitializerName};
pub use layers::{Layer, LayerConfig, Moments};
pub use loss::Loss;
pub use network::{Learned, Moved, Network, NetworkConfig, Plan, Slot};
pub use pass::{Mode, Pass, Trace};
pub use survey::{Cost, Survey};
pub use unrolled::Unrolled;
