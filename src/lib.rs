//! Spotcheck looks at a photo of a skin lesion and says what it resembles, how sure it is, and
//! whether to see a doctor, without anything leaving the device.
//!
//! Data flows one way: bytes → [`photo`] → [`assessment`] (by way of the [`network`], which the [`engine`] runs) → the words of
//! [`wording`], on a screen or by the [`cli`]. With the feature `ui` there are also the window, the archive of spots and the report
//! for the doctor.

pub use vision::{change, photo};

#[cfg(feature = "ui")]
pub mod archive;
pub mod assessment;
#[cfg(feature = "ui")]
pub mod capture;
pub mod cli;
pub mod diagnosis;
pub mod engine;
pub mod evidence;
#[cfg(feature = "ui")]
pub mod files;
pub mod modality;
pub mod network;
pub mod packs;
pub mod person;
#[cfg(feature = "ui")]
pub mod platform;
#[cfg(feature = "ui")]
pub mod report;
#[cfg(feature = "ui")]
pub mod settings;
#[cfg(feature = "ui")]
pub mod shelf;
#[cfg(feature = "ui")]
pub mod ui;
pub mod wording;
