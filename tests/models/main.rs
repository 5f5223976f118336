//! Models: that they are explored as promised, and what holds in all states of a job.

mod all_states;
mod alphabet;
#[path = "../common/mod.rs"]
mod common;
mod eventually;
mod exploration;
mod job;
#[cfg(feature = "scenario")]
mod lessons;
#[path = "../common/model.rs"]
mod model;
mod one_job;
#[cfg(feature = "scenario")]
mod rows;
#[path = "../common/trace.rs"]
mod trace;
