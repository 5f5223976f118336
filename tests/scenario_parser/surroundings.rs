//! Servers, programs and jobs with arbitrary values.

use std::sync::Arc;

use bits_emulator::scenario::{
    Answer, Job, Lacks, Policy, Replies, Reply, Resource, Script, Server, Statement, Times,
};
use bits_emulator::{JobId, JobType, Readings};
use proptest::prelude::*;

use crate::caller;
use crate::values::*;

pub(crate) fn statement() -> BoxedStrategy<Statement> {
    prop_oneof![
        instant().prop_map(Statement::Start),
        Just(Statement::ByHand),
        reading(),
        policy(),
        server().prop_map(Statement::Server),
        resource().prop_map(Statement::Resource),
        (name(), any::<u64>()).prop_map(|(path, size)| Statement::LocalFile { path, size }),
        programs(),
        job().prop_map(Statement::Job),
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

fn policy() -> BoxedStrategy<Statement> {
    let policies = vec![
        Policy::InactivityTimeout,
        Policy::MaximumDownloadTime,
        Policy::FilesPerJob,
        Policy::RangesPerFile,
    ];
    (prop::sample::select(policies), any::<u32>())
        .prop_map(|(policy, value)| Statement::Policy(policy, value))
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

fn programs() -> BoxedStrategy<Statement> {
    prop_oneof![
        replies(code()).prop_map(Statement::CallbackReturns),
        replies(code()).prop_map(Statement::CertificateCallbackReturns),
        replies(any::<u32>()).prop_map(Statement::ProgramExits),
    ]
    .boxed()
}

/// Answers at once, which any script may hold.
fn plain_script() -> BoxedStrategy<Script> {
    let fails = failure().prop_map(|failure| Answer::Fails { failure, after: None });
    scripts_of(prop_oneof![Just(Answer::Well), fails]).boxed()
}

/// Answers of a path, that of a file of 2^64 - 1 bytes.
fn script() -> BoxedStrategy<Script> {
    let fails = (failure(), prop::option::of(0..u64::MAX));
    scripts_of(prop_oneof![
        Just(Answer::Well),
        fails.prop_map(|(failure, after)| Answer::Fails { failure, after }),
        (redirect(), name()).prop_map(|(status, url)| Answer::Redirects { status, url }),
        (0..u64::MAX).prop_map(|after| Answer::Changes { after }),
        Just(Answer::ForgetsSession),
    ])
    .boxed()
}

fn scripts_of(answer: impl Strategy<Value = Answer> + 'static) -> BoxedStrategy<Script> {
    prop::collection::vec((answer, times()), 0..4)
        .prop_map(|answers| Script(up_to_always(answers, |(_, times)| *times)))
        .boxed()
}

fn lacks() -> BoxedStrategy<Lacks> {
    any::<(bool, bool)>().prop_map(|(ranges, sizes)| Lacks { ranges, sizes }).boxed()
}

fn server() -> BoxedStrategy<Server> {
    let certificate = prop::option::of(bytes());
    (name(), duration(), 1_u64.., lacks(), certificate, plain_script())
        .prop_map(|(host, latency, rate, lacks, certificate, answers)| Server {
            host,
            latency,
            rate,
            lacks,
            certificate,
            answers,
        })
        .boxed()
}

fn resource() -> BoxedStrategy<Resource> {
    let path = name().prop_map(|name| Arc::from(format!("/{name}")));
    let headers = prop::option::of(headers().prop_filter("ended", |text| text.ends_with("\r\n")));
    let size = prop::option::of(Just(u64::MAX));
    let of_upload = (plain_script(), any::<u64>(), script());
    (path, size, lacks(), headers, script(), of_upload)
        .prop_map(|(path, size, lacks, headers, answers, (application, reply, reply_answers))| {
            Resource { path, size, lacks, headers, answers, application, reply, reply_answers }
        })
        .boxed()
}

fn job() -> BoxedStrategy<Job> {
    let job_type = prop::sample::select(JobType::ALL.to_vec());
    (maybe_name(), job_type, caller(), any::<[u8; 16]>(), prop::option::of(code()))
        .prop_map(|(name, job_type, owner, id, code)| Job {
            name,
            job_type,
            owner,
            id: JobId(uuid::Uuid::from_bytes(id)),
            code,
        })
        .boxed()
}
