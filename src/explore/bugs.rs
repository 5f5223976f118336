//! The table of bugs: what an exploration takes to find bugs that BITS clients really had.
//!
//! Each row is a client with one bug, of the folder `tests/explore/clients`; the rules that the corrected clients keep
//! are in [writing a client that survives](crate::explore::surviving).
//!
//! - *bound*: the incidents and deviations within which the bug is [looked for](crate::explore::Program::bound).
//! - *length*: how many [points](crate::explore::Counterexample::points) the first counterexample has.
//! - The other columns are the ways to explore: at the [first visit](crate::explore::Strategy::FirstVisits) of each
//!   situation, the default, and at [every point](crate::explore::Strategy::EveryPoint); each with pruning, and
//!   [without](crate::explore::Program::without_pruning). In each stands: in which run the bug is found, and after
//!   which time; behind the semicolon, how many runs the corrected client takes, which keeps every promise within the same
//!   bound. Its budget has the bug's own incident and a kill, of which a run within a bound of one incident has one at
//!   most.
//! - *corrected, with two kills*: the runs and the time of the corrected client within two incidents and as many
//!   deviations, at first visits with pruning. Both incidents may be kills, or one a kill and the other the bug's own.
//!
//! An exploration ends after 10,000 runs or three seconds. Behind a `>` stands how many runs it made until then: of one
//! that ran out of time, another number on another computer. All other numbers of runs are the same wherever the table is
//! made. The times are of one thread on a shared machine with two cores, beside other work.
//! `cargo bench --bench explore_bugs` makes the table.
#![doc = include_str!("bugs.md")]
