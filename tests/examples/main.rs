//! The example clients, each under several faults.

mod adoption;
mod async_client;
mod batch;
mod callback;
mod first_tests;
mod polling;
mod upload_reply;
