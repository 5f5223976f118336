//! Expectations with arbitrary values.

use bits_emulator::JobState;
use bits_emulator::machine::{Deadline, Recipient};
use bits_emulator::scenario::ast::{Expectation, NotificationPattern};
use proptest::prelude::*;

use crate::caller;
use crate::calls::readable;
use crate::values::*;

pub(crate) fn expectation() -> BoxedStrategy<Expectation> {
    prop_oneof![
        2 => of_progress(),
        1 => of_time(),
        2 => of_names(),
        2 => of_client(),
        2 => of_several(),
        3 => readable().prop_map(Expectation::Setting),
    ]
    .boxed()
}

fn of_progress() -> BoxedStrategy<Expectation> {
    prop_oneof![
        prop::sample::select(JobState::ALL.to_vec()).prop_map(Expectation::State),
        (code(), context(), maybe_name()).prop_map(|(code, context, file)| Expectation::Error {
            code,
            context,
            file
        }),
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
        any::<bool>().prop_map(Expectation::Purged),
    ]
    .boxed()
}

fn of_time() -> BoxedStrategy<Expectation> {
    let deadline = prop::sample::select(Deadline::ALL.to_vec());
    prop_oneof![
        (deadline, instant()).prop_map(|(deadline, at)| Expectation::Deadline(deadline, at)),
        instant().prop_map(Expectation::Time),
        instant().prop_map(Expectation::Created),
        instant().prop_map(Expectation::Modified),
        prop::option::of(instant()).prop_map(Expectation::TransferCompleted),
        Just(Expectation::NoDeadline),
        any::<bool>().prop_map(Expectation::InQueue),
    ]
    .boxed()
}

fn of_names() -> BoxedStrategy<Expectation> {
    prop_oneof![
        (file_index(), name()).prop_map(|(file, url)| Expectation::RemoteName(file, url)),
        (file_index(), headers())
            .prop_map(|(file, headers)| Expectation::HeadersAmong(file, headers)),
        (file_index(), prop::option::of(headers()))
            .prop_map(|(file, headers)| Expectation::ResponseHeaders(file, headers)),
        prop::option::of(headers()).prop_map(Expectation::RequestHeaders),
        (file_index(), ranges()).prop_map(|(file, ranges)| Expectation::FilledRanges(file, ranges)),
        name().prop_map(Expectation::Owner),
        any::<bool>().prop_map(Expectation::OwnerElevated),
    ]
    .boxed()
}

fn of_several() -> BoxedStrategy<Expectation> {
    let jobs = || prop::collection::vec(name(), 0..3);
    prop_oneof![
        jobs().prop_map(Expectation::Running),
        jobs().prop_map(Expectation::Activated),
        any::<u32>().prop_map(Expectation::QueueLength),
        (caller(), jobs()).prop_map(|(caller, jobs)| Expectation::Enumerated(caller, jobs)),
        (caller(), prop_oneof![jobs().prop_map(Ok), code().prop_map(Err)])
            .prop_map(|(caller, jobs)| Expectation::EnumeratedAll(caller, jobs)),
        (name(), any::<Option<u64>>()).prop_map(|(path, size)| Expectation::OnDisk(path, size)),
        name().prop_map(Expectation::NotOnDisk),
        name().prop_map(Expectation::Fetched),
        code().prop_map(Expectation::NoneRefused),
        name().prop_map(Expectation::FolderEmpty),
        (name(), maybe_name(), any::<u64>())
            .prop_map(|(host, method, count)| Expectation::Asked(host, method, count)),
    ]
    .boxed()
}

fn of_client() -> BoxedStrategy<Expectation> {
    prop_oneof![
        (notice(), any::<Option<u64>>())
            .prop_map(|(notice, count)| Expectation::Told(notice, count)),
        notice().prop_map(Expectation::Due),
        Just(Expectation::ToldNothing),
        Just(Expectation::NothingDue),
    ]
    .boxed()
}

fn notice() -> BoxedStrategy<NotificationPattern> {
    let recipient = prop_oneof![
        Just(Recipient::Callback),
        Just(Recipient::CommandLine),
        any::<[u8; 16]>().prop_map(|id| Recipient::ComClass(uuid::Uuid::from_bytes(id))),
    ];
    (notification(), prop::option::of(recipient), maybe_name())
        .prop_map(|(notification, recipient, account)| NotificationPattern {
            notification,
            recipient,
            account,
        })
        .boxed()
}
