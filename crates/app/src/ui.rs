//! The app's window: screens as functions of a small state.
//!
//! [`launch`] opens it. From the top down: `window` is the frame around `app`, the root with its routes; `screens` has
//! one file a screen, `parts` what several of them share; `state` holds what can change and the actions that change it.
//! Below it are `vision_worker` and `archive_worker`, the threads (`work`) that assess and that keep, `pictures`, by which pictures come
//! to the screen, `model`, which model answers, and `destination`, where one can go. None of them knows those above it.

mod app;
mod archive_worker;
mod destination;
mod framing;
mod model;
mod parts;
mod pictures;
mod pulse;
mod screens;
mod state;
mod vision_worker;
mod window;
mod work;

pub use window::launch;
