//! What the programs of clients do besides changing jobs, with arbitrary values.

use bits_emulator::scenario::ast::{ClientAction, ClientStatement, Expectation, Statement};
use bits_emulator::{HResult, JobState, Method};
use proptest::prelude::*;

use crate::caller;
use crate::calls::readable;
use crate::values::*;

pub(crate) fn statement() -> BoxedStrategy<Statement> {
    let line = (prop::option::of(instant()), name(), any::<bool>(), action());
    let line = line.prop_map(|(at, name, is_named, what)| {
        // Of several jobs, one is named.
        let names_several = match &what {
            ClientAction::Reads(_, Expectation::Enumerated(_, jobs)) => jobs.len() > 1,
            _ => false,
        };
        let is_named = (is_named || names_several) && what.is_of_a_job();
        Statement::Client(ClientStatement { at, job: is_named.then_some(name), what })
    });
    let ended = prop::sample::select(vec![Expectation::ClientEnded, Expectation::ClientSucceeded]);
    prop_oneof![8 => line, 1 => ended.prop_map(|ended| Statement::Expect(None, vec![ended]))]
        .boxed()
}

fn action() -> BoxedStrategy<ClientAction> {
    let failing = || code().prop_filter("fails", |code| !code.is_success());
    let methods = prop::sample::select(Method::ALL.to_vec());
    let refusable = vec![Method::GetError, Method::GetReplyProgress, Method::GetJob];
    prop_oneof![
        4 => read(),
        1 => (prop::sample::select(refusable), failing())
            .prop_map(|(method, code): (Method, HResult)| ClientAction::Refused(method, code)),
        2 => (methods, failing()).prop_map(|(method, code)| ClientAction::Lost(method, code)),
        1 => prop::sample::select(vec![
            ClientAction::Starts,
            ClientAction::Killed,
            ClientAction::Succeeds,
            ClientAction::IsLate,
        ]),
        1 => duration().prop_map(|time| ClientAction::Waits(time.abs())),
        1 => name().prop_map(ClientAction::Fails),
        1 => name().prop_map(ClientAction::Panics),
        1 => (name(), name()).prop_map(|(name, value)| ClientAction::Stores(name, value)),
        1 => name().prop_map(ClientAction::Removes),
        1 => (name(), name()).prop_map(|(name, value)| ClientAction::Finds(name, value)),
        1 => name().prop_map(ClientAction::FindsNone),
    ]
    .boxed()
}

/// A read with what it returns.
fn read() -> BoxedStrategy<ClientAction> {
    let setting = readable().prop_filter_map("has a getter", |call| {
        let name = call.method().name().strip_prefix("Set")?;
        let getter = |method: &&Method| method.name().strip_prefix("Get") == Some(name);
        let getter = Method::ALL.iter().find(getter)?;
        Some((*getter, Expectation::Setting(call)))
    });
    let progress = (any::<u64>(), any::<Option<u64>>());
    let read = prop_oneof![
        prop::sample::select(JobState::ALL.to_vec())
            .prop_map(|state| (Method::GetState, Expectation::State(state))),
        (code(), context(), maybe_name()).prop_map(|(code, context, file)| {
            (Method::GetError, Expectation::Error { code, context, file })
        }),
        any::<u32>().prop_map(|count| (Method::GetErrorCount, Expectation::ErrorCount(count))),
        progress
            .prop_map(|(done, total)| (Method::GetProgress, Expectation::Progress(done, total))),
        (caller(), prop::collection::vec(name(), 0..3)).prop_map(|(caller, jobs)| {
            (Method::EnumJobs, Expectation::Enumerated(caller, jobs))
        }),
        setting,
    ];
    read.prop_map(|(method, value)| ClientAction::Reads(method, value)).boxed()
}
