//! The scenario language: what is printed parses back, what is broken gets a message that points
//! into its line, and no text makes the parser or the runner panic.
#![cfg(feature = "scenario")]

use std::sync::Arc;

use bits_emulator::scenario::{
    Advance, Answer, Expectation, Job, Resource, Scenario, Script, Server, Statement, Step, Times,
};
use bits_emulator::{
    Call, Commit, Deadline, Deletion, ErrorContext, Event, FailedRename, Failure, FileInfo,
    FileRange, HResult, Input, JobState, JobType, Readings,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

const FILES: &[&str] = &[
    include_str!("../scenarios/name-not-resolved.bits"),
    include_str!("../scenarios/server-application-failed.bits"),
    include_str!("../scenarios/rename-refused-by-the-disk.bits"),
    include_str!("../scenarios/font-download-2020-10-15.bits"),
    include_str!("../scenarios/network-lost-and-restored.bits"),
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
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

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
        }
    }

    #[test]
    fn printed_statements_parse_back(statements in prop::collection::vec(statement(), 1..12)) {
        for statement in statements {
            let text = with_surroundings(&statement);
            let scenario: Scenario = text.parse().map_err(|error| {
                TestCaseError::fail(format!("{error}"))
            })?;
            let last = scenario.lines().last().map(|line| &line.statement);
            prop_assert_eq!(last, Some(&statement), "{}", text);
        }
    }
}

/// The statement after those that it needs before it.
fn with_surroundings(statement: &Statement) -> String {
    let job = "job update, DOWNLOAD, by alice\n";
    let by_hand = "by hand\n";
    let before = match statement {
        Statement::Resource(_) => "server example.com\n".to_owned(),
        Statement::Step(_) => format!("{by_hand}{job}"),
        Statement::Advance(_) | Statement::Expect(_) => job.to_owned(),
        Statement::Again { steps, .. } => format!("{by_hand}{job}{}", "suspend\n".repeat(*steps)),
        _ => String::new(),
    };
    format!("{before}{statement}   # a comment, with \"quotes\"\n")
}

fn vocabulary() -> Vec<&'static str> {
    let files = FILES.iter().flat_map(|file| file.split(' ').map(str::trim));
    let odd =
        ["\n", "\"", "#", "->", "=>", ",", "0", "18446744073709551616", "-1", "é", "\u{0}", "/"];
    let mut words: Vec<_> = files.chain(odd).filter(|word| !word.contains('\n')).collect();
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

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        any::<char>().prop_map(|inserted| Mutation::Insert(inserted.to_string())),
        prop::sample::select(vocabulary()).prop_map(|word| Mutation::Insert(format!(" {word} "))),
        (1_usize..8).prop_map(Mutation::Delete),
        Just(Mutation::DuplicateLine),
        Just(Mutation::DeleteLine),
    ]
}

fn mutate(text: &mut String, place: usize, mutation: &Mutation) {
    let place = text.floor_char_boundary(place);
    let line_start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[place..].find('\n').map_or(text.len(), |at| place + at + 1);
    match mutation {
        Mutation::Insert(inserted) => text.insert_str(place, inserted),
        Mutation::Delete(count) => {
            let end = text.floor_char_boundary(place + count);
            text.replace_range(place..end.max(place), "");
        }
        Mutation::DuplicateLine => {
            let line = text[line_start..line_end].to_owned();
            text.insert_str(line_start, &line);
        }
        Mutation::DeleteLine => text.replace_range(line_start..line_end, ""),
    }
}

fn statement() -> impl Strategy<Value = Statement> {
    prop_oneof![
        instant().prop_map(Statement::Start),
        Just(Statement::ByHand),
        reading(),
        server().prop_map(Statement::Server),
        resource().prop_map(Statement::Resource),
        (name(), any::<u64>()).prop_map(|(path, size)| Statement::LocalFile { path, size }),
        job().prop_map(Statement::Job),
        step().prop_map(Statement::Step),
        (1_usize..5, any::<u64>(), duration()).prop_map(|(steps, times, every)| Statement::Again {
            steps,
            times,
            every
        }),
        advance().prop_map(Statement::Advance),
        prop::collection::vec(expectation(), 1..4).prop_map(Statement::Expect),
    ]
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..8_000_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn duration() -> impl Strategy<Value = TimeDelta> {
    (0_i64..1_000_000_000_000_000).prop_map(TimeDelta::microseconds)
}

fn name() -> impl Strategy<Value = Arc<str>> {
    prop_oneof!["[a-z:/\\\\.]{1,12}", "[ -~é]{0,16}"].prop_map(Arc::from)
}

fn reading() -> impl Strategy<Value = Statement> {
    let pairs: Vec<_> = Readings::SWITCHES
        .iter()
        .flat_map(|switch| switch.answers.iter().map(|answer| (switch.name, *answer)))
        .collect();
    prop::sample::select(pairs).prop_map(|(switch, answer)| Statement::Reading { switch, answer })
}

fn code() -> impl Strategy<Value = HResult> {
    let known: Vec<_> = HResult::all().map(|info| info.code).collect();
    prop_oneof![prop::sample::select(known), any::<u32>().prop_map(HResult::new)]
}

fn failure() -> impl Strategy<Value = Failure> {
    let failing = any::<u32>().prop_map(|value| HResult::new(value | 0x8000_0000));
    let code = prop_oneof![
        code().prop_filter_map("a failure", |code| code.is_failure().then_some(code)),
        failing
    ];
    (code, context(), 0..3).prop_map(|(code, context, class)| {
        let failure = Failure::new(code).unwrap();
        let failure = context.map_or(failure, |context| failure.in_context(context));
        match class {
            0 => failure,
            1 => failure.transient(),
            _ => failure.fatal(),
        }
    })
}

fn context() -> impl Strategy<Value = Option<ErrorContext>> {
    prop::option::of(prop::sample::select(ErrorContext::ALL.to_vec()))
}

/// Answers at once, which any script may hold.
fn plain_script() -> impl Strategy<Value = Script> {
    let fails = failure().prop_map(|failure| Answer::Fails { failure, after: None });
    scripts_of(prop_oneof![Just(Answer::Well), fails])
}

/// Answers of a path, that of a file of 2^64 - 1 bytes.
fn script() -> impl Strategy<Value = Script> {
    let fails = (failure(), prop::option::of(0..u64::MAX));
    scripts_of(prop_oneof![
        Just(Answer::Well),
        fails.prop_map(|(failure, after)| Answer::Fails { failure, after }),
        (redirect(), name()).prop_map(|(status, url)| Answer::RedirectRefused { status, url }),
    ])
}

fn scripts_of(answer: impl Strategy<Value = Answer>) -> impl Strategy<Value = Script> {
    let times = prop_oneof![any::<u64>().prop_map(Times::Count), Just(Times::Always)];
    prop::collection::vec((answer, times), 0..4).prop_map(Script)
}

fn redirect() -> impl Strategy<Value = u16> {
    prop::sample::select(vec![300, 301, 302, 303, 307])
}

fn server() -> impl Strategy<Value = Server> {
    (name(), duration(), 1_u64.., plain_script())
        .prop_map(|(host, latency, rate, answers)| Server { host, latency, rate, answers })
}

fn resource() -> impl Strategy<Value = Resource> {
    let path = name().prop_map(|name| Arc::from(format!("/{name}")));
    (path, prop::option::of(Just(u64::MAX)), script(), plain_script(), any::<u64>(), script())
        .prop_map(|(path, size, answers, application, reply, reply_answers)| Resource {
            path,
            size,
            answers,
            application,
            reply,
            reply_answers,
        })
}

fn job() -> impl Strategy<Value = Job> {
    (name(), prop::sample::select(JobType::ALL.to_vec()), name(), any::<[u8; 16]>()).prop_map(
        |(name, job_type, owner, id)| Job {
            name,
            job_type,
            owner,
            id: bits_emulator::JobId(uuid::Uuid::from_bytes(id)),
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let input = prop_oneof![
        prop::sample::select(Input::examples()),
        call().prop_map(Input::Call),
        event().prop_map(Input::Event),
    ];
    let state = prop::option::of(prop::sample::select(JobState::ALL.to_vec()));
    (prop::option::of(instant()), input, prop::option::of(code()), state).prop_map(
        |(at, input, code, state)| {
            let code = code.filter(|_| matches!(input, Input::Call(_)));
            Step { at, input, code, state }
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let file = || (name(), name()).prop_map(|(remote, local)| FileInfo::new(remote, local));
    let range =
        (any::<u64>(), any::<u64>()).prop_map(|(from, length)| FileRange::new(from, length));
    let ranges = prop::collection::vec(range, 0..4);
    let deletion = prop::sample::select(vec![Deletion::Done, Deletion::Incomplete]);
    let rename = (0..u32::MAX, failure().prop_map(|failure| failure.code()))
        .prop_map(|(after, code)| FailedRename { after, code });
    let commit = (prop::option::of(rename), deletion.clone())
        .prop_map(|(failed_rename, deletion)| Commit { failed_rename, deletion });
    prop_oneof![
        file().prop_map(Call::AddFile),
        prop::collection::vec(file(), 1..4).prop_map(|files| Call::AddFileSet(files.into())),
        (file(), ranges).prop_map(|(file, ranges)| Call::AddFileWithRanges(file, ranges.into())),
        deletion.prop_map(Call::Cancel),
        commit.prop_map(Call::Complete),
        any::<u32>().prop_map(Call::SetMinimumRetryDelay),
        any::<u32>().prop_map(Call::SetNoProgressTimeout),
        any::<u32>().prop_map(Call::SetMaximumDownloadTime),
        name()
            .prop_filter("`generated` stands for no name", |name| &**name != "generated")
            .prop_map(|name| Call::SetReplyFileName(Some(name))),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let moved = -1_000_000_000_000_i64..1_000_000_000_000;
    prop_oneof![
        any::<u64>().prop_map(Event::SizeKnown),
        any::<u64>().prop_map(Event::Progressed),
        any::<u64>().prop_map(Event::ReplyStarted),
        failure().prop_map(Event::Failed),
        (redirect(), name()).prop_map(|(status, url)| Event::RedirectRefused(status, url)),
        moved.prop_map(|micros| Event::ClockChanged(TimeDelta::microseconds(micros))),
    ]
}

fn advance() -> impl Strategy<Value = Advance> {
    prop_oneof![
        duration().prop_map(Advance::By),
        instant().prop_map(Advance::To),
        prop::sample::select(JobState::ALL.to_vec()).prop_map(Advance::UntilState),
        any::<u64>().prop_map(Advance::UntilBytes),
    ]
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let deadline = prop::sample::select(Deadline::ALL.to_vec());
    prop_oneof![
        prop::sample::select(JobState::ALL.to_vec()).prop_map(Expectation::State),
        (code(), context(), prop::option::of(name()))
            .prop_map(|(code, context, file)| Expectation::Error { code, context, file }),
        Just(Expectation::NoError),
        any::<u32>().prop_map(Expectation::ErrorCount),
        (any::<u64>(), any::<Option<u64>>())
            .prop_map(|(done, total)| Expectation::Progress(done, total)),
        any::<(u32, u32)>().prop_map(|(done, total)| Expectation::Files(done, total)),
        (name(), any::<u64>(), any::<Option<u64>>())
            .prop_map(|(name, done, total)| Expectation::File(name, done, total)),
        (any::<u64>(), any::<Option<u64>>())
            .prop_map(|(done, total)| Expectation::Reply(done, total)),
        (name(), any::<bool>()).prop_map(|(name, is)| Expectation::Completed(name, is)),
        (deadline, instant()).prop_map(|(deadline, at)| Expectation::Deadline(deadline, at)),
        prop_oneof![
            instant().prop_map(Expectation::Time),
            instant().prop_map(Expectation::Created),
            instant().prop_map(Expectation::Modified),
            prop::option::of(instant()).prop_map(Expectation::TransferCompleted),
            Just(Expectation::NoDeadline),
            any::<bool>().prop_map(Expectation::Purged),
            any::<bool>().prop_map(Expectation::InQueue),
        ],
    ]
}

/// The message about a text with one broken line.
#[track_caller]
fn message(text: &str) -> String {
    text.parse::<Scenario>().unwrap_err().render("a.bits")
}

#[test]
fn messages_name_the_place_the_cause_and_the_mend() {
    let job = "job update, DOWNLOAD, by alice";
    for (line, place, mend) in [
        ("server example.com, latenci 5 s", "2:21", "`latency`, `rate` or `answers`"),
        ("/app.exe 10 MiB", "2:1", "write for example `server example.com` above"),
        ("picked", "2:1", "`by hand` at the top"),
        ("/a 10 MB", "2:7", "a unit of size: B, KiB, MiB"),
        ("no-progress timeout 1 hour", "2:23", "a unit of time: d, h, m, s"),
        ("minimum retry delay 60 seconds", "2:24", "a unit of time"),
        ("advance untill ERROR", "2:9", "`until`"),
        ("network loss", "2:1", "`network lost`"),
        ("file ACL flags 16", "2:16", "0 to 15"),
        ("redirect 404 refused to https://example.org/", "2:10", "300, 301, 302, 303 or 307"),
        ("complete, rename 1 fails with S_OK", "2:1", "ERROR_SHARING_VIOLATION"),
        ("resum", "2:1", "`resume -> S_OK`"),
        ("advance 10", "2:11", "a unit of time: d, h, m, s"),
        ("advance until SOON", "2:15", "a state such as ERROR"),
        ("minimum retry delay 99999999999 s", "2:21", "at most 4294967295 s"),
        ("add https://example.com/app.exe", "2:32", "`as` and a local name"),
        ("complete -> S_OKAY", "2:13", "a code such as BG_E_HTTP_ERROR_404"),
        ("reading error object: lax", "2:23", "`latched` or `strict`"),
        ("failed S_OK", "2:8", "a failure code such as"),
        ("retry delay elapsed", "2:1", "`advance until STATE`"),
        ("network lost -> S_OK", "2:1", "`=> STATE`"),
        ("job other, DOWNLOAD, by bob", "2:1", "another file"),
        ("local file \"C:\\a", "2:", "a closing quote"),
    ] {
        let message = message(&format!("{job}\n{line}\n"));
        assert!(message.contains(&format!("a.bits:{place}")), "{message}");
        assert!(message.contains(mend), "{message}");
    }
}

#[test]
fn every_broken_line_gets_a_message() {
    let error = "resum\njob a, DOWNLOAD, by b\nadvance\n".parse::<Scenario>().unwrap_err();
    let lines: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.line("resum\njob a, DOWNLOAD, by b\nadvance\n"))
        .collect();
    assert_eq!(lines, [1, 3]);
}

// PROGRESS-12: FILETIME ticks; what a name may hold; where a comment begins.
#[test]
fn names_may_hold_what_windows_names_hold() {
    let text = "job \"say \"\"#1\"\", twice\", UPLOAD, by \"DOMAIN\\al ice\"  # a comment\n";
    let scenario: Scenario = text.parse().unwrap();
    let [line] = scenario.lines() else { panic!("{scenario}") };
    let Statement::Job(job) = &line.statement else { panic!("{scenario}") };
    assert_eq!(&*job.name, "say \"#1\", twice");
    assert_eq!(&*job.owner, "DOMAIN\\al ice");
}
