//! The reference: every word is explained, and what it shows is so.
#![cfg(feature = "scenario")]

mod exercises;
mod methods;
mod pictures;
mod shown;
mod words;
