//! The example clients, each under several faults.

mod adoption;
mod async_client;
mod batch;
mod callback;
mod first_tests;
mod polling;
#[cfg(feature = "proptest")]
mod property_test;
mod upload_reply;
