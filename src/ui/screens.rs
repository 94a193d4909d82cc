//! One file a screen.

mod about;
#[cfg(feature = "camera")]
mod camera;
mod frame;
mod home;
mod learn;
mod result;
mod settings;
mod welcome;

pub use about::About;
#[cfg(feature = "camera")]
pub use camera::Camera;
pub use frame::Frame;
pub use home::Home;
pub use learn::Learn;
pub use result::Result;
pub use settings::Settings;
pub use welcome::Welcome;

#[cfg(test)]
mod tests;
