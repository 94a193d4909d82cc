//! Which pictures there are, what they show, who may learn from them, and how they reach the network.

pub mod augment;
pub mod batches;
pub mod dataset;
pub mod duplicates;
pub mod error;
mod files;
mod groups;
pub mod hash;
pub mod load;
pub mod negatives;
pub mod sample;
pub mod sources;
pub mod split;
pub mod survey;
mod table;
