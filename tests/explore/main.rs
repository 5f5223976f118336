//! Programs under exploration: clients with bugs that BITS clients really had, and the corrected ones.

mod agreement;
#[cfg(feature = "scenario")]
#[path = "../common/cases.rs"]
mod cases;
#[cfg(feature = "scenario")]
mod checks;
mod children;
mod clients;
mod ends;
mod environment;
mod found;
mod incidents;
mod kills;
mod late_callbacks;
mod limits;
mod lives;
mod parts;
mod poller;
mod promises;
mod refusals;
mod replays;
#[cfg(feature = "scenario")]
mod scenarios;
mod several;
mod stories;
#[cfg(feature = "proptest")]
mod strategies;
