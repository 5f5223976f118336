//! What happens, and what must be so: of which job, and whether it can be said in such a scenario.

use std::sync::Arc;

use super::scope::Scope;
use super::{wrong, wrong_if};
use crate::machine::{Call, Commit, Deletion, Directory, Event, FileAccess};
use crate::scenario::ast::{Expectation, PolicyChange, StepAction, StepStatement, UserAction};
use crate::scenario::problem::Diagnosis;
use crate::vocabulary::CertificateLookup;

pub(super) fn step(step: &StepStatement, scope: &Scope) -> Option<Diagnosis> {
    which(step, scope).or_else(|| what(step, scope))
}

/// Whether it is clear to which job it happens.
fn which(step: &StepStatement, scope: &Scope) -> Option<Diagnosis> {
    if step.what.is_of_a_job() {
        return scope.resolves(step.job.as_deref());
    }
    if step.job.is_some() {
        return wrong("this happens to every job, not to one", "write the line without the name");
    }
    wrong_if(
        step.state.is_some() && scope.jobs.len() != 1,
        "this happens to every job, and each has a state of its own",
        "write `expect` lines with the names of jobs below",
    )
}

fn what(step: &StepStatement, scope: &Scope) -> Option<Diagnosis> {
    match &step.what {
        StepAction::Event(_)
        | StepAction::Deadline(_)
        | StepAction::User(..)
        | StepAction::Service(_)
        | StepAction::Policies(_)
        | StepAction::Link(_)
        | StepAction::BandwidthLimits
            if step.code.is_some() =>
        {
            wrong("only calls return a code", "write `=> STATE` to say what follows")
        }
        StepAction::Policies(changes) => {
            let earlier = if step.at.is_none() { scope.policies.as_slice() } else { &[] };
            let again = sets_twice(changes, earlier);
            wrong_if(again, "this policy is already set", "keep one of the lines")
        }
        StepAction::BandwidthLimits => wrong_if(
            !scope.by_hand,
            "in this scenario the intervals of bandwidth policies begin and end by themselves",
            "write `advance 1 h`, or `by hand` at the top",
        ),
        StepAction::Deadline(_) => wrong_if(
            !scope.by_hand,
            "in this scenario clocks act by themselves",
            "write `advance until STATE`, or `by hand` at the top",
        ),
        StepAction::Event(event) => wrong_if(
            !scope.by_hand && is_transfer(event),
            "in this scenario the scheduler, servers and clients act by themselves",
            "write `advance until STATE`, or `by hand` at the top",
        ),
        StepAction::User(_, UserAction::Exits) => wrong_if(
            scope.by_hand,
            "in a scenario by hand the end of a process is written down job by job",
            "write for example `update: client exits`, or remove `by hand`",
        ),
        StepAction::Call(_, Call::Complete(Commit { failed_rename: Some(failed), .. }))
            if failed.code.is_success() =>
        {
            wrong(
                "a rename does not fail with a success code",
                "write for example ERROR_SHARING_VIOLATION",
            )
        }
        StepAction::Call(_, call) if !scope.by_hand => answer_of_the_environment(call),
        StepAction::Call(..)
        | StepAction::User(..)
        | StepAction::Service(_)
        | StepAction::Link(_) => None,
    }
}

/// Whether a policy is set that is set before, in the same line or above.
fn sets_twice(changes: &[PolicyChange], earlier: &[PolicyChange]) -> bool {
    changes.iter().enumerate().any(|(place, change)| {
        let before = earlier.iter().chain(changes.iter().take(place));
        before.into_iter().any(|known| known.is_of_same_policy(change))
    })
}

/// Whether a call has an answer of the disk or the certificate store, which answer by themselves.
fn answer_of_the_environment(call: &Call) -> Option<Diagnosis> {
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
    wrong(
        "in this scenario disk and certificate store answer by themselves",
        format!("{help}, or `by hand` at the top"),
    )
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
            | Event::CallbackLost
            | Event::CertificateCallbackLost
    )
}

pub(super) fn expectations(
    job: Option<&str>,
    expectations: &[Expectation],
    scope: &Scope,
) -> Option<Diagnosis> {
    let of_a_job = expectations.iter().any(Expectation::is_of_a_job);
    let unclear = if of_a_job { scope.resolves(job) } else { scope.names(job) };
    unclear.or_else(|| expectations.iter().find_map(|expected| expectation(expected, scope)))
}

/// Whether what is expected can be so in such a scenario.
pub(super) fn expectation(expectation: &Expectation, scope: &Scope) -> Option<Diagnosis> {
    if scope.by_hand && expectation.is_of_the_world() {
        return wrong(
            "a scenario by hand has no servers and no disk",
            "remove the expectation, or `by hand`",
        );
    }
    if !scope.by_hand && expectation.is_of_the_program() {
        return wrong(
            "in this scenario clients have no program that starts and ends",
            "remove the expectation, or write `by hand` at the top",
        );
    }
    let named: &[Arc<str>] = match expectation {
        Expectation::Running(jobs)
        | Expectation::Activated(jobs)
        | Expectation::Enumerated(_, jobs)
        | Expectation::EnumeratedAll(_, Ok(jobs)) => jobs,
        _ => &[],
    };
    named.iter().find_map(|job| scope.names(Some(job)))
}
