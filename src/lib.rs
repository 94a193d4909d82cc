//! Spotcheck looks at a photo of a skin lesion and says what it resembles, how sure it is, and
//! whether to see a doctor, without anything leaving the device.

pub mod assessment;
pub mod diagnosis;
pub mod network;
pub mod photo;
