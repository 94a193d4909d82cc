//! Teaching the network: the loop and what it takes, and what the network says of pictures.

pub mod adamw;
pub mod average;
pub mod checkpoint;
pub mod config;
mod ema;
pub mod exported;
pub mod fast;
pub mod figures;
pub mod kept;
pub mod kernels;
pub mod predict;
pub mod run;
mod sampling;
pub mod speed;
mod start;
pub mod trainer;
