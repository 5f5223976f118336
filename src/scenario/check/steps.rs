//! What happens, and what must be so: of which job, and whether it can be said in such a scenario.

use std::mem::discriminant;
use std::sync::Arc;

use super::Complaint;
use super::said::Scope;
use crate::machine::{Call, Commit, Deletion, Directory, Event, FileAccess};
use crate::scenario::ast::{Expectation, PolicyChange, StepAction, StepStatement, UserAction};
use crate::vocabulary::CertificateLookup;

pub(super) fn step(step: &StepStatement, said: &Scope) -> Option<Complaint> {
    which(step, said).or_else(|| what(step, said))
}

/// Whether it is clear to which job it happens.
fn which(step: &StepStatement, said: &Scope) -> Option<Complaint> {
    if step.what.is_of_a_job() {
        return said.resolves(step.job.as_deref());
    }
    if step.job.is_some() {
        return Some(Complaint::new(
            "this happens to every job, not to one",
            "write the line without the name",
        ));
    }
    (step.state.is_some() && said.jobs.len() != 1).then(|| {
        Complaint::new(
            "this happens to every job, and each has a state of its own",
            "write `expect` lines with the names of jobs below",
        )
    })
}

fn what(step: &StepStatement, said: &Scope) -> Option<Complaint> {
    match &step.what {
        StepAction::Event(_)
        | StepAction::Deadline(_)
        | StepAction::User(..)
        | StepAction::Policies(_)
        | StepAction::Link(_)
        | StepAction::BandwidthLimits
            if step.code.is_some() =>
        {
            Some(Complaint::new("only calls return a code", "write `=> STATE` to say what follows"))
        }
        StepAction::Policies(changes) => {
            let earlier = if step.at.is_none() { said.policies.as_slice() } else { &[] };
            sets_twice(changes, earlier)
                .then(|| Complaint::new("this policy is set already", "keep one of the lines"))
        }
        StepAction::BandwidthLimits if !said.by_hand => Some(Complaint::new(
            "the intervals of bandwidth policies come by themselves in this scenario",
            "write `advance 1 h`, or `by hand` at the top",
        )),
        StepAction::Deadline(_) if !said.by_hand => Some(Complaint::new(
            "clocks act by themselves in this scenario",
            "write `advance until STATE`, or `by hand` at the top",
        )),
        StepAction::Event(event) if !said.by_hand && is_transfer(event) => Some(Complaint::new(
            "scheduler, servers and clients act by themselves in this scenario",
            "write `advance until STATE`, or `by hand` at the top",
        )),
        StepAction::User(_, UserAction::Exits) if said.by_hand => Some(Complaint::new(
            "what the end of a process means is written down job by job in a scenario by hand",
            "write for example `update: client exits`, or remove `by hand`",
        )),
        StepAction::Call(_, Call::Complete(Commit { failed_rename: Some(failed), .. }))
        | StepAction::StillCall(_, Call::Complete(Commit { failed_rename: Some(failed), .. }))
            if failed.code.is_success() =>
        {
            Some(Complaint::new(
                "a rename does not fail with a success code",
                "write for example ERROR_SHARING_VIOLATION",
            ))
        }
        StepAction::Call(_, call) | StepAction::StillCall(_, call) if !said.by_hand => {
            says_the_disk(call)
        }
        StepAction::Call(..)
        | StepAction::StillCall(..)
        | StepAction::Event(_)
        | StepAction::Deadline(_)
        | StepAction::User(..)
        | StepAction::Link(_)
        | StepAction::BandwidthLimits => None,
    }
}

/// Whether a policy is set that is set before, in the same line or above.
fn sets_twice(changes: &[PolicyChange], earlier: &[PolicyChange]) -> bool {
    changes.iter().enumerate().any(|(place, change)| {
        let before = earlier.iter().chain(changes.iter().take(place));
        before.into_iter().any(|known| discriminant(known) == discriminant(change))
    })
}

/// What disk and certificate store say to a call: their own part where they act by themselves.
fn says_the_disk(call: &Call) -> Option<Complaint> {
    let help = match call {
        Call::AddFile(_, directory)
        | Call::AddFileSet(_, directory)
        | Call::AddFileWithRanges(_, _, directory)
        | Call::SetReplyFileName(_, directory)
            if *directory != Directory::Writable =>
        {
            r"write for example `folder C:\app missing` above"
        }
        Call::Complete(Commit { failed_rename: Some(_), .. }) => {
            r"write for example `local file C:\app\app.exe opened` above"
        }
        Call::Complete(Commit { deletion: Deletion::Incomplete, .. })
        | Call::Cancel(Deletion::Incomplete) => {
            r"write for example `local file C:\app undeletable` above"
        }
        Call::TakeOwnership(FileAccess::Denied | FileAccess::OtherMapping) => {
            r"write for example `folder C:\app denied` above"
        }
        Call::SetClientCertificate(_, lookup) if *lookup != CertificateLookup::Found => {
            "write for example `certificate store has no such certificate` above"
        }
        _ => return None,
    };
    Some(Complaint::new(
        "disk and certificate store answer by themselves in this scenario",
        format!("{help}, or `by hand` at the top"),
    ))
}

/// What the world of a scenario does by itself.
fn is_transfer(event: &Event) -> bool {
    matches!(
        event,
        Event::Picked
            | Event::Connected
            | Event::SizeKnown(_)
            | Event::Progressed(_)
            | Event::FileTransferred
            | Event::ReplyStarted(_)
            | Event::HeadersReceived(_)
            | Event::CertificateReceived(..)
            | Event::CertificateChecked(_)
            | Event::NotificationStarted(_)
            | Event::NotificationReturned(..)
            | Event::ProgramExited(_)
    )
}

pub(super) fn expectations(
    job: Option<&str>,
    expectations: &[Expectation],
    said: &Scope,
) -> Option<Complaint> {
    let of_a_job = expectations.iter().any(Expectation::is_of_a_job);
    let unclear = if of_a_job { said.resolves(job) } else { said.names(job) };
    unclear.or_else(|| expectations.iter().find_map(|expectation| one(expectation, said)))
}

fn one(expectation: &Expectation, said: &Scope) -> Option<Complaint> {
    if said.by_hand && expectation.is_of_the_world() {
        return Some(Complaint::new(
            "a scenario by hand has no servers and no disk",
            "remove the expectation, or `by hand`",
        ));
    }
    let named: &[Arc<str>] = match expectation {
        Expectation::Running(jobs)
        | Expectation::Activated(jobs)
        | Expectation::Enumerated(_, jobs)
        | Expectation::EnumeratedAll(_, Ok(jobs)) => jobs,
        _ => &[],
    };
    named.iter().find_map(|job| said.names(Some(job)))
}
