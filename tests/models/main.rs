//! Models: that they are explored as promised, and what holds in all states of a job.

mod all_states;
mod alphabet;
#[path = "../common/mod.rs"]
mod common;
mod eventually;
mod exploration;
mod invariants;
mod job;
mod jobs;
#[cfg(feature = "scenario")]
mod lessons;
#[path = "../common/model.rs"]
mod model;
mod one_job;
#[cfg(feature = "scenario")]
mod rows;
mod several_jobs;
#[path = "../service/model.rs"]
#[allow(dead_code, reason = "the random lives need all of it")]
mod simple_service;
#[path = "../service/support.rs"]
mod support;
mod symmetric;
#[path = "../common/trace.rs"]
mod trace;
mod two_jobs;
