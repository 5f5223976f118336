//! Servers, what they have and what they answer.

use super::scope::Scope;
use crate::scenario::ast::{
    ClientResponses, FaultTiming, Repetition, ResourceClause, ResourceDecl, ScriptedAnswer,
    ServerAnswer, ServerClause,
};
use crate::scenario::problem::Diagnosis;

pub(super) fn server(host: &str, clauses: &[ServerClause], scope: &Scope) -> Option<Diagnosis> {
    if scope.new_hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return Some(Diagnosis::new(
            "this server is declared already",
            "write its paths below its first line",
        ));
    }
    let script = clauses.iter().find_map(|clause| match clause {
        ServerClause::Answers(script) => Some(script),
        _ => None,
    })?;
    if goes_on_after_always(script) {
        return Some(after_always());
    }
    let served = |answer: &ServerAnswer| {
        matches!(
            answer,
            ServerAnswer::Fails { when: FaultTiming::After(_) | FaultTiming::AtEnd, .. }
                | ServerAnswer::Changes { .. }
        )
    };
    script.iter().any(|it| served(&it.answer)).then(|| {
        Diagnosis::new(
            "no bytes flow before the path is known",
            "write `answers … after …` behind a path",
        )
    })
}

pub(super) fn removed(host: &str, scope: &Scope) -> Option<Diagnosis> {
    let exists = scope.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    (!exists).then(|| {
        Diagnosis::new("there is no such server", "name one that a `server` line above declares")
    })
}

pub(super) fn resource_removed(path: &str, scope: &Scope) -> Option<Diagnosis> {
    belongs_to_no_server(scope).or_else(|| {
        scope
            .new_paths
            .contains(&path)
            .then(|| Diagnosis::new("this path was just declared", "keep one of the lines"))
    })
}

fn belongs_to_no_server(scope: &Scope) -> Option<Diagnosis> {
    scope.host.is_none().then(|| {
        Diagnosis::new(
            "this path belongs to no server",
            "write for example `server example.com` above",
        )
    })
}

pub(super) fn resource(resource: &ResourceDecl, scope: &Scope) -> Option<Diagnosis> {
    if let Some(diagnosis) = belongs_to_no_server(scope) {
        return Some(diagnosis);
    }
    if scope.new_paths.contains(&&*resource.path) {
        return Some(Diagnosis::new("this server has that path already", "keep one of the lines"));
    }
    resource.clauses.iter().find_map(|clause| match clause {
        ResourceClause::Answers(script)
        | ResourceClause::ApplicationAnswers(script)
        | ResourceClause::ReplyAnswers(script)
            if goes_on_after_always(script) =>
        {
            Some(after_always())
        }
        ResourceClause::Answers(script) => beyond_the_end(script, resource.size?),
        ResourceClause::ApplicationAnswers(script) => no_answer_of_an_application(script),
        _ => None,
    })
}

fn beyond_the_end(script: &[ScriptedAnswer], size: u64) -> Option<Diagnosis> {
    let beyond = |answer: &ServerAnswer| match answer {
        ServerAnswer::Fails { when: FaultTiming::After(after), .. }
        | ServerAnswer::Changes { after } => *after >= size,
        _ => false,
    };
    script.iter().any(|it| beyond(&it.answer)).then(|| {
        Diagnosis::new(
            "the file is transferred before this failure",
            "write fewer bytes behind `after`, or a larger size",
        )
    })
}

fn no_answer_of_an_application(script: &[ScriptedAnswer]) -> Option<Diagnosis> {
    let no_answer = |answer: &ServerAnswer| {
        !matches!(
            answer,
            ServerAnswer::Well
                | ServerAnswer::IsSilent
                | ServerAnswer::Fails { when: FaultTiming::AtOnce, .. }
        )
    };
    script.iter().any(|it| no_answer(&it.answer)).then(|| {
        Diagnosis::new(
            "the server application answers once the file is there, and never redirects",
            "write only codes, statuses or `silence` behind `application answers`",
        )
    })
}

fn after_always() -> Diagnosis {
    Diagnosis::new(
        "nothing comes after `always`",
        "write how often, such as `5 times`, or end the script there",
    )
}

/// Whether an answer that is given always is followed by others, which never come.
fn goes_on_after_always(script: &[ScriptedAnswer]) -> bool {
    goes_on(script.iter().map(|scripted| scripted.times))
}

fn goes_on(mut times: impl Iterator<Item = Repetition>) -> bool {
    times.any(|times| times == Repetition::Always) && times.next().is_some()
}

pub(super) fn responses(responses: &ClientResponses) -> Option<Diagnosis> {
    let goes_on = match responses {
        ClientResponses::Callback(script) | ClientResponses::CertificateCallback(script) => {
            goes_on(script.iter().map(|response| response.times))
        }
        ClientResponses::Program(script) => goes_on(script.iter().map(|response| response.times)),
    };
    goes_on.then(after_always)
}
