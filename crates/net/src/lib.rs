//! The network: what it tells apart, how its pictures were taken, its weights and card, and the engine that runs it.

pub mod diagnosis;
pub mod engine;
pub mod modality;
pub mod network;
pub mod person;
