//! How large a lesion is, in millimetres: from a coin or a ruler beside it.
//!
//! [`coins`] knows their diameters, [`find`] looks for one on the photo.

pub mod coins;
mod edges;
pub mod ellipse;
pub mod find;
mod fit;
