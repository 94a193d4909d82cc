//! What can be measured of a lesion on its picture, and how far two pictures of it differ.
//!
//! [`outline`] finds the lesion, [`shape`] measures it, [`align`] lays one picture over another. None of it needs the network.

pub mod align;
pub mod outline;
pub mod shape;
