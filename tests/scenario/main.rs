//! Scenarios as they run.
#![cfg(feature = "scenario")]

mod bandwidth;
#[path = "../common/cases.rs"]
mod cases;
mod clients;
mod files;
mod long_runs;
mod readings;
mod recorded_job;
mod repetitions;
mod several_jobs;
mod trace_lines;
mod verdicts;
mod world;
