//! Servers, programs and jobs with arbitrary values.

use std::sync::Arc;

use bits_emulator::machine::Directory;
use bits_emulator::readings::Readings;
use bits_emulator::scenario::ast::{
    ChoiceOrder, ClientResponses, DiskChange, FaultTiming, JobDecl, ProxyChange, ReadingAnswer,
    Repetition, ResourceClause, ResourceDecl, Response, ScriptedAnswer, ServerAnswer,
    ServerCertificate, ServerClause, Statement,
};
use bits_emulator::server::{AuthChallenge, CertificateProblem, HeadAnswer};
use bits_emulator::settings::{AuthScheme, CertificateLookup};
use bits_emulator::{HResult, JobId, JobType};
use proptest::prelude::*;

use crate::caller;
use crate::values::*;

pub(crate) fn statement() -> BoxedStrategy<Statement> {
    let lookups = vec![
        CertificateLookup::Found,
        CertificateLookup::NoStore,
        CertificateLookup::NoCertificate,
        CertificateLookup::AccessDenied,
    ];
    let before = prop_oneof![
        instant().prop_map(Statement::Start),
        Just(Statement::ByHand),
        Just(Statement::NoExpectations),
        reading(),
        order().prop_map(Statement::Order),
    ];
    prop_oneof![
        before,
        (name(), server_clauses()).prop_map(|(host, clauses)| Statement::Server { host, clauses }),
        name().prop_map(Statement::ServerRemoved),
        resource().prop_map(Statement::Resource),
        path().prop_map(Statement::ResourceRemoved),
        proxy().prop_map(Statement::Proxy),
        disk().prop_map(Statement::Disk),
        prop::sample::select(lookups).prop_map(Statement::CertificateStore),
        failing_code().prop_map(Statement::UnavailableCode),
        (failing_code(), times()).prop_map(|(code, times)| Statement::ConnectFailure(code, times)),
        (maybe_name(), responses())
            .prop_map(|(job, responses)| Statement::ClientResponses(job, responses)),
        job().prop_map(Statement::Job),
    ]
    .boxed()
}

fn order() -> BoxedStrategy<ChoiceOrder> {
    prop_oneof![
        any::<u64>().prop_map(ChoiceOrder::Seed),
        prop::collection::vec(any::<usize>(), 1..5).prop_map(ChoiceOrder::Choices),
    ]
    .boxed()
}

fn disk() -> BoxedStrategy<DiskChange> {
    let folders = vec![Directory::Missing, Directory::Denied, Directory::Writable];
    prop_oneof![
        (name(), any::<u64>()).prop_map(|(path, size)| DiskChange::Written(path, size)),
        name().prop_map(DiskChange::Removed),
        (name(), any::<bool>()).prop_map(|(path, open)| DiskChange::Open(path, open)),
        (name(), any::<bool>()).prop_map(|(path, is)| DiskChange::Undeletable(path, is)),
        (name(), prop::sample::select(folders)).prop_map(|(path, is)| DiskChange::Folder(path, is)),
        (name(), 0..3_u64).prop_map(|(volume, free)| DiskChange::Free(volume, free << 20)),
        (name(), any::<bool>()).prop_map(|(volume, is)| DiskChange::Locked(volume, is)),
    ]
    .boxed()
}

fn required() -> BoxedStrategy<AuthChallenge> {
    let schemes = prop::sample::select(AuthScheme::ALL.to_vec());
    let words = prop_oneof![name(), Just("the".into())];
    (schemes, prop::option::of((words, name())))
        .prop_map(|(scheme, of)| match of {
            Some((user, password)) => AuthChallenge::new(scheme, &user, &password),
            None => AuthChallenge::logged_on_user(scheme),
        })
        .boxed()
}

fn proxy() -> BoxedStrategy<ProxyChange> {
    prop_oneof![
        required().prop_map(ProxyChange::Asks),
        Just(ProxyChange::AsksNothing),
        Just(ProxyChange::StripsRanges),
    ]
    .boxed()
}

fn reading() -> BoxedStrategy<Statement> {
    let pairs: Vec<_> = Readings::SWITCHES
        .iter()
        .flat_map(|switch| switch.answers.iter().map(|answer| (switch.name, *answer)))
        .collect();
    prop::sample::select(pairs)
        .prop_map(|(switch, answer)| Statement::Reading(ReadingAnswer { switch, answer }))
        .boxed()
}

fn failing_code() -> BoxedStrategy<HResult> {
    any::<u32>().prop_map(|value| HResult::new(value | 0x8000_0000)).boxed()
}

fn times() -> BoxedStrategy<Repetition> {
    prop_oneof![any::<u64>().prop_map(Repetition::Count), Just(Repetition::Always)].boxed()
}

/// Up to the first entry that holds for ever.
fn up_to_always<T>(mut entries: Vec<T>, times: impl Fn(&T) -> Repetition) -> Vec<T> {
    let always = entries.iter().position(|entry| times(entry) == Repetition::Always);
    entries.truncate(always.map_or(entries.len(), |place| place + 1));
    entries
}

fn scripts<T: Clone + std::fmt::Debug + 'static>(
    code: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Vec<Response<T>>> {
    let response = (code, duration(), times()).prop_map(|(code, after, times)| Response {
        code,
        after,
        times,
    });
    prop::collection::vec(response, 1..4)
        .prop_map(|script| up_to_always(script, |response| response.times))
        .boxed()
}

fn responses() -> BoxedStrategy<ClientResponses> {
    prop_oneof![
        scripts(code()).prop_map(ClientResponses::Callback),
        scripts(code()).prop_map(ClientResponses::CertificateCallback),
        scripts(any::<u32>()).prop_map(ClientResponses::Program),
    ]
    .boxed()
}

/// Answers at once, which any script may hold.
fn plain_script() -> BoxedStrategy<Vec<ScriptedAnswer>> {
    let fails =
        failure().prop_map(|failure| ServerAnswer::Fails { failure, when: FaultTiming::AtOnce });
    scripts_of(prop_oneof![Just(ServerAnswer::Well), Just(ServerAnswer::IsSilent), fails]).boxed()
}

/// Answers of a path, that of a file of 2^64 - 1 bytes.
fn script() -> BoxedStrategy<Vec<ScriptedAnswer>> {
    let when = prop_oneof![
        Just(FaultTiming::AtOnce),
        Just(FaultTiming::AtHead),
        Just(FaultTiming::AtGet),
        (0..u64::MAX).prop_map(FaultTiming::After),
        Just(FaultTiming::AtEnd)
    ];
    let fails = (failure(), when);
    scripts_of(prop_oneof![
        Just(ServerAnswer::Well),
        fails.prop_map(|(failure, when)| ServerAnswer::Fails { failure, when }),
        (redirect(), name()).prop_map(|(status, url)| ServerAnswer::Redirects { status, url }),
        (0..u64::MAX).prop_map(|after| ServerAnswer::Changes { after }),
        Just(ServerAnswer::ForgetsSession),
    ])
    .boxed()
}

fn scripts_of(
    answer: impl Strategy<Value = ServerAnswer> + 'static,
) -> BoxedStrategy<Vec<ScriptedAnswer>> {
    let scripted = (answer, times()).prop_map(|(answer, times)| ScriptedAnswer { answer, times });
    prop::collection::vec(scripted, 1..4)
        .prop_map(|answers| up_to_always(answers, |scripted| scripted.times))
        .boxed()
}

fn head() -> BoxedStrategy<HeadAnswer> {
    prop_oneof![
        Just(HeadAnswer::AsGet),
        Just(HeadAnswer::WithoutLength),
        any::<u64>().prop_map(HeadAnswer::Length),
        (300_u16..600).prop_map(HeadAnswer::Status),
    ]
    .boxed()
}

fn certificate() -> BoxedStrategy<ServerCertificate> {
    let problems = vec![
        CertificateProblem::WrongName,
        CertificateProblem::Expired,
        CertificateProblem::UnknownIssuer,
        CertificateProblem::WrongUsage,
        CertificateProblem::Revoked,
    ];
    prop_oneof![
        bytes().prop_map(ServerCertificate::Hash),
        prop::sample::select(problems).prop_map(ServerCertificate::Bad)
    ]
    .boxed()
}

/// Each clause once at most, in any order.
fn server_clauses() -> BoxedStrategy<Vec<ServerClause>> {
    let each = (duration(), 1_u64.., head(), certificate(), required(), plain_script());
    each.prop_flat_map(|(latency, rate, head, certificate, required, script)| {
        let all = vec![
            ServerClause::Latency(latency),
            ServerClause::Rate(rate),
            ServerClause::WithoutRanges,
            ServerClause::WithoutSizes,
            ServerClause::Head(head),
            ServerClause::Http10,
            ServerClause::Certificate(certificate),
            ServerClause::Asks(required),
            ServerClause::Answers(script),
        ];
        prop::sample::subsequence(all, 0..=9).prop_shuffle()
    })
    .boxed()
}

fn path() -> BoxedStrategy<Arc<str>> {
    name().prop_map(|name| Arc::from(format!("/{name}"))).boxed()
}

fn resource() -> BoxedStrategy<ResourceDecl> {
    let size = prop::option::of(Just(u64::MAX));
    (path(), size, resource_clauses())
        .prop_map(|(path, size, clauses)| ResourceDecl { path, size, clauses })
        .boxed()
}

/// Each clause once at most, in any order; header lines also twice.
fn resource_clauses() -> BoxedStrategy<Vec<ResourceClause>> {
    let numbers = (duration(), 1_u64.., any::<u64>(), any::<u64>());
    let scripts = (script(), plain_script(), script());
    (numbers, head(), name(), name(), scripts)
        .prop_flat_map(|((latency, rate, largest, reply), head, first, second, scripts)| {
            let (answers, application, reply_answers) = scripts;
            let all = vec![
                ResourceClause::Latency(latency),
                ResourceClause::Rate(rate),
                ResourceClause::WithoutRanges,
                ResourceClause::WithoutSizes,
                ResourceClause::Head(head),
                ResourceClause::TakesUploads,
                ResourceClause::Overwrites,
                ResourceClause::Executes,
                ResourceClause::LargestUpload(largest),
                ResourceClause::Header(first),
                ResourceClause::Header(second),
                ResourceClause::Answers(answers),
                ResourceClause::ApplicationAnswers(application),
                ResourceClause::Reply(reply),
                ResourceClause::ReplyAnswers(reply_answers),
            ];
            prop::sample::subsequence(all, 0..=15).prop_shuffle()
        })
        .boxed()
}

fn job() -> BoxedStrategy<JobDecl> {
    let job_type = prop::sample::select(JobType::ALL.to_vec());
    let names = (maybe_name(), maybe_name());
    (names, job_type, caller(), any::<[u8; 16]>(), prop::option::of(code()))
        .prop_map(|((name, label), job_type, owner, id, code)| JobDecl {
            name,
            label,
            job_type,
            owner,
            id: JobId(uuid::Uuid::from_bytes(id)),
            code,
        })
        .boxed()
}
