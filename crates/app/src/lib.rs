//! Spotcheck as an app: its window and screens, what differs between systems, and the report for the doctor.

pub mod capture;
pub mod finding;
pub mod platform;
pub mod report;
pub mod settings;
pub mod size;
pub mod ui;
