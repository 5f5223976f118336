//! Models: that they are explored as promised, and what holds in all states of a job.

mod eventually;
mod exploration;
