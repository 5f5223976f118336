//! The grammar of what happens: calls, events, deadlines, and what users do.

use std::fmt;

use chrono::{DateTime, Utc};

use super::cursor::{Cursor, Parsed, Read};
use super::names::{About, Acting};
use super::values::And;
use super::{grammar, readers};
use crate::machine::phrases::Elapsed;
use crate::scenario::ast::{StepAction, StepStatement, UserAction};
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Code, Instant, Nested, Word};

grammar! {
    { StepStatement:
        [Self { at, job, what, code, state }]
            At(at) About(job) Nested(what) "->"? Code(code) "=>"? Word(state);
    }
    { StepAction:
        [Self::User(user, action)] Acting(user) Nested(action);
        [Self::StillCall(caller, call)] "still by" Nested(caller) ":" Nested(call);
        [Self::Call(Some(caller), call)] "by" Nested(caller) ":" Nested(call);
        [Self::Call(None, call)] Nested(call);
        [Self::Event(event)] Nested(event);
        [Self::Policies(changes)] And(changes);
        [Self::Link(link)] "link" Nested(link);
        [Self::BandwidthLimits] "bandwidth limits change";
        [Self::Deadline(deadline)] Elapsed(deadline);
    }
    { UserAction:
        [Self::LogsOn] "logs on";
        [Self::LogsOff] "logs off";
        [Self::Exits] "exits";
    }
}

/// The instant at the beginning of a line, if it has one.
struct At<'a>(&'a Option<DateTime<Utc>>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |at| write!(f, "at {} ", Instant(at)))
    }
}

impl Read for At<'_> {
    type Value = Option<DateTime<Utc>>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self::Value> {
        Ok(c.attempt(|c| {
            c.words("at")?;
            Instant::read(c)
        }))
    }
}
