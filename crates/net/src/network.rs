//! The network that turns pixels into scores, and the weights that come with the app.

pub mod architecture;
pub mod calibration;
pub mod card;
pub mod efficientnet;
pub mod error;
pub mod input;
pub mod layers;
pub mod model;
pub mod pretrained;
pub mod probes;
pub mod weights;
