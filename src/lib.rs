//! Spotcheck looks at a photo of a skin lesion and says what it resembles, how sure it is, and
//! whether to see a doctor, without anything leaving the device.
//!
//! Data flows one way: bytes → [`photo`] → [`assessment`] (by way of the [`network`]) → the words of
//! [`wording`], on a screen or by the [`cli`].

pub mod assessment;
pub mod cli;
pub mod diagnosis;
pub mod network;
pub mod photo;
pub mod wording;
