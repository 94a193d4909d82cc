//! What several screens share, one file each: the bar at the top, buttons that get a photo, an answer in full, lists.

mod bar;
mod body_map;
mod chart;
mod check_row;
mod choice;
mod draft;
mod drawn_mole;
mod explained;
mod get_photo;
mod icons;
mod labels;
mod locks;
mod look_again;
mod notice;
mod noticed;
mod patient_form;
mod picture;
mod sized;
mod spot_name;
mod which;
mod whose;

pub use bar::Bar;
pub use body_map::{BodyMap, Mark, region};
pub use chart::{RiskChart, another_model};
pub use check_row::CheckRow;
pub use choice::Choice;
pub use draft::draft;
pub use drawn_mole::{DrawnMole, DrawnSkin, Mole, Patch, Shade, Skin, Wave};
pub use explained::{Explained, PHOTO_TIPS, Small};
#[cfg(feature = "camera")]
pub use get_photo::PhotoInput;
pub use get_photo::{EarlierPhotos, GetPhoto, UnsortedPhotos};
pub use icons::{Glyph, Icon};
pub use labels::{DiagnosisName, Foreign, day, day_of, list, tone};
pub use locks::{AskPassphrase, Closed, FirstPassphrase, NewPassphrase};
pub use look_again::LookAgain;
pub use notice::{Notice, Working};
pub use noticed::{Noticed, Warned};
pub use patient_form::PatientForm;
pub use picture::{Shown, Thumbnail};
pub use sized::Sized;
pub use spot_name::{MOST_NAME, title};
pub use which::{NewSpot, WhichSpot, new_spot};
pub use whose::{WhoseSpot, names};

/// So many of a long list are shown at first, and more on demand.
pub const AT_ONCE: usize = 20;
