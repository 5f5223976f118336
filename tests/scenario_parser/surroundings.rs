//! Servers, programs and jobs with arbitrary values.

use std::sync::Arc;

use bits_emulator::machine::Directory;
use bits_emulator::readings::Readings;
use bits_emulator::scenario::ast::{
    AnswerScript, Asking, DiskChange, JobDecl, Lacks, Order, Programs, ProxyChange, Replies, Reply,
    ResourceDecl, ServerAnswer, ServerCertificate, ServerDecl, Statement, Times, Uploading, When,
};
use bits_emulator::server::CertificateProblem;
use bits_emulator::settings::{AuthScheme, CertificateLookup};
use bits_emulator::{JobId, JobType};
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
        reading(),
        order().prop_map(Statement::Order),
    ];
    prop_oneof![
        before,
        server().prop_map(Statement::Server),
        name().prop_map(Statement::ServerRemoved),
        resource().prop_map(Statement::Resource),
        path().prop_map(Statement::ResourceRemoved),
        proxy().prop_map(Statement::Proxy),
        disk().prop_map(Statement::Disk),
        prop::sample::select(lookups).prop_map(Statement::CertificateStore),
        (maybe_name(), programs()).prop_map(|(job, programs)| Statement::Programs(job, programs)),
        job().prop_map(Statement::Job),
    ]
    .boxed()
}

fn order() -> BoxedStrategy<Order> {
    prop_oneof![
        any::<u64>().prop_map(Order::Seed),
        prop::collection::vec(any::<usize>(), 1..5).prop_map(Order::Choices),
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

fn asking() -> BoxedStrategy<Asking> {
    let schemes = prop::sample::select(AuthScheme::ALL.to_vec());
    let words = prop_oneof![name(), Just("the".into())];
    (schemes, prop::option::of((words, name())))
        .prop_map(|(scheme, of)| Asking { scheme, of })
        .boxed()
}

fn proxy() -> BoxedStrategy<ProxyChange> {
    prop_oneof![
        asking().prop_map(ProxyChange::Asks),
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
        .prop_map(|(switch, answer)| Statement::Reading { switch, answer })
        .boxed()
}

fn times() -> BoxedStrategy<Times> {
    prop_oneof![any::<u64>().prop_map(Times::Count), Just(Times::Always)].boxed()
}

/// Up to the first entry that holds for ever.
fn up_to_always<T>(mut entries: Vec<T>, times: impl Fn(&T) -> Times) -> Vec<T> {
    let always = entries.iter().position(|entry| times(entry) == Times::Always);
    entries.truncate(always.map_or(entries.len(), |place| place + 1));
    entries
}

fn replies<T: Clone + std::fmt::Debug + 'static>(
    code: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Replies<T>> {
    let reply =
        (code, duration(), times()).prop_map(|(code, after, times)| Reply { code, after, times });
    prop::collection::vec(reply, 1..4)
        .prop_map(|replies| Replies(up_to_always(replies, |reply| reply.times)))
        .boxed()
}

fn programs() -> BoxedStrategy<Programs> {
    prop_oneof![
        replies(code()).prop_map(Programs::Callback),
        replies(code()).prop_map(Programs::CertificateCallback),
        replies(any::<u32>()).prop_map(Programs::Program),
    ]
    .boxed()
}

/// Answers at once, which any script may hold.
fn plain_script() -> BoxedStrategy<AnswerScript> {
    let fails = failure().prop_map(|failure| ServerAnswer::Fails { failure, when: When::AtOnce });
    scripts_of(prop_oneof![Just(ServerAnswer::Well), Just(ServerAnswer::IsSilent), fails]).boxed()
}

/// Answers of a path, that of a file of 2^64 - 1 bytes.
fn script() -> BoxedStrategy<AnswerScript> {
    let when =
        prop_oneof![Just(When::AtOnce), (0..u64::MAX).prop_map(When::After), Just(When::AtEnd)];
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
) -> BoxedStrategy<AnswerScript> {
    prop::collection::vec((answer, times()), 0..4)
        .prop_map(|answers| AnswerScript(up_to_always(answers, |(_, times)| *times)))
        .boxed()
}

fn lacks() -> BoxedStrategy<Lacks> {
    any::<(bool, bool)>().prop_map(|(ranges, sizes)| Lacks { ranges, sizes }).boxed()
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

fn server() -> BoxedStrategy<ServerDecl> {
    let security = (prop::option::of(certificate()), prop::option::of(asking()));
    (name(), duration(), 1_u64.., lacks(), any::<bool>(), security, plain_script())
        .prop_map(|(host, latency, rate, lacks, http_1_0, (certificate, asks), answers)| {
            ServerDecl { host, latency, rate, lacks, http_1_0, certificate, asks, answers }
        })
        .boxed()
}

fn path() -> BoxedStrategy<Arc<str>> {
    name().prop_map(|name| Arc::from(format!("/{name}"))).boxed()
}

fn uploading() -> BoxedStrategy<Uploading> {
    any::<(bool, Option<u64>, bool)>()
        .prop_map(|(overwrites, largest, executes)| Uploading { overwrites, largest, executes })
        .boxed()
}

fn resource() -> BoxedStrategy<ResourceDecl> {
    let headers = prop::option::of(headers().prop_filter("ended", |text| text.ends_with("\r\n")));
    let size = prop::option::of(Just(u64::MAX));
    let speed = (prop::option::of(duration()), prop::option::of(1_u64..));
    let of_upload = (prop::option::of(uploading()), plain_script(), any::<u64>(), script());
    (path(), size, lacks(), headers, script(), speed, of_upload)
        .prop_map(|(path, size, lacks, headers, answers, (latency, rate), of_upload)| {
            let (uploads, application, reply, reply_answers) = of_upload;
            ResourceDecl {
                path,
                size,
                uploads,
                latency,
                rate,
                lacks,
                headers,
                answers,
                application,
                reply,
                reply_answers,
            }
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
