//! Programs under exploration: clients with bugs that BITS clients really had, and the corrected ones.

mod agreement;
mod clients;
mod found;
mod lives;
mod poller;
mod replays;
mod stories;
