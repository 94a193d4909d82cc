//! How large a lesion is, in millimetres: from a coin or a ruler beside it. `docs/size.md` says how well.
//!
//! [`coins`] knows their diameters, [`find`] looks for one on the photo and [`nudge`] moves its outline by hand. A [`Reference`] makes a
//! [`Scale`], and [`measure()`] a [`Size`] of a photo and a reference: never one without it.

pub mod coins;
mod edges;
mod ellipse;
pub mod find;
mod fit;
mod measure;
pub mod nudge;
mod plane;
mod reference;
mod size;

pub use ellipse::Ellipse;
pub use measure::{MeasureError, measure};
pub use plane::{Estimate, Scale, ScaleError};
pub use reference::{Marked, Reference};
pub use size::Size;
