//! The grammar of expectations.

use std::sync::Arc;

use super::cursor::Mismatch;
use super::names::{AccountName, JobNames};
use super::quantities::range;
use super::servers::HowOften;
use super::values::MaybeSize;
use super::{grammar, read, readers};
use crate::machine::Call;
use crate::scenario::ast::{Expectation, NotificationPattern};
use crate::vocabulary::FileRange;
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{
    Code, Headers, Instant, NONE, Name, Nested, Ranges, Size, Word, kinds,
};

grammar! {
    { Expectation:
        [Self::NoError] "no error object";
        [Self::ErrorCount(count)] "error count" Word(count);
        [Self::Error { code, context, file }]
            "error" Code(code) "in"? Word(context) "of"? Name(file);
        [Self::NoDeadline] "no deadline";
        [Self::Deadline(deadline, at)] Nested(deadline) "at" Instant(at);
        [Self::Purged(true)] "purged";
        [Self::Purged(false)] "not purged";
        [Self::InQueue(true)] "in the queue";
        [Self::InQueue(false)] "not in the queue";
        [Self::ToldNothing] "told nothing";
        [Self::Told(pattern, count)] "told" Nested(pattern) ""? HowOften(count);
        [Self::NothingDue] "nothing due";
        [Self::Due(pattern)] "due" Nested(pattern);
        [Self::OwnerElevated(true)] "owner is elevated";
        [Self::OwnerElevated(false)] "owner is not elevated";
        [Self::Owner(name)] "owner" AccountName(name);
        [Self::Running(jobs)] "running" JobNames(jobs);
        [Self::Activated(jobs)] "activated" JobNames(jobs);
        [Self::QueueLength(length)] Word(length) "jobs in the queue";
        [Self::Enumerated(caller, jobs)] "jobs of" Nested(caller) JobNames(jobs);
        [Self::EnumeratedAll(caller, Err(code))]
            "all jobs for" Nested(caller) "refused with" Code(code);
        [Self::EnumeratedAll(caller, Ok(jobs))] "all jobs for" Nested(caller) JobNames(jobs);
        [Self::NotOnDisk(path)] "not on disk" Name(path);
        [Self::OnDisk(path, size)] "on disk" Name(path) ""? Size(size);
        [Self::FolderEmpty(path)] "folder" Name(path) "empty";
        [Self::Asked(host, method, count)]
            "server" Name(host) "asked" "for"? Name(method) HowOften(count);
        [Self::Fetched(name)] "fetched" Name(name);
        [Self::NoneRefused(code)] "no call refused with" Code(code);
        [Self::ClientEnded] "client ended";
        [Self::ClientSucceeded] "client succeeded";
        [Self::RemoteName(file, url)] "remote name of" Nested(file) "is" Name(url);
        [Self::HeadersAmong(file, headers)]
            "response headers of" Nested(file) "have" Headers(headers);
        [Self::ResponseHeaders(file, headers)]
            "response headers of" Nested(file) MaybeHeaders(headers);
        [Self::RequestHeaders(headers)] "request headers" MaybeHeaders(headers);
        [Self::FilledRanges(file, ranges)] "filled ranges of" Nested(file) MaybeRanges(ranges);
        [Self::Setting(call)] Readable(call);
        [Self::Progress(done, total)] "progress" Size(done) "of" MaybeSize(total);
        [Self::File(name, done, total)] "file" Name(name) Size(done) "of" MaybeSize(total);
        [Self::Files(done, total)] "files" Word(done) "of" Word(total);
        [Self::Reply(done, total)] "reply" Size(done) "of" MaybeSize(total);
        [Self::Completed(name, true)] "completed" Name(name);
        [Self::Completed(name, false)] "not completed" Name(name);
        [Self::TransferCompleted(None)] "transfer never completed";
        [Self::TransferCompleted(Some(at))] "transfer completed" Instant(at);
        [Self::Time(at)] "time" Instant(at);
        [Self::Created(at)] "created" Instant(at);
        [Self::Modified(at)] "modified" Instant(at);
        [Self::State(state)] Word(state);
    }
    { NotificationPattern:
        [Self { notification, recipient, account }]
            Nested(notification) "by"? Nested(recipient) "as"? AccountName(account);
    }
    { MaybeHeaders(Option<Arc<str>>):
        [None] "none";
        [Some(headers)] Headers(headers);
    }
}

kinds! {
    /// A setting, spelled like the call that sets it.
    Readable(Call) |call, f| call.fmt(f);
    /// Ranges, or `none`.
    MaybeRanges([FileRange]) |ranges, f| match ranges {
        [] => f.write_str(NONE),
        ranges => Ranges(ranges).fmt(f),
    };
}

read! {
    Readable<'_> => Call: |c| {
        Call::read(c).and_then(|call| if call.is_readable() { Ok(call) } else { Err(Mismatch) })
    };
    MaybeRanges<'_> => Arc<[FileRange]>: |c| match c.has(NONE) {
        true => Ok(Arc::default()),
        false => c.separated("", range).map(Into::into),
    };
}
