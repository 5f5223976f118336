//! Servers, what they have and what they answer.

use super::scope::Scope;
use super::{wrong, wrong_if};
use crate::scenario::ast::{
    ClientResponses, FaultTiming, Repetition, ResourceClause, ResourceDecl, ScriptedAnswer,
    ServerAnswer, ServerClause,
};
use crate::scenario::problem::Diagnosis;
use crate::vocabulary::text::nearest::nearest;

pub(super) fn server(host: &str, clauses: &[ServerClause], scope: &Scope) -> Option<Diagnosis> {
    if scope.new_hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return wrong("this server is already declared", "write its paths below its first line");
    }
    let script = clauses.iter().find_map(|clause| match clause {
        ServerClause::Answers(script) => Some(script),
        _ => None,
    })?;
    let served = |scripted: &ScriptedAnswer| {
        matches!(
            scripted.answer,
            ServerAnswer::Fails { when: FaultTiming::After(_) | FaultTiming::AtEnd, .. }
                | ServerAnswer::Changes { .. }
        )
    };
    after_always(times_of(script)).or_else(|| {
        wrong_if(
            script.iter().any(served),
            "no bytes flow before the path is known",
            "write `answers … after …` behind a path",
        )
    })
}

pub(super) fn removed(host: &str, scope: &Scope) -> Option<Diagnosis> {
    if scope.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return None;
    }
    let help = "name one that a `server` line above declares";
    wrong(
        "there is no such server",
        match nearest(host, scope.hosts.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? {help}"),
            None => help.to_owned(),
        },
    )
}

pub(super) fn resource_removed(path: &str, scope: &Scope) -> Option<Diagnosis> {
    belongs_to_no_server(scope).or_else(|| {
        let is_new = scope.new_paths.contains(&path);
        wrong_if(is_new, "this path was just declared", "keep one of the lines")
    })
}

fn belongs_to_no_server(scope: &Scope) -> Option<Diagnosis> {
    wrong_if(
        scope.host.is_none(),
        "this path belongs to no server",
        "write for example `server example.com` above",
    )
}

pub(super) fn resource(resource: &ResourceDecl, scope: &Scope) -> Option<Diagnosis> {
    if scope.host.is_some() && scope.new_paths.contains(&&*resource.path) {
        return wrong("this server already has that path", "keep one of the lines");
    }
    belongs_to_no_server(scope).or_else(|| {
        resource.clauses.iter().find_map(|clause| match clause {
            ResourceClause::Answers(script) => {
                after_always(times_of(script)).or_else(|| beyond_the_end(script, resource.size?))
            }
            ResourceClause::ApplicationAnswers(script) => {
                after_always(times_of(script)).or_else(|| no_answer_of_an_application(script))
            }
            ResourceClause::ReplyAnswers(script) => after_always(times_of(script)),
            _ => None,
        })
    })
}

fn beyond_the_end(script: &[ScriptedAnswer], size: u64) -> Option<Diagnosis> {
    let beyond = |scripted: &ScriptedAnswer| match scripted.answer {
        ServerAnswer::Fails { when: FaultTiming::After(after), .. }
        | ServerAnswer::Changes { after } => after >= size,
        _ => false,
    };
    wrong_if(
        script.iter().any(beyond),
        "the file is transferred before this failure",
        "write fewer bytes behind `after`, or a larger size",
    )
}

fn no_answer_of_an_application(script: &[ScriptedAnswer]) -> Option<Diagnosis> {
    let is_answer = |scripted: &ScriptedAnswer| {
        matches!(
            scripted.answer,
            ServerAnswer::Well
                | ServerAnswer::IsSilent
                | ServerAnswer::Fails { when: FaultTiming::AtOnce, .. }
        )
    };
    wrong_if(
        !script.iter().all(is_answer),
        "the server application answers once the file is there, and never redirects",
        "write only codes, statuses or `silence` behind `application answers`",
    )
}

pub(super) fn responses(responses: &ClientResponses) -> Option<Diagnosis> {
    match responses {
        ClientResponses::Callback(script) | ClientResponses::CertificateCallback(script) => {
            after_always(script.iter().map(|response| response.times))
        }
        ClientResponses::Program(script) => {
            after_always(script.iter().map(|response| response.times))
        }
    }
}

fn times_of(script: &[ScriptedAnswer]) -> impl Iterator<Item = Repetition> {
    script.iter().map(|scripted| scripted.times)
}

/// Whether an answer that is given always is followed by others, which never come.
fn after_always(mut script: impl Iterator<Item = Repetition>) -> Option<Diagnosis> {
    wrong_if(
        script.any(|times| times == Repetition::Always) && script.next().is_some(),
        "nothing comes after `always`",
        "write how often, such as `5 times`, or end the script there",
    )
}
