//! The reference: what each word of BITS and of the scenario language means, for those who look it up.
//!
//! A word is a state, a code, an error context, a priority, a method, a property, a flag, a rule, a notification, a
//! trigger of the [transition table](crate::machine::TRANSITIONS), a reading, a statement of the language, or a term of
//! the glossary.
//! [`explain`] tells of each what it means, between which states it leads, which rules speak of it, what usually
//! causes it and what a client does, with a scenario that shows it. The same data is a text (`Display`) and a page in
//! Markdown ([`Entry::to_markdown`]); the command `bits explain` prints it.
//!
//! ```
//! use bits_emulator::reference::{self, WordKind};
//!
//! let found = reference::explain("0x80200003")?;
//! assert_eq!((found[0].kind, found[0].name.as_str()), (WordKind::Code, "BG_E_EMPTY"));
//! assert!(found[0].causes[0].contains("Resume before the first AddFile"));
//!
//! // The number of an HTTP status, and a word of several kinds.
//! assert_eq!(reference::explain("503")?[0].name, "BG_E_HTTP_ERROR_503");
//! assert_eq!(reference::explain("resume")?.len(), 3);
//!
//! let unknown = reference::explain("TRANSFERED").unwrap_err();
//! assert_eq!(unknown.nearest[0], "TRANSFERRED");
//! # Ok::<(), reference::UnknownWord>(())
//! ```
//!
//! [`Exercise::all`] has the exercises of the guide. [`Diagram`] draws the states and what leads from one to the other, [`Timeline`] the run of a scenario.

mod course;
mod diagram;
mod entry;
mod exercises;
mod interfaces;
mod language;
mod lookup;
mod mentions;
mod scenarios;
mod svg;
mod timeline;
mod words;

pub use diagram::{Arrow, Diagram};
pub use entry::{Entry, ExampleScenario, WordKind};
pub use exercises::{Exercise, WrongAnswer};
pub use interfaces::Emulation;
pub use lookup::{UnknownWord, entries, explain, names};
pub use timeline::Timeline;
