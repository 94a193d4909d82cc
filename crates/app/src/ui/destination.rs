//! Where one can go: a name and an address for each screen, for links and for what comes after an action.

use std::fmt::{self, Display, Formatter};

use dioxus::router::NavigationTarget;

use archive::record::{CheckId, PatientId, SpotId};

/// A screen, as links name it. The routes, which know how each of them is drawn, lie above all screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The start.
    Home,
    /// The camera.
    Camera,
    /// Framing a photo.
    Frame,
    /// The answer that is shown.
    Result,
    /// Keeping that answer.
    Keep,
    /// All spots.
    Spots,
    /// One spot.
    Spot(SpotId),
    /// Comparing the checks of a spot.
    Compare(SpotId),
    /// A check that was kept.
    Check(CheckId),
    /// Looking at all that are due, one after the other.
    Round,
    /// The people whose spots are kept.
    People,
    /// One of them.
    Patient(PatientId),
    /// The passphrase.
    Lock,
    /// Export and import.
    Backup,
    /// The model that answers.
    Model,
    /// What to know about moles and the model.
    Learn,
    /// What to look for on the skin.
    Signs,
    /// Looking oneself over.
    SelfExamination,
    /// A quiz on drawn cases.
    Quiz,
    /// The settings.
    Settings,
    /// A document that comes with the app.
    About(&'static str),
}

impl Display for Destination {
    /// The address.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => write!(formatter, "/"),
            Self::Camera => write!(formatter, "/camera"),
            Self::Frame => write!(formatter, "/frame"),
            Self::Result => write!(formatter, "/result"),
            Self::Keep => write!(formatter, "/keep"),
            Self::Spots => write!(formatter, "/spots"),
            Self::Spot(id) => write!(formatter, "/spot/{id}"),
            Self::Compare(id) => write!(formatter, "/compare/{id}"),
            Self::Check(id) => write!(formatter, "/check/{id}"),
            Self::Round => write!(formatter, "/round"),
            Self::People => write!(formatter, "/people"),
            Self::Patient(id) => write!(formatter, "/person/{id}"),
            Self::Lock => write!(formatter, "/lock"),
            Self::Backup => write!(formatter, "/backup"),
            Self::Model => write!(formatter, "/model"),
            Self::Learn => write!(formatter, "/learn"),
            Self::Signs => write!(formatter, "/signs"),
            Self::SelfExamination => write!(formatter, "/self-examination"),
            Self::Quiz => write!(formatter, "/quiz"),
            Self::Settings => write!(formatter, "/settings"),
            Self::About(document) => write!(formatter, "/about/{document}"),
        }
    }
}

impl From<Destination> for NavigationTarget {
    fn from(destination: Destination) -> Self {
        Self::Internal(destination.to_string())
    }
}
