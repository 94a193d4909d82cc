//! The network that turns pixels into scores, and the weights that come with the app.

pub mod architecture;
pub mod efficientnet;
pub mod input;
pub mod layers;
pub mod model;
pub mod pretrained;
pub mod probes;
