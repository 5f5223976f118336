//! The grammar of lines.

use std::fmt;
use std::sync::Arc;

use super::cursor::{Cursor, Mismatch, Parsed, Read};
use super::names::{About, JobName};
use super::servers::Clauses;
use super::values::{List, NonNegative, guid, number};
use super::{grammar, readers};
use crate::scenario::ast::{Advance, ChoiceOrder, JobDecl, ReadingAnswer, ResourceDecl, Statement};
use crate::vocabulary::text::phrases::{Spaced, phrases};
use crate::vocabulary::text::quantities::{
    Code, Duration, Instant, Name, Nested, OrNull, Size, Word,
};
use crate::vocabulary::{CertificateLookup, JobId, Readings, Switch};

grammar! {
    { Statement:
        // Lines that may begin with a name first, because it may be like the beginning of another.
        [Self::Step(step)] Nested(step);
        [Self::ClientResponses(job, responses)] About(job) Nested(responses);
        [Self::Advance(job, advance)] About(job) "advance" Nested(advance);
        [Self::Expect(job, all)] About(job) "expect" List(all);
        [Self::Start(at)] "start" Instant(at);
        [Self::ByHand] "by hand";
        [Self::Reading(reading)] "reading" Nested(reading);
        [Self::Order(order)] Nested(order);
        [Self::ServerRemoved(host)] "server" Name(host) "removed";
        [Self::Server { host, clauses }] "server" Name(host) Clauses(clauses);
        [Self::ResourceRemoved(path)] Path(path) "removed";
        [Self::Resource(resource)] Nested(resource);
        [Self::Proxy(change)] "proxy server" Nested(change);
        [Self::Disk(change)] Nested(change);
        [Self::CertificateStore(lookup)] "certificate store" StoreAnswers(lookup);
        [Self::Job(job)] Nested(job);
        [Self::Again { steps: 1, times, every }]
            "last 1 step again" Word(times) "times, every" Duration(every);
        [Self::Again { steps, times, every }]
            "last" Word(steps) "steps again" Word(times) "times, every" Duration(every);
    }
    { ChoiceOrder:
        [Self::Seed(seed)] "seed" Word(seed);
        [Self::Choices(choices)] "choices" Numbers(choices);
    }
    { ResourceDecl:
        [Self { path, size, clauses }] Path(path) ""? Size(size) Clauses(clauses);
    }
    { StoreAnswers(CertificateLookup):
        [CertificateLookup::Found] "has everything";
        [CertificateLookup::NoStore] "missing";
        [CertificateLookup::NoCertificate] "has no such certificate";
        [CertificateLookup::AccessDenied] "denied";
    }
    { JobDecl:
        [Self { name, label, job_type, owner, id, code }]
            "job" OrNull(name) "as"? JobName(label) "," Word(job_type) ", by" Nested(owner) Id(id)
            "->"? Code(code);
    }
    { Advance:
        [Self::UntilState(state)] "until" Word(state);
        [Self::UntilBytes(bytes)] "until" Size(bytes);
        [Self::To(at)] "to" Instant(at);
        [Self::By(duration)] NonNegative(duration);
    }
}

/// The path of a resource.
struct Path<'a>(&'a str);

/// Numbers with spaces between them.
struct Numbers<'a>(&'a [usize]);

/// `, {GUID}`, or nothing for the id that is all zero.
struct Id<'a>(&'a JobId);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Name(self.0).fmt(f)
    }
}

impl Read for Path<'_> {
    type Value = Arc<str>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
        c.verified("a path such as /app.exe", Name::read, |path| {
            path.starts_with('/').then_some(path)
        })
    }
}

impl fmt::Display for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Spaced::new(f);
        self.0.iter().try_for_each(|number| out.put(number))
    }
}

impl Read for Numbers<'_> {
    type Value = Vec<usize>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Vec<usize>> {
        c.separated("", number)
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self.0 == JobId::default() { Ok(()) } else { write!(f, ", {}", self.0) }
    }
}

impl Read for Id<'_> {
    type Value = JobId;

    fn read(c: &mut Cursor<'_>) -> Parsed<JobId> {
        let id = c.attempt(|c| {
            c.words(",")?;
            guid(c)
        });
        Ok(id.map(JobId).unwrap_or_default())
    }
}

impl fmt::Display for ReadingAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.switch, self.answer)
    }
}

impl Read for ReadingAnswer {
    type Value = Self;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        let switches = Readings::SWITCHES.iter().map(|switch| (switch.name, switch));
        let Switch { name: switch, answers, .. } = c.choice(switches)?;
        c.words(":")?;
        // An answer may begin like another: it must end the line.
        let answer = answers.iter().find(|answer| {
            c.attempt(|c| {
                c.words(answer)?;
                c.end()
            })
            .is_some()
        });
        answer.map(|answer| Self { switch, answer }).ok_or(Mismatch)
    }
}
