//! Saying how good a model is: figures with intervals, the model card, and plots.

pub mod answered;
pub mod evaluate;
pub mod figures;
pub mod judgements;
pub mod measure;
pub mod model_card;
pub mod plots;
pub mod practice;
pub mod sources;
pub mod tables;
pub mod variants;
