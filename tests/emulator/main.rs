//! What an application under test holds.

mod bandwidth;
mod bandwidth_changes;
mod bitsadmin;
mod callbacks;
#[path = "../common/cases.rs"]
mod cases;
mod certificates;
mod clock;
mod downloads;
mod event_log;
mod expectations;
mod explain;
mod file_owners;
mod file_stamps;
mod hooks;
mod hostile;
mod json;
mod long_downloads;
mod open_files;
mod progress;
mod progression;
mod proxies;
mod queue_enumerator;
mod rates;
mod real_time;
mod rights;
mod saved;
mod server_answers;
mod sessions;
mod slices;
mod surroundings;
mod tables;
mod threads;
mod trace;
mod upload_sessions;
mod uploads;
