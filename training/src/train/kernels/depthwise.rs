//! The depthwise convolution of one picture, forwards and backwards, with the normalisation and activation before it applied as it
//! reads and the sums for the normalisation after it taken as it writes.
//!
//! A few rows of the picture are in cache at a time, as f32, vector of channels after vector of channels and with room for the kernel
//! on either side, so that no pixel is a special case.

mod backward;
mod forward;
mod rows;

pub use backward::backward;
pub use forward::forward;
