//! The app's window: screens as functions of a small state.
//!
//! [`launch`] opens it. `state` holds what can change and the actions that change it, `screens` has one file a screen,
//! `parts` and `icons` what several of them share, `pictures` how pictures come to the screen, `model` which model answers;
//! `look` and `keeper` are the threads (`work`) that assess and that keep.

mod app;
mod body_map;
mod chart;
mod framing;
mod icons;
mod keeper;
mod look;
mod model;
mod parts;
mod pictures;
mod pulse;
mod screens;
mod state;
mod work;

pub use app::launch;
