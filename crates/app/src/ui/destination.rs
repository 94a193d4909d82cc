//! Where one can go: a name and an address for each screen, for links and for what comes after an action.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use dioxus::router::NavigationTarget;

use archive::record::{CheckId, PatientId, SpotId};

/// Of what something is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All that is kept.
    Everything,
    /// What is of this patient.
    Patient(PatientId),
    /// This spot.
    Spot(SpotId),
}

const EVERYTHING: &str = "everything";
const PERSON: &str = "person-";
const SPOT: &str = "spot-";

impl Display for Part {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => write!(formatter, "{EVERYTHING}"),
            Self::Patient(id) => write!(formatter, "{PERSON}{id}"),
            Self::Spot(id) => write!(formatter, "{SPOT}{id}"),
        }
    }
}

/// It is no part of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPart;

impl FromStr for Part {
    type Err = NoPart;

    fn from_str(text: &str) -> Result<Self, NoPart> {
        let patient = |id: &str| id.parse().map(Self::Patient).map_err(|_| NoPart);
        let spot = |id: &str| id.parse().map(Self::Spot).map_err(|_| NoPart);
        match (text.strip_prefix(PERSON), text.strip_prefix(SPOT)) {
            (Some(id), _) => patient(id),
            (_, Some(id)) => spot(id),
            _ if text == EVERYTHING => Ok(Self::Everything),
            _ => Err(NoPart),
        }
    }
}

/// A screen, as links name it. The routes, which know how each of them is drawn, lie above all screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The start.
    Home,
    /// The desktop's camera.
    #[cfg(feature = "camera")]
    Camera,
    /// Framing a photo.
    Frame,
    /// The answer that is shown.
    Result,
    /// Measuring the spot on the photo that was assessed.
    Size,
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
    /// Saying of which spot each of several earlier photos is.
    Sort,
    /// The people whose spots are kept.
    People,
    /// One of them.
    Patient(PatientId),
    /// Files for others, of this part.
    Share(Part),
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
            #[cfg(feature = "camera")]
            Self::Camera => write!(formatter, "/camera"),
            Self::Frame => write!(formatter, "/frame"),
            Self::Result => write!(formatter, "/result"),
            Self::Size => write!(formatter, "/size"),
            Self::Keep => write!(formatter, "/keep"),
            Self::Spots => write!(formatter, "/spots"),
            Self::Spot(id) => write!(formatter, "/spot/{id}"),
            Self::Compare(id) => write!(formatter, "/compare/{id}"),
            Self::Check(id) => write!(formatter, "/check/{id}"),
            Self::Round => write!(formatter, "/round"),
            Self::Sort => write!(formatter, "/sort"),
            Self::People => write!(formatter, "/people"),
            Self::Patient(id) => write!(formatter, "/person/{id}"),
            Self::Share(part) => write!(formatter, "/share/{part}"),
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
