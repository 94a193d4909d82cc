//! The app's window: screens as functions of a small state.
//!
//! [`launch`] opens it. `state` holds what can change and the actions that change it, `screens` has one file a screen,
//! `parts` what several of them share, `work` the thread that computes.

mod app;
mod framing;
mod parts;
mod screens;
mod state;
mod work;

pub use app::launch;
