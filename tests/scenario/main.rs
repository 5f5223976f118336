//! Scenarios as they run.
#![cfg(feature = "scenario")]

mod files;
mod recorded_job;
mod several_jobs;
mod world;
