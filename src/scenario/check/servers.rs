//! Servers, what they have and what they answer.

use super::Complaint;
use super::said::Scope;
use crate::scenario::ast::{
    AnswerScript, ClientResponses, FaultTiming, Repetition, ResourceClause, ResourceDecl,
    ResponseScript, ServerAnswer, ServerClause,
};

pub(super) fn server(host: &str, clauses: &[ServerClause], said: &Scope) -> Option<Complaint> {
    if said.new_hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        return Some(Complaint::new(
            "this server is declared already",
            "write its paths below its first line",
        ));
    }
    let script = clauses.iter().find_map(|clause| match clause {
        ServerClause::Answers(script) => Some(script),
        _ => None,
    })?;
    if script.goes_on_after_always() {
        return Some(after_always());
    }
    let served = |answer: &ServerAnswer| {
        matches!(
            answer,
            ServerAnswer::Fails { when: FaultTiming::After(_) | FaultTiming::AtEnd, .. }
                | ServerAnswer::Changes { .. }
        )
    };
    script.answers().any(served).then(|| {
        Complaint::new(
            "no bytes flow before the path is known",
            "write `answers … after …` behind a path",
        )
    })
}

pub(super) fn removed(host: &str, said: &Scope) -> Option<Complaint> {
    let exists = said.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    (!exists).then(|| {
        Complaint::new("there is no such server", "name one that a `server` line above declares")
    })
}

pub(super) fn resource_removed(path: &str, said: &Scope) -> Option<Complaint> {
    belongs_to_no_server(said).or_else(|| {
        said.new_paths
            .contains(&path)
            .then(|| Complaint::new("this path was just declared", "keep one of the lines"))
    })
}

fn belongs_to_no_server(said: &Scope) -> Option<Complaint> {
    said.host.is_none().then(|| {
        Complaint::new(
            "this path belongs to no server",
            "write for example `server example.com` above",
        )
    })
}

pub(super) fn resource(resource: &ResourceDecl, said: &Scope) -> Option<Complaint> {
    if let Some(complaint) = belongs_to_no_server(said) {
        return Some(complaint);
    }
    if said.new_paths.contains(&&*resource.path) {
        return Some(Complaint::new("this server has that path already", "keep one of the lines"));
    }
    resource.clauses.iter().find_map(|clause| match clause {
        ResourceClause::Answers(script)
        | ResourceClause::ApplicationAnswers(script)
        | ResourceClause::ReplyAnswers(script)
            if script.goes_on_after_always() =>
        {
            Some(after_always())
        }
        ResourceClause::Answers(script) => beyond_the_end(script, resource.size?),
        ResourceClause::ApplicationAnswers(script) => no_answer_of_an_application(script),
        _ => None,
    })
}

fn beyond_the_end(script: &AnswerScript, size: u64) -> Option<Complaint> {
    let beyond = |answer: &ServerAnswer| match answer {
        ServerAnswer::Fails { when: FaultTiming::After(after), .. }
        | ServerAnswer::Changes { after } => *after >= size,
        _ => false,
    };
    script.answers().any(beyond).then(|| {
        Complaint::new(
            "the file is transferred before this failure",
            "write fewer bytes behind `after`, or a larger size",
        )
    })
}

fn no_answer_of_an_application(script: &AnswerScript) -> Option<Complaint> {
    let no_answer = |answer: &ServerAnswer| {
        !matches!(
            answer,
            ServerAnswer::Well
                | ServerAnswer::IsSilent
                | ServerAnswer::Fails { when: FaultTiming::AtOnce, .. }
        )
    };
    script.answers().any(no_answer).then(|| {
        Complaint::new(
            "the server application answers once the file is there, and never redirects",
            "write only codes, statuses or `silence` behind `application answers`",
        )
    })
}

pub(super) fn after_always() -> Complaint {
    Complaint::new(
        "nothing comes after `always`",
        "write how often, such as `5 times`, or end the script there",
    )
}

/// Whether an answer that is given always is followed by others, which never come.
fn goes_on(mut times: impl Iterator<Item = Repetition>) -> bool {
    times.any(|times| times == Repetition::Always) && times.next().is_some()
}

impl ClientResponses {
    pub(super) fn goes_on_after_always(&self) -> bool {
        match self {
            Self::Callback(replies) | Self::CertificateCallback(replies) => {
                replies.goes_on_after_always()
            }
            Self::Program(replies) => replies.goes_on_after_always(),
        }
    }
}

impl<T> ResponseScript<T> {
    fn goes_on_after_always(&self) -> bool {
        goes_on(self.0.iter().map(|reply| reply.times))
    }
}

impl AnswerScript {
    fn goes_on_after_always(&self) -> bool {
        goes_on(self.0.iter().map(|scripted| scripted.times))
    }

    fn answers(&self) -> impl Iterator<Item = &ServerAnswer> {
        self.0.iter().map(|scripted| &scripted.answer)
    }
}
