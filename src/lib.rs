//! Spotcheck looks at a photo of a skin lesion and says what it resembles, how sure it is, and
//! whether to see a doctor, without anything leaving the device.
//!
//! Each layer is a crate in `crates/`, which knows those below it alone; here they are put together under one name. Data flows one way:
//! bytes → [`photo`] → [`assessment`] (by way of the [`network`], which the [`engine`] runs) → the words of [`wording`], on a screen or
//! by the [`cli`]. With the feature `ui` there are also the window, the archive of spots and the report for the doctor.

#[cfg(feature = "ui")]
pub use ::archive;
#[cfg(feature = "ui")]
pub use app::{capture, platform, report, settings, ui};
pub use assess::{assessment, evidence, packs};
pub use net::{diagnosis, engine, modality, network, person};
pub use vision::{change, photo};
pub use {cli, wording};
