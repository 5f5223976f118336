//! Values of every kind.

use std::sync::Arc;

use bits_emulator::machine::{Failure, FileIndex};
use bits_emulator::{ErrorContext, FileRange, HResult, Notification};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

pub(crate) fn instant() -> BoxedStrategy<DateTime<Utc>> {
    (0_i64..8_000_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
        .boxed()
}

pub(crate) fn duration() -> BoxedStrategy<TimeDelta> {
    (0_i64..1_000_000_000_000_000).prop_map(TimeDelta::microseconds).boxed()
}

/// Names, the words of the language among them.
pub(crate) fn name() -> BoxedStrategy<Arc<str>> {
    let words = ["null", "none", "generated", "removed", "is", "once", "never", "by", "as", "1"];
    prop_oneof![
        4 => "[a-z:/\\\\.]{1,12}".prop_map(Arc::from),
        4 => "[ -~é]{0,16}".prop_map(Arc::from),
        1 => prop::sample::select(words.to_vec()).prop_map(Arc::from),
    ]
    .boxed()
}

pub(crate) fn maybe_name() -> BoxedStrategy<Option<Arc<str>>> {
    prop::option::of(name()).boxed()
}

/// Header lines, ended by CR LF or LF, the last perhaps by nothing.
pub(crate) fn headers() -> BoxedStrategy<Arc<str>> {
    let line = (name(), prop::sample::select(vec!["\r\n", "\n", "\r\r\n"]));
    let last = prop::option::of(name());
    (prop::collection::vec(line, 1..4), last)
        .prop_map(|(lines, last)| {
            let lines = lines.into_iter().map(|(line, end)| format!("{line}{end}"));
            lines.chain(last.map(|last| last.to_string())).collect::<String>().into()
        })
        .boxed()
}

pub(crate) fn bytes() -> BoxedStrategy<Arc<[u8]>> {
    prop::collection::vec(any::<u8>(), 0..24).prop_map(Arc::from).boxed()
}

pub(crate) fn ranges() -> BoxedStrategy<Arc<[FileRange]>> {
    let range =
        (any::<u64>(), any::<u64>()).prop_map(|(from, length)| FileRange::new(from, length));
    prop::collection::vec(range, 0..4).prop_map(Arc::from).boxed()
}

pub(crate) fn file_index() -> BoxedStrategy<FileIndex> {
    (0..u32::MAX).prop_map(FileIndex).boxed()
}

pub(crate) fn code() -> BoxedStrategy<HResult> {
    let known: Vec<_> = HResult::all().map(|info| info.code).collect();
    prop_oneof![prop::sample::select(known), any::<u32>().prop_map(HResult::new)].boxed()
}

pub(crate) fn failure() -> BoxedStrategy<Failure> {
    let failing = any::<u32>().prop_map(|value| HResult::new(value | 0x8000_0000));
    let code = prop_oneof![
        code().prop_filter_map("a failure", |code| code.is_failure().then_some(code)),
        failing
    ];
    (code, context(), 0..3)
        .prop_map(|(code, context, class)| {
            let failure = Failure::new(code).unwrap();
            let failure = context.map_or(failure, |context| failure.in_context(context));
            match class {
                0 => failure,
                1 => failure.transient(),
                _ => failure.fatal(),
            }
        })
        .boxed()
}

pub(crate) fn context() -> BoxedStrategy<Option<ErrorContext>> {
    prop::option::of(prop::sample::select(ErrorContext::ALL.to_vec())).boxed()
}

pub(crate) fn redirect() -> BoxedStrategy<u16> {
    prop::sample::select(vec![300, 301, 302, 303, 307]).boxed()
}

pub(crate) fn notification() -> BoxedStrategy<Notification> {
    prop_oneof![
        Just(Notification::JobTransferred),
        Just(Notification::JobError),
        Just(Notification::JobModification),
        file_index().prop_map(Notification::FileTransferred),
        file_index().prop_map(Notification::FileRangesTransferred),
    ]
    .boxed()
}
