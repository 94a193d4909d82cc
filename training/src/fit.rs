//! From a trained network to a model that knows how far to trust itself: everything that is fitted on its answers.

pub mod calibrate;
pub mod case;
pub mod judge;
mod novelty;
pub mod parameters;
mod person;
pub mod probes;
pub mod quality;
mod quantile;
mod rejection;
mod triage;

#[cfg(test)]
mod tests;
