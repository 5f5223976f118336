//! One job: calls, events and clocks of a `JobStateMachine`.

mod access;
mod adding_files;
mod canonical_state;
#[path = "../common/cases.rs"]
mod cases;
mod changed_files;
mod changes_at_one_instant;
mod client;
mod clocks;
mod command_line;
mod command_line_repeats;
#[path = "../common/mod.rs"]
mod common;
mod completing;
mod cost_and_power;
mod empty_files;
mod error_texts;
mod failures;
mod hostile_time;
mod http_method;
mod inactivity;
mod last_bytes;
mod limits;
mod matrix;
mod maximum_download_time;
#[path = "../common/model.rs"]
mod model;
mod modifications;
mod modifications_told;
mod modifying;
mod names;
mod notification_order;
mod notification_repeats;
mod notification_traces;
mod notifications;
mod on_demand;
mod progress_and_times;
mod properties;
mod random_traces;
mod random_traces_reach;
mod range_notifications;
mod ranges;
mod recipients;
mod redirects;
mod remote_names;
mod response_headers;
mod return_codes;
mod server_certificates;
mod setters;
mod setters_generic;
mod setters_http;
mod setters_new_job;
mod setters_proxy;
mod special_jobs;
mod t1_methods_by_state;
mod t2_error_object_by_state;
mod t3_failures;
mod t4_events_by_state;
mod t4_holds;
mod taking_ownership;
#[path = "../common/trace.rs"]
mod trace;
mod uploads;
mod validation;
