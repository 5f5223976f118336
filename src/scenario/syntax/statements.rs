//! The grammar of statements, and of the steps among them: calls, events, deadlines, and what users do.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cursor::{Cursor, Mismatch};
use super::names::{About, ActingUser, JobName};
use super::quantities::{guid, number};
use super::servers::Clauses;
use super::values::{And, List, NonNegative};
use super::{grammar, read, readers};
use crate::machine::phrases::Elapsed;
use crate::scenario::ast::{
    Advance, CalledBy, ChoiceOrder, JobDecl, ReadingAnswer, ResourceDecl, ServiceChange, Statement,
    StepAction, StepStatement, UserAction,
};
use crate::vocabulary::text::phrases::{Spaced, phrases};
use crate::vocabulary::text::quantities::{
    Code, Duration, Instant, Name, Nested, OrNull, Size, Word, kinds,
};
use crate::vocabulary::{CertificateLookup, JobId, Readings, Switch};

grammar! {
    { Statement:
        // Lines that may begin with a name first, because it may be like the beginning of another.
        [Self::Step(step)] Nested(step);
        [Self::Client(client)] Nested(client);
        [Self::ClientResponses(job, responses)] About(job) Nested(responses);
        [Self::Advance(job, advance)] About(job) "advance" Nested(advance);
        [Self::Expect(job, all)] About(job) "expect" List(all);
        [Self::Question(job, question)] About(job) Nested(question);
        [Self::Polls(client)] Nested(client);
        [Self::InState(row)] Nested(row);
        [Self::Open(open)] Nested(open);
        [Self::EndsAfter(time)] "time ends after" NonNegative(time);
        [Self::Start(at)] "start" Instant(at);
        [Self::ByHand] "by hand";
        [Self::NoExpectations] "no expectations";
        [Self::Reading(reading)] "reading" Nested(reading);
        [Self::Order(order)] Nested(order);
        [Self::ServerRemoved(host)] "server" Name(host) "removed";
        [Self::Server { host, clauses }] "server" Name(host) Clauses(clauses);
        [Self::ResourceRemoved(path)] Path(path) "removed";
        [Self::Resource(resource)] Nested(resource);
        [Self::Proxy(change)] "proxy server" Nested(change);
        [Self::Disk(change)] Nested(change);
        [Self::CertificateStore(lookup)] "certificate store" StoreAnswers(lookup);
        [Self::UnavailableCode(code)] "unavailable service returns" Code(code);
        [Self::ConnectFailure(code, times)] "connecting fails with" Code(code) Nested(times);
        [Self::Job(job)] Nested(job);
        [Self::Again { steps: 1, times, every }]
            "last 1 step again" Word(times) "times, every" Duration(every);
        [Self::Again { steps, times, every }]
            "last" Word(steps) "steps again" Word(times) "times, every" Duration(every);
    }
    { StepStatement:
        [Self { at, job, what, code, state }]
            At(at) About(job) Nested(what) "->"? Code(code) "=>"? Word(state);
    }
    { StepAction:
        [Self::User(user, action)] ActingUser(user) Nested(action);
        [Self::Call(CalledBy::Holder(caller), call)] "still by" Nested(caller) ":" Nested(call);
        [Self::Call(CalledBy::Client(caller), call)] "by" Nested(caller) ":" Nested(call);
        [Self::Call(CalledBy::Owner, call)] Nested(call);
        [Self::Event(event)] Nested(event);
        [Self::Service(change)] "service" Nested(change);
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
    { ServiceChange:
        [Self::Stops] "stops";
        [Self::Starts] "starts";
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

kinds! {
    /// The instant at the beginning of a line, if it has one.
    At(Option<DateTime<Utc>>) |at, f| {
        at.as_ref().map_or(Ok(()), |at| write!(f, "at {} ", Instant(at)))
    };
    /// The path of a resource.
    Path(str) |path, f| Name(path).fmt(f);
    /// Numbers with spaces between them.
    Numbers([usize]) |numbers, f| {
        let mut out = Spaced::new(f);
        numbers.iter().try_for_each(|number| out.put(number))
    };
    /// `, {GUID}`, or nothing for the id that is all zero.
    Id(JobId) |id, f| if *id == JobId::default() { Ok(()) } else { write!(f, ", {id}") };
}

read! {
    At<'_> => Option<DateTime<Utc>>: |c| {
        Ok(c.attempt(|c| c.words("at").and_then(|()| Instant::read(c))))
    };
    Path<'_> => Arc<str>: |c| c.verified("a path such as /app.exe", Name::read, |path| {
        path.starts_with('/').then_some(path)
    });
    Numbers<'_> => Vec<usize>: |c| c.separated("", number);
    Id<'_> => JobId: |c| {
        let id = c.attempt(|c| c.words(",").and_then(|()| guid(c)));
        Ok(id.map(JobId).unwrap_or_default())
    };
    ReadingAnswer => Self: |c| {
        let switches = Readings::SWITCHES.iter().map(|switch| (switch.name, switch));
        let Switch { name: switch, answers, .. } = c.choice(switches)?;
        c.words(":")?;
        // An answer may begin like another: it must end the line.
        let ends = |c: &mut Cursor<'_>, answer| c.words(answer).and_then(|()| c.end());
        let answer = answers.iter().find(|answer| c.attempt(|c| ends(c, answer)).is_some());
        answer.map(|answer| Self { switch, answer }).ok_or(Mismatch)
    };
}

impl fmt::Display for ReadingAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.switch, self.answer)
    }
}
