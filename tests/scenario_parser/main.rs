//! The scenario language: what is printed parses back, what is broken gets a message that points
//! into its line, and no text makes the parser or the runner panic.
#![cfg(feature = "scenario")]

mod calls;
#[path = "../common/cases.rs"]
mod cases;
mod clients;
mod events;
mod expectations;
mod messages;
mod open;
mod policies;
mod surroundings;
mod values;

use std::sync::Arc;

use bits_emulator::JobState;
use bits_emulator::accounts::IntegrityLevel;
use bits_emulator::machine::Input;
use bits_emulator::scenario::Scenario;
use bits_emulator::scenario::ast::{
    Advance, CalledBy, Caller, ClientAction, ClientStatement, Expectation, ServiceChange,
    Statement, StepAction, StepStatement, UserAction,
};
use proptest::prelude::*;
use values::*;

const FILES: &[&str] = &[
    include_str!("../../scenarios/name-not-resolved.bits"),
    include_str!("../../scenarios/server-application-failed.bits"),
    include_str!("../../scenarios/rename-refused-by-the-disk.bits"),
    include_str!("../../scenarios/font-download-2020-10-15.bits"),
    include_str!("../../scenarios/network-lost-and-restored.bits"),
    include_str!("../../scenarios/administrator-takes-the-job-over.bits"),
    include_str!("../explore/killed-after-create-job.bits"),
    include_str!("../../scenarios/check/upload-reply-after-a-crash.bits"),
    include_str!("../../scenarios/check/removed-while-its-client-lives.bits"),
];

/// Parses, and where that fails checks that every message points into the text and says how to
/// mend it. What parses is run if it is short.
fn digest(text: &str) {
    match text.parse::<Scenario>() {
        Ok(scenario) => {
            let printed: Scenario = scenario.to_string().parse().unwrap();
            assert_eq!(printed.lines().len(), scenario.lines().len());
        }
        Err(error) => {
            assert!(!error.problems().is_empty());
            for problem in error.problems() {
                assert!(!problem.cause.is_empty() && !problem.help.is_empty(), "{problem:?}");
                assert!(problem.span.start <= text.len(), "{problem:?}");
                assert!(text.is_char_boundary(problem.span.start), "{problem:?}");
                assert!(problem.line(text) <= text.lines().count().max(1), "{problem:?}");
            }
            assert!(error.render("file.bits").contains("help: "));
        }
    }
}

proptest! {
    #![proptest_config(cases::config(400))]

    #[test]
    fn garbage_is_digested(text in any::<String>()) {
        digest(&text);
    }

    #[test]
    fn garbage_of_the_languages_own_words_is_digested(
        words in prop::collection::vec(prop::sample::select(vocabulary()), 0..40),
    ) {
        digest(&words.join(" ").replace(" \n ", "\n"));
    }

    #[test]
    fn printed_statements_parse_back(statements in prop::collection::vec(statement(), 1..12)) {
        for statement in statements {
            let text = with_surroundings(&statement);
            let scenario = parse(&text)?;
            let last = scenario.lines().last().map(|line| &line.statement);
            prop_assert_eq!(last, Some(&statement), "{}", text);
        }
    }
}

proptest! {
    #![proptest_config(cases::config(100))]

    #[test]
    fn mutated_files_are_digested_and_run(
        file in prop::sample::select(FILES.to_vec()),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..6),
    ) {
        let mut text = file.to_owned();
        for (place, mutation) in mutations {
            let place = place.index(text.len() + 1);
            mutate(&mut text, place, &mutation);
        }
        digest(&text);
        if let Ok(scenario) = text.parse::<Scenario>() {
            let report = scenario.run();
            prop_assert!(report.failure.is_none_or(|problem| problem.line(&text) >= 1));
            let again = parse(&report.trace.to_string())?.run();
            prop_assert_eq!(again.failure, None, "{}", report.trace);
            prop_assert_eq!(again.trace, report.trace);
        }
    }

    /// A run of arbitrary steps replays from its printed trace.
    #[test]
    fn printed_traces_replay(steps in prop::collection::vec(step(), 0..8)) {
        let mut trace = parse(BEGINNING)?.run().trace;
        for step in steps {
            let step = StepStatement { at: None, job: None, code: None, state: None, ..step };
            if matches!(step.what, StepAction::User(_, UserAction::Exits)) {
                continue;
            }
            trace = parse(&format!("{trace}{step}\n"))?.run().trace;
        }
        let again = parse(&trace.to_string())?.run();
        prop_assert_eq!(again.failure, None, "{}", trace);
        prop_assert_eq!(again.trace, trace);
    }
}

/// A job in the midst of its transfer.
const BEGINNING: &str = "by hand\njob update, DOWNLOAD, by alice\nnotify 0x3B\ncallback level 3\n\
                         add https://example.com/a as C:\\a\nresume\npicked\nconnected\n\
                         size known 10 B\nprogressed 5 B\n";

fn parse(text: &str) -> Result<Scenario, TestCaseError> {
    text.parse().map_err(|error| TestCaseError::fail(format!("{error}")))
}

/// The statement after those that it needs before it.
fn with_surroundings(statement: &Statement) -> String {
    // A job for each name.
    let names: Vec<Arc<str>> = match statement {
        Statement::Step(StepStatement { job: Some(job), .. })
        | Statement::Advance(Some(job), _)
        | Statement::ClientResponses(Some(job), _) => vec![job.clone()],
        Statement::Client(ClientStatement { job, what, .. }) => {
            let read = match what {
                ClientAction::Reads(_, expectation) => names(expectation),
                _ => Vec::new(),
            };
            job.iter().cloned().chain(read).collect()
        }
        Statement::Expect(job, expectations) => {
            job.iter().cloned().chain(expectations.iter().flat_map(names)).collect()
        }
        _ => Vec::new(),
    };
    let mut jobs = String::new();
    for (place, name) in names.iter().enumerate() {
        if !names[..place].contains(name) {
            let quoted = name.replace('"', "\"\"");
            jobs += &format!("job x as \"{quoted}\", DOWNLOAD, by alice\n");
        }
    }
    if jobs.is_empty() {
        jobs += "job update, DOWNLOAD, by alice\n";
    }
    let by_hand = "by hand\n";
    let before = match statement {
        Statement::Resource(_) | Statement::ResourceRemoved(_) => "server example.com\n".to_owned(),
        Statement::ServerRemoved(host) => {
            format!("server \"{}\"\n", host.replace('"', "\"\""))
        }
        Statement::Step(StepStatement { what: StepAction::User(_, UserAction::Exits), .. }) => jobs,
        Statement::Step(_) | Statement::Client(_) => format!("{by_hand}{jobs}"),
        Statement::Expect(_, expected) if expected.iter().any(is_of_the_program) => {
            format!("{by_hand}{jobs}")
        }
        Statement::Advance(..) | Statement::Expect(..) | Statement::ClientResponses(Some(_), _) => {
            jobs
        }
        Statement::Again { steps, .. } => format!("{by_hand}{jobs}{}", "suspend\n".repeat(*steps)),
        _ => String::new(),
    };
    format!("{before}{statement}   # a comment, with \"quotes\"\n")
}

/// Whether it is expected of a client's program, which only a scenario by hand has.
const fn is_of_the_program(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::ClientEnded | Expectation::ClientSucceeded)
}

/// The jobs that an expectation names.
fn names(expectation: &Expectation) -> Vec<Arc<str>> {
    match expectation {
        Expectation::Running(jobs)
        | Expectation::Activated(jobs)
        | Expectation::Enumerated(_, jobs)
        | Expectation::EnumeratedAll(_, Ok(jobs)) => jobs.clone(),
        _ => Vec::new(),
    }
}

fn vocabulary() -> Vec<&'static str> {
    let files = FILES.iter().flat_map(|file| file.split(' ').map(str::trim));
    let odd =
        ["\n", "\"", "#", "->", "=>", ",", "0", "18446744073709551616", "-1", "é", "\u{0}", "/"];
    let more =
        ["by", "administrator", "bob:", "none", "null", "FileTransferred", "of", "file", "1"];
    let mut words: Vec<_> =
        files.chain(odd).chain(more).filter(|word| !word.contains('\n')).collect();
    words.push("\n");
    words.sort_unstable();
    words.dedup();
    words
}

#[derive(Debug, Clone)]
enum Mutation {
    Insert(String),
    Delete(usize),
    DuplicateLine,
    DeleteLine,
}

fn mutation() -> BoxedStrategy<Mutation> {
    prop_oneof![
        any::<char>().prop_map(|inserted| Mutation::Insert(inserted.to_string())),
        prop::sample::select(vocabulary()).prop_map(|word| Mutation::Insert(format!(" {word} "))),
        (1_usize..8).prop_map(Mutation::Delete),
        Just(Mutation::DuplicateLine),
        Just(Mutation::DeleteLine),
    ]
    .boxed()
}

fn mutate(text: &mut String, place: usize, mutation: &Mutation) {
    let place = floor_char_boundary(text, place);
    let line_start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[place..].find('\n').map_or(text.len(), |at| place + at + 1);
    match mutation {
        Mutation::Insert(inserted) => text.insert_str(place, inserted),
        Mutation::Delete(count) => {
            let end = floor_char_boundary(text, place + count);
            text.replace_range(place..end.max(place), "");
        }
        Mutation::DuplicateLine => {
            let line = text[line_start..line_end].to_owned();
            text.insert_str(line_start, &line);
        }
        Mutation::DeleteLine => text.replace_range(line_start..line_end, ""),
    }
}

/// The last boundary between characters up to `place`; `str` has it from Rust 1.91 on.
fn floor_char_boundary(text: &str, place: usize) -> usize {
    let mut place = place.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

fn statement() -> BoxedStrategy<Statement> {
    prop_oneof![
        4 => surroundings::statement(),
        3 => clients::statement(),
        8 => step().prop_map(Statement::Step),
        1 => (1_usize..5, 1..=u64::MAX, duration())
            .prop_map(|(steps, times, every)| Statement::Again { steps, times, every }),
        1 => advance(),
        4 => expect(),
    ]
    .boxed()
}

/// Of one job, or of the only one; if several are named, one of them is.
fn expect() -> BoxedStrategy<Statement> {
    (maybe_name(), name(), prop::collection::vec(expectations::expectation(), 1..4))
        .prop_map(|(job, another, expectations)| {
            let several = expectations.iter().flat_map(names).collect::<Vec<_>>().len() > 1;
            let needs = several && expectations.iter().any(Expectation::is_of_a_job);
            let job = job.or_else(|| needs.then_some(another));
            Statement::Expect(job, expectations)
        })
        .boxed()
}

fn step() -> BoxedStrategy<StepStatement> {
    let example = prop::sample::select(Input::examples()).prop_map(|input| match input {
        Input::Call(call) | Input::CallBy(_, call) => StepAction::Call(CalledBy::Owner, call),
        Input::Event(event) => StepAction::Event(event),
        Input::Deadline(deadline) => StepAction::Deadline(deadline),
    });
    let what = prop_oneof![
        example,
        (called_by(), calls::call()).prop_map(|(by, call)| StepAction::Call(by, call)),
        events::event().prop_map(StepAction::Event),
        (name(), user_act()).prop_map(|(user, act)| StepAction::User(user, act)),
        prop::sample::select(vec![ServiceChange::Stops, ServiceChange::Starts])
            .prop_map(StepAction::Service),
        policies::changes().prop_map(StepAction::Policies),
        policies::link().prop_map(StepAction::Link),
        Just(StepAction::BandwidthLimits),
    ];
    let state = prop::option::of(prop::sample::select(JobState::ALL.to_vec()));
    (prop::option::of(instant()), maybe_name(), what, prop::option::of(code()), state)
        .prop_map(|(at, job, what, code, state)| {
            let is_call = matches!(what, StepAction::Call(..));
            let code = code.filter(|_| is_call);
            let job = job.filter(|_| what.is_of_a_job());
            StepStatement { at, job, what, code, state }
        })
        .boxed()
}

fn called_by() -> BoxedStrategy<CalledBy> {
    prop_oneof![
        Just(CalledBy::Owner),
        caller().prop_map(CalledBy::Client),
        caller().prop_map(CalledBy::Holder),
    ]
    .boxed()
}

pub(crate) fn caller() -> BoxedStrategy<Caller> {
    let levels = prop::option::of(prop::sample::select(IntegrityLevel::ALL.to_vec()));
    let odd = ["administrator", "elevated", "restricted", "low-integrity", "hand", "LocalSystem"];
    let name = prop_oneof![name(), prop::sample::select(odd.to_vec()).prop_map(Into::into)];
    (name, any::<bool>(), any::<Option<bool>>(), levels, any::<bool>())
        .prop_map(|(name, administrator, elevation, integrity, restricted)| Caller {
            name,
            administrator,
            elevation,
            integrity,
            restricted,
        })
        .boxed()
}

fn user_act() -> BoxedStrategy<UserAction> {
    prop::sample::select(vec![UserAction::LogsOn, UserAction::LogsOff, UserAction::Exits]).boxed()
}

fn advance() -> BoxedStrategy<Statement> {
    let until = prop_oneof![
        prop::sample::select(JobState::ALL.to_vec()).prop_map(Advance::UntilState),
        any::<u64>().prop_map(Advance::UntilBytes),
    ];
    prop_oneof![
        duration().prop_map(|by| Statement::Advance(None, Advance::By(by))),
        instant().prop_map(|to| Statement::Advance(None, Advance::To(to))),
        (maybe_name(), until).prop_map(|(job, until)| Statement::Advance(job, until)),
    ]
    .boxed()
}
