//! One file a screen.

mod about;
mod backup;
mod camera;
mod compare;
mod frame;
mod home;
mod keep;
mod learn;
mod lock;
mod model;
mod patient;
mod people;
mod quiz;
mod result;
mod round;
mod saved;
mod self_examination;
mod settings;
mod signs;
mod spot;
mod spots;
mod welcome;

pub use about::About;
pub use backup::Backup;
pub use camera::Camera;
pub use compare::Compare;
pub use frame::Frame;
pub use home::Home;
pub use keep::Keep;
pub use learn::Learn;
pub use lock::Lock;
pub use model::Model;
pub use patient::Patient;
pub use people::People;
pub use quiz::Quiz;
pub use result::Result;
pub use round::Round;
pub use saved::Saved;
pub use self_examination::SelfExamination;
pub use settings::Settings;
pub use signs::Signs;
pub use spot::Spot;
pub use spots::Spots;
pub use welcome::Welcome;

#[cfg(test)]
mod tests;
