//! Statements that are well formed, but make no sense where they stand.

use chrono::{DateTime, Utc};

use super::ast::{
    Advance, Answer, Happening, Line, Policy, Replies, Resource, Script, Server, Statement, Step,
    Times,
};
use super::problem::Problem;
use crate::machine::{Call, Commit, Event};
use crate::vocabulary::HResult;

/// Seconds between 1601, where FILETIME begins, and 1970.
const FILETIME_BEGINS: i64 = -11_644_473_600;

/// What is wrong and how to mend it.
type Complaint = (&'static str, &'static str);

/// Everything that makes no sense where it stands.
pub(super) fn check(lines: &[Line]) -> Vec<Problem> {
    let mut said = Said::default();
    let mut problems = Vec::new();
    for Line { statement, span } in lines {
        if let Some((cause, help)) = complaint(statement, &said) {
            problems.push(Problem::new(span.clone(), cause, help));
        }
        said.note(statement);
    }
    problems
}

/// What earlier lines have said.
#[derive(Default)]
struct Said<'a> {
    start: bool,
    by_hand: bool,
    switches: Vec<&'a str>,
    policies: Vec<Policy>,
    hosts: Vec<&'a str>,
    /// The paths of the last server.
    paths: Vec<&'a str>,
    job: bool,
    steps: usize,
}

impl<'a> Said<'a> {
    fn note(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Start(_) => self.start = true,
            Statement::ByHand => self.by_hand = true,
            Statement::Reading { switch, .. } => self.switches.push(switch),
            Statement::Policy(policy, _) => self.policies.push(*policy),
            Statement::Server(server) => {
                self.hosts.push(&server.host);
                self.paths.clear();
            }
            Statement::Resource(resource) => self.paths.push(&resource.path),
            // A job that nobody could create is none.
            Statement::Job(job) => self.job |= job.code.is_none_or(HResult::is_success),
            Statement::Step(_) => self.steps += 1,
            Statement::LocalFile { .. }
            | Statement::CallbackReturns(_)
            | Statement::CertificateCallbackReturns(_)
            | Statement::ProgramExits(_)
            | Statement::Again { .. }
            | Statement::Advance(_)
            | Statement::Expect(_) => {}
        }
    }
}

fn complaint(statement: &Statement, said: &Said) -> Option<Complaint> {
    let create = "write for example `job update, DOWNLOAD, by alice` above";
    let before_job = "move the line above the line that begins with `job`";
    match statement {
        Statement::Start(_)
        | Statement::ByHand
        | Statement::Reading { .. }
        | Statement::Policy(..)
            if said.job =>
        {
            Some(("this holds from the creation of the job", before_job))
        }
        Statement::Start(at) => start(*at, said),
        Statement::Reading { switch, .. } if said.switches.contains(switch) => {
            Some(("this switch has an answer already", "keep one of the lines"))
        }
        Statement::Policy(policy, _) if said.policies.contains(policy) => {
            Some(("this policy is set already", "keep one of the lines"))
        }
        Statement::Server(server) => self::server(server, said),
        Statement::Resource(resource) => self::resource(resource, said),
        Statement::Job(_) if said.job => {
            Some(("a scenario has one job", "write another file for another job"))
        }
        Statement::Step(_) | Statement::Expect(_) | Statement::Advance(_) if !said.job => {
            Some(("the job is not created yet", create))
        }
        Statement::Step(step) => self::step(step, said),
        Statement::Again { .. } if !said.by_hand => Some((
            "steps are repeated only in a scenario by hand",
            "write `by hand` at the top, or `advance 1 h`",
        )),
        Statement::Again { steps, .. } if *steps == 0 || *steps > said.steps => Some((
            "there are not so many steps above",
            "give the number of steps that are repeated, at least 1",
        )),
        Statement::Advance(Advance::UntilState(_) | Advance::UntilBytes(_)) if said.by_hand => {
            Some((
                "nothing happens by itself in a scenario by hand",
                "write the steps, or remove `by hand`",
            ))
        }
        Statement::CallbackReturns(_)
        | Statement::CertificateCallbackReturns(_)
        | Statement::ProgramExits(_)
            if said.by_hand =>
        {
            Some((
                "no program answers by itself in a scenario by hand",
                "write for example `JobError returns E_ACCESSDENIED`, or remove `by hand`",
            ))
        }
        Statement::CallbackReturns(replies) | Statement::CertificateCallbackReturns(replies)
            if replies.goes_on_after_always() =>
        {
            Some(AFTER_ALWAYS)
        }
        Statement::ProgramExits(replies) if replies.goes_on_after_always() => Some(AFTER_ALWAYS),
        Statement::ByHand
        | Statement::Reading { .. }
        | Statement::Policy(..)
        | Statement::LocalFile { .. }
        | Statement::CallbackReturns(_)
        | Statement::CertificateCallbackReturns(_)
        | Statement::ProgramExits(_)
        | Statement::Job(_)
        | Statement::Again { .. }
        | Statement::Advance(_)
        | Statement::Expect(_) => None,
    }
}

fn start(at: DateTime<Utc>, said: &Said) -> Option<Complaint> {
    if said.start {
        return Some(("the start is given already", "keep one of the lines"));
    }
    let too_early = at.timestamp() < FILETIME_BEGINS;
    too_early.then_some(("the times of BITS begin in 1601", "write a later instant"))
}

fn server(server: &Server, said: &Said) -> Option<Complaint> {
    if said.hosts.iter().any(|host| host.eq_ignore_ascii_case(&server.host)) {
        return Some(("this server is declared already", "write its paths below its first line"));
    }
    if server.answers.goes_on_after_always() {
        return Some(AFTER_ALWAYS);
    }
    let served = |answer: &Answer| {
        matches!(answer, Answer::Fails { after: Some(_), .. } | Answer::Changes { .. })
    };
    server.answers.answers().any(served).then_some((
        "no bytes flow before the path is known",
        "write `answers … after …` behind a path",
    ))
}

fn resource(resource: &Resource, said: &Said) -> Option<Complaint> {
    if said.hosts.is_empty() {
        return Some((
            "this path belongs to no server",
            "write for example `server example.com` above",
        ));
    }
    if said.paths.contains(&&*resource.path) {
        return Some(("this server has that path already", "keep one of the lines"));
    }
    let scripts = [&resource.answers, &resource.application, &resource.reply_answers];
    if scripts.iter().any(|script| script.goes_on_after_always()) {
        return Some(AFTER_ALWAYS);
    }
    let beyond = |answer: &Answer| match (answer, resource.size) {
        (Answer::Fails { after: Some(after), .. } | Answer::Changes { after }, Some(size)) => {
            *after >= size
        }
        _ => false,
    };
    if resource.answers.answers().any(beyond) {
        let help = "write fewer bytes behind `after`, or a larger size";
        return Some(("the file is transferred before this failure", help));
    }
    let no_answer =
        |answer: &Answer| !matches!(answer, Answer::Well | Answer::Fails { after: None, .. });
    resource.application.answers().any(no_answer).then_some((
        "the server application answers once the file is there, and never redirects",
        "write only codes or statuses behind `application answers`",
    ))
}

fn step(step: &Step, said: &Said) -> Option<Complaint> {
    match &step.what {
        Happening::Event(_) | Happening::Deadline(_) if step.code.is_some() => {
            Some(("only calls return a code", "write `=> STATE` to say what follows"))
        }
        Happening::Deadline(_) if !said.by_hand => Some((
            "clocks act by themselves in this scenario",
            "write `advance until STATE`, or `by hand` at the top",
        )),
        Happening::Event(event) if !said.by_hand && is_transfer(event) => Some((
            "scheduler, servers and clients act by themselves in this scenario",
            "write `advance until STATE`, or `by hand` at the top",
        )),
        Happening::Call(_, Call::Complete(Commit { failed_rename: Some(failed), .. }))
            if failed.code.is_success() =>
        {
            Some((
                "a rename does not fail with a success code",
                "write for example ERROR_SHARING_VIOLATION",
            ))
        }
        Happening::Call(..) | Happening::Event(_) | Happening::Deadline(_) => None,
    }
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

const AFTER_ALWAYS: Complaint =
    ("nothing comes after `always`", "write how often, such as `5 times`, or end the script there");

/// Whether an answer that is given always is followed by others, which never come.
fn goes_on(mut times: impl Iterator<Item = Times>) -> bool {
    times.any(|times| times == Times::Always) && times.next().is_some()
}

impl<T> Replies<T> {
    fn goes_on_after_always(&self) -> bool {
        goes_on(self.0.iter().map(|reply| reply.times))
    }
}

impl Script {
    fn goes_on_after_always(&self) -> bool {
        goes_on(self.0.iter().map(|(_, times)| *times))
    }

    fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.0.iter().map(|(answer, _): &(Answer, Times)| answer)
    }
}
