//! The grammar of servers, resources and what they answer.

use std::fmt;
use std::mem::discriminant;

use super::cursor::{Cursor, Parsed, Read};
use super::policies::BytesPerSecond;
use super::quantities::number;
use super::values::{NonNegative, Then};
use super::{grammar, read, readers};
use crate::machine::phrases::RedirectStatus;
use crate::scenario::ast::{
    FaultTiming, Repetition, ResourceClause, ScriptedAnswer, ServerAnswer, ServerCertificate,
    ServerClause,
};
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Hex, Name, Nested, Quoted, Size, Word, kinds};
use crate::world::{CertificateProblem, HeadAnswer};

grammar! {
    { ServerClause:
        [Self::Latency(latency)] ", latency" NonNegative(latency);
        [Self::Rate(rate)] ", rate" Rate(rate);
        [Self::WithoutRanges] ", without ranges";
        [Self::WithoutSizes] ", without sizes";
        [Self::Head(answer)] ", HEAD answers" Nested(answer);
        [Self::Http10] ", HTTP/1.0";
        [Self::Certificate(certificate)] ", certificate" Nested(certificate);
        [Self::Asks(required)] ", asks for" Nested(required);
        [Self::Answers(script)] ", answers" Then(script);
    }
    { ResourceClause:
        [Self::Latency(latency)] ", latency" NonNegative(latency);
        [Self::Rate(rate)] ", rate" Rate(rate);
        [Self::WithoutRanges] ", without ranges";
        [Self::WithoutSizes] ", without sizes";
        [Self::Head(answer)] ", HEAD answers" Nested(answer);
        [Self::TakesUploads] ", takes uploads";
        [Self::Overwrites] ", overwrites";
        [Self::Executes] ", executes";
        [Self::LargestUpload(bytes)] ", largest upload" Size(bytes);
        [Self::Header(line)] ", header" Quoted(line);
        [Self::Answers(script)] ", answers" Then(script);
        [Self::ApplicationAnswers(script)] ", application answers" Then(script);
        [Self::ReplyAnswers(script)] ", reply answers" Then(script);
        [Self::Reply(bytes)] ", reply" Size(bytes);
    }
    { ServerCertificate:
        [Self::Bad(CertificateProblem::WrongName)] "of another name";
        [Self::Bad(CertificateProblem::Expired)] "expired";
        [Self::Bad(CertificateProblem::UnknownIssuer)] "of an unknown issuer";
        [Self::Bad(CertificateProblem::WrongUsage)] "for another use";
        [Self::Bad(CertificateProblem::Revoked)] "revoked";
        [Self::Hash(hash)] Hex(hash);
    }
    { HeadAnswer:
        [Self::AsGet] "as GET";
        [Self::WithoutLength] "without size";
        [Self::Length(bytes)] Size(bytes);
        [Self::Status(status)] HttpStatus(status);
    }
    { ScriptedAnswer:
        [Self { answer, times }] Nested(answer) Nested(times);
    }
    { ServerAnswer:
        [Self::Well] "well";
        [Self::IsSilent] "silence";
        [Self::ForgetsSession] "session lost";
        [Self::Redirects { status, url }] "redirect" RedirectStatus(status) "to" Name(url);
        [Self::Changes { after }] "file changed after" Size(after);
        [Self::Fails { failure, when }] Nested(failure) Nested(when);
    }
    { FaultTiming:
        [Self::After(bytes)] "after" Size(bytes);
        [Self::AtHead] "at HEAD";
        [Self::AtGet] "at GET";
        [Self::AtEnd] "at the end";
        [Self::AtOnce] "";
    }
    { Repetition:
        [Self::Always] "always";
        [Self::Count(count)] HowOften(count);
    }
    { HowOften(u64):
        [0] "never";
        [1] "once";
        [2] "twice";
        [count] Word(count) "times";
    }
}

kinds! {
    /// A rate such as `1 MiB/s`, which is not 0.
    Rate(u64) |rate, f| BytesPerSecond(rate).fmt(f);
    /// The HTTP status of a refusal.
    HttpStatus(u16) |status, f| status.fmt(f);
}

read! {
    Rate<'_> => u64: |c| c.verified("a rate such as 1 MiB/s", BytesPerSecond::read, |rate| {
        (rate > 0).then_some(rate)
    });
    HttpStatus<'_> => u16: |c| c.verified("an HTTP status such as 403", number, |status| {
        (300..=599).contains(&status).then_some(status)
    });
}

/// What follows the name of a server or the path of a resource, each after a comma.
pub(super) struct Clauses<'a, T>(pub(super) &'a [T]);

impl<T: fmt::Display> fmt::Display for Clauses<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|clause| clause.fmt(f))
    }
}

/// A clause of a line, of which some may come again.
pub(super) trait Clause: Read<Value = Self> + Sized {
    fn may_repeat(&self) -> bool;
}

impl Clause for ServerClause {
    fn may_repeat(&self) -> bool {
        false
    }
}

impl Clause for ResourceClause {
    fn may_repeat(&self) -> bool {
        matches!(self, Self::Header(_))
    }
}

impl<T: Clause> Read for Clauses<'_, T> {
    type Value = Vec<T>;

    /// Each clause once, unless it may come again.
    fn read(c: &mut Cursor<'_>) -> Parsed<Vec<T>> {
        let mut clauses: Vec<T> = Vec::new();
        while c.ahead().starts_with(',') {
            let start = c.next_place() + 1;
            let next = T::read(c)?;
            let same = |known: &T| discriminant(known) == discriminant(&next);
            if clauses.iter().any(same) && !next.may_repeat() {
                return c.fault(start, "another clause; this one is already set");
            }
            clauses.push(next);
        }
        Ok(clauses)
    }
}
