//! The example clients, each under several faults.

mod adoption;
mod batch;
mod callback;
mod polling;
mod upload_reply;
