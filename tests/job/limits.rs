//! Every numeric limit that concerns one job: one below it, at it, one above it.

use std::sync::Arc;

use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, Directory, Event, FileIndex, JobOptions, JobStateMachine};
use bits_emulator::policy::JobLimits;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials, JobProperty, ProxySettings,
};
use bits_emulator::{FileInfo, FileRange, HResult, JobType};

const INVALID: HResult = HResult::E_INVALIDARG;
const TOO_LONG: HResult = HResult::BG_E_STRING_TOO_LONG;

/// A character outside the Basic Multilingual Plane: two UTF-16 units.
const WIDE: char = '𝄞';

/// Makes a text of that number of UTF-16 units.
type Fill = fn(usize) -> String;
type Give = fn(&str) -> HResult;

/// A limit on a text: what it is, the longest that is accepted, what a longer one returns, how a text
/// of a length looks, and the call.
type Limit = (&'static str, usize, HResult, Fill, Give);

#[rustfmt::skip]
const TEXTS: &[Limit] = &[
    // CREATE-05: when the job is created, another code than later (PROP-03).
    ("display name of CreateJob", 256, INVALID, plain, |text| created(text)),
    ("display name of CreateJob", 256, INVALID, wide, |text| created(text)),
    ("display name", 256, TOO_LONG, plain, |text| gives(Call::SetDisplayName(Some(text.into())))),
    ("display name", 256, TOO_LONG, wide, |text| gives(Call::SetDisplayName(Some(text.into())))),
    ("description", 1_024, TOO_LONG, plain, |text| gives(Call::SetDescription(Some(text.into())))),
    ("description", 1_024, TOO_LONG, wide, |text| gives(Call::SetDescription(Some(text.into())))),
    // FILES-03, FILES-24, FILES-27
    ("remote name", 2_200, INVALID, long_url, |text| adds(text, r"C:\a")),
    ("remote name on a share", 2_200, INVALID, long_share, |text| adds(text, r"C:\a")),
    ("remote name of a file with ranges", 2_200, INVALID, long_url, |text| adds_ranges(text, r"C:\a")),
    ("remote name set later", 2_200, INVALID, long_url, renames),
    ("remote name behind a new prefix", 2_200, INVALID, long_url, replaces),
    ("segment", 260, INVALID, plain, |text| adds(&format!("https://host/{text}/a"), r"C:\a")),
    ("last segment", 260, INVALID, plain, |text| adds(&format!("https://host/a/{text}"), r"C:\a")),
    ("segment on a share", 260, INVALID, wide, |text| adds(&format!(r"\\server\share\{text}\a"), r"C:\a")),
    ("segment set later", 260, INVALID, plain, |text| renames(&format!("https://host/{text}"))),
    // FILES-05, UPLOAD-09
    ("local name", 260, INVALID, path, |text| adds("https://host/a", text)),
    ("local name", 260, INVALID, wide_path, |text| adds("https://host/a", text)),
    ("local name of a file with ranges", 260, INVALID, path, |text| adds_ranges("https://host/a", text)),
    ("reply file name", 260, INVALID, path, reply_name),
    ("reply file name", 260, INVALID, wide_path, reply_name),
    // PROP-12
    ("proxy list", 4_000, HResult::BG_E_PROXY_LIST_TOO_LARGE, plain, |text| proxies(text, None)),
    ("proxy list", 4_000, HResult::BG_E_PROXY_LIST_TOO_LARGE, wide, |text| proxies(text, None)),
    ("bypass list", 4_000, HResult::BG_E_PROXY_BYPASS_LIST_TOO_LARGE, plain, |text| proxies("proxy", Some(text))),
    ("bypass list", 4_000, HResult::BG_E_PROXY_BYPASS_LIST_TOO_LARGE, wide, |text| proxies("proxy", Some(text))),
    // PROP-17
    ("user name", 300, HResult::BG_E_USERNAME_TOO_LARGE, plain, |text| signs_on(text, "secret")),
    ("user name", 300, HResult::BG_E_USERNAME_TOO_LARGE, wide, |text| signs_on(text, "secret")),
    ("password", 65_536, HResult::BG_E_PASSWORD_TOO_LARGE, plain, |text| signs_on("alice", text)),
    ("password", 65_536, HResult::BG_E_PASSWORD_TOO_LARGE, wide, |text| signs_on("alice", text)),
    // NOTIFY-24
    ("program", 260, TOO_LONG, path, |text| gives(Call::set_notify_cmd_line(text, None))),
    ("program", 260, TOO_LONG, wide_path, |text| gives(Call::set_notify_cmd_line(text, None))),
    ("parameters", 4_000, TOO_LONG, plain, |text| gives(Call::set_notify_cmd_line(r"C:\done.exe", Some(text)))),
    ("parameters", 4_000, TOO_LONG, wide, |text| gives(Call::set_notify_cmd_line(r"C:\done.exe", Some(text)))),
    // PROP-24, PROP-21: 16,384 and 256 with their terminator (PROP-05).
    ("custom headers", 16_383, TOO_LONG, header, |text| gives(Call::SetCustomHeaders(Some(text.into())))),
    ("custom headers", 16_383, TOO_LONG, wide_header, |text| gives(Call::SetCustomHeaders(Some(text.into())))),
    ("certificate store", 255, TOO_LONG, plain, |text| certificate(text, CertificateId::Hash([7; 20].into()))),
    ("certificate store by name", 255, TOO_LONG, wide, |text| certificate(text, CertificateId::Subject("client".into()))),
    ("certificate subject", 255, TOO_LONG, plain, |text| certificate("MY", CertificateId::Subject(text.into()))),
    ("certificate subject", 255, TOO_LONG, wide, |text| certificate("MY", CertificateId::Subject(text.into()))),
];

/// So many letters behind a beginning.
fn filled(start: &str, length: usize) -> String {
    format!("{start}{}", "a".repeat(length - start.encode_utf16().count()))
}

/// So many units, as many as can be in wide characters.
fn filled_wide(start: &str, length: usize) -> String {
    let rest = length - start.encode_utf16().count();
    let wide: String = std::iter::repeat_n(WIDE, rest / 2).collect();
    format!("{start}{wide}{}", "a".repeat(rest % 2))
}

fn plain(length: usize) -> String {
    filled("", length)
}

fn wide(length: usize) -> String {
    filled_wide("", length)
}

fn path(length: usize) -> String {
    filled(r"C:\folder\", length)
}

fn wide_path(length: usize) -> String {
    filled_wide(r"C:\folder\", length)
}

fn header(length: usize) -> String {
    filled("X-Long: ", length - 2) + "\r\n"
}

fn wide_header(length: usize) -> String {
    filled_wide("X-Long: ", length - 2) + "\r\n"
}

/// Short segments until the last.
fn long_url(length: usize) -> String {
    filled(&format!("https://host{}/", "/segment".repeat((length - 20) / 8)), length)
}

fn long_share(length: usize) -> String {
    filled_wide(&format!(r"\\host\share{}\", r"\segment".repeat((length - 20) / 8)), length)
}

fn code_of(mut job: JobStateMachine, call: Call) -> HResult {
    let before = job.clone();
    match job.call(call, start()) {
        Ok(outcome) => outcome.success.code(),
        Err(error) => {
            assert_eq!(job, before, "{error}");
            error.code()
        }
    }
}

fn gives(call: Call) -> HResult {
    code_of(download_in(Suspended), call)
}

fn created(name: &str) -> HResult {
    let options = JobOptions::default();
    let job = JobStateMachine::create(Some(name.into()), options, start());
    job.map_or_else(|error| error.code(), |_| HResult::S_OK)
}

fn adds(remote: &str, local: &str) -> HResult {
    let one = gives(Call::add_file(FileInfo::new(remote, local)));
    let set = gives(Call::add_file_set([file(1), FileInfo::new(remote, local)]));
    assert_eq!(one, set, "AddFile and AddFileSet");
    one
}

fn adds_ranges(remote: &str, local: &str) -> HResult {
    gives(Call::add_file_with_ranges(FileInfo::new(remote, local), [range(0, 5)]))
}

fn renames(name: &str) -> HResult {
    gives(Call::SetRemoteName(FileIndex(0), name.into()))
}

/// Replaces all but the end of `https://example.com/0.bin`.
fn replaces(name: &str) -> HResult {
    let end = "/0.bin";
    let (old, new) = ("https://example.com".into(), name[..name.len() - end.len()].into());
    gives(Call::ReplaceRemotePrefix { old, new })
}

fn reply_name(path: &str) -> HResult {
    let call = Call::SetReplyFileName(Some(path.into()), Directory::Writable);
    code_of(job_in(JobType::UploadReply, Suspended), call)
}

fn proxies(list: &str, bypass: Option<&str>) -> HResult {
    gives(Call::SetProxySettings(ProxySettings::overriding(list, bypass).into()))
}

fn signs_on(user: &str, password: &str) -> HResult {
    let credentials = Credentials::new(AuthTarget::Proxy, AuthScheme::Digest, user, password);
    gives(Call::SetCredentials(credentials.into()))
}

fn certificate(store: &str, id: CertificateId) -> HResult {
    let location = CertStoreLocation::LocalMachine;
    let certificate = ClientCertificate { location, store_name: Some(store.into()), id: Some(id) };
    gives(Call::SetClientCertificate(certificate.into(), CertificateLookup::Found))
}

/// PROP-05: lengths count UTF-16 units, and exactly the limit is accepted. PROP-03, PROP-04, PROP-12,
/// PROP-17, PROP-21, PROP-24, CREATE-05, FILES-03, FILES-05, FILES-24, FILES-27, NOTIFY-24 and
/// UPLOAD-09 for the limits themselves.
#[test]
fn a_text_is_refused_above_its_limit_only() {
    for (what, limit, code, fill, give) in TEXTS {
        for (length, expected) in
            [(limit - 1, HResult::S_OK), (*limit, HResult::S_OK), (limit + 1, *code)]
        {
            let text = fill(length);
            assert_eq!(text.encode_utf16().count(), length, "the test's own text");
            assert_eq!(give(&text), expected, "{what} of {length}");
        }
    }
}

/// PROP-21: a SHA-1 hash, no more and no less.
#[test]
fn a_certificate_hash_has_20_bytes() {
    for (length, expected) in [
        (0, HResult::RPC_X_BAD_STUB_DATA),
        (19, HResult::RPC_X_BAD_STUB_DATA),
        (20, HResult::S_OK),
        (21, HResult::RPC_X_BAD_STUB_DATA),
    ] {
        let hash = CertificateId::Hash(vec![7; length].into());
        assert_eq!(certificate("MY", hash), expected, "{length} bytes");
    }
}

fn owned_by(owner: Token, limits: JobLimits) -> JobStateMachine {
    JobStateMachine::new(JobOptions { owner, limits, ..JobOptions::default() }, start())
}

fn many_files(count: u32) -> Arc<[FileInfo]> {
    (0..count).map(|number| file(usize::try_from(number).unwrap())).collect()
}

fn many_ranges(count: u32) -> Arc<[FileRange]> {
    (0..count).map(|number| range(u64::from(number) * 10, 5)).collect()
}

/// An administrator, and the accounts of services.
fn exempt() -> [Token; 4] {
    let administrator = Token::administrator(500);
    let services = [Sid::LocalSystem, Sid::LocalService, Sid::NetworkService];
    let [system, local, network] = services.map(Token::service);
    [administrator, system, local, network]
}

/// FILES-09: one by one, at once, and with ranges; a set that goes beyond adds nothing (FILES-10).
#[test]
fn a_job_has_at_most_200_files() {
    let too_many = HResult::BG_E_TOO_MANY_FILES_IN_JOB;
    for limit in [200, 3] {
        let limits = JobLimits { files_per_job: limit, ..JobLimits::default() };
        let mut job = owned_by(Token::user(1001), limits);
        call(&mut job, Call::add_file_set(many_files(limit - 1)), start());
        let two = Call::add_file_set([file(0), file(1)]);
        assert_eq!(refused(&mut job, two, start()).code(), too_many);
        call(&mut job, Call::add_file(file(0)), start());
        assert_eq!(job.file_count(), limit);

        let ranges = Call::add_file_with_ranges(file(0), [range(0, 5)]);
        for one in [Call::add_file(file(0)), Call::add_file_set([file(0)]), ranges] {
            assert_eq!(refused(&mut job, one, start()).code(), too_many);
        }
    }
    assert_eq!(JobLimits::default().files_per_job, 200);
    let at_once = |count| {
        let call = Call::add_file_set(many_files(count));
        code_of(owned_by(Token::user(1001), JobLimits::default()), call)
    };
    assert_eq!([199, 200, 201].map(at_once), [HResult::S_OK, HResult::S_OK, too_many]);
}

/// FILES-19
#[test]
fn a_file_has_at_most_500_ranges() {
    assert_eq!(JobLimits::default().ranges_per_file, 500);
    let too_many = HResult::BG_E_TOO_MANY_RANGES_IN_FILE;
    for limit in [500, 2] {
        let limits = JobLimits { ranges_per_file: limit, ..JobLimits::default() };
        let add = |count| {
            let call = Call::add_file_with_ranges(file(0), many_ranges(count));
            code_of(owned_by(Token::user(1001), limits), call)
        };
        let codes = [limit - 1, limit, limit + 1].map(add);
        assert_eq!(codes, [HResult::S_OK, HResult::S_OK, too_many]);
    }
}

/// FILES-09, FILES-19
#[test]
fn administrators_and_services_are_exempt() {
    for token in exempt() {
        let mut job = owned_by(token, JobLimits::default());
        call(&mut job, Call::add_file_set(many_files(201)), start());
        call(&mut job, Call::add_file(file(0)), start());
        call(&mut job, Call::add_file_with_ranges(file(0), many_ranges(501)), start());
        assert_eq!(job.file_count(), 203, "{token:?}");
    }
}

/// UPLOAD-12
#[test]
fn a_reply_of_up_to_1_mb_is_returned_in_memory() {
    let megabyte = 1 << 20;
    for (bytes, expected) in [
        (megabyte - 1, Ok(megabyte - 1)),
        (megabyte, Ok(megabyte)),
        (megabyte + 1, Err(HResult::BG_E_TOO_LARGE)),
    ] {
        let mut job = job_in(JobType::UploadReply, Transferring);
        for step in [Event::SizeKnown(100), Event::ReplyStarted(bytes), Event::FileTransferred] {
            event(&mut job, step, start());
        }
        assert_eq!(job.reply_data().map_err(|error| error.code()), expected);
        assert_eq!(job.reply_progress().unwrap().bytes_total, Some(bytes));
    }
}

/// TIME-02, TIME-03: raised without an error, and no upper limit.
#[test]
fn a_retry_delay_has_at_least_5_seconds() {
    let mut job = download_in(Suspended);
    for (seconds, stored) in [(0, 5), (4, 5), (5, 5), (6, 6), (u32::MAX, u32::MAX)] {
        call(&mut job, Call::SetMinimumRetryDelay(seconds), start());
        assert_eq!(job.minimum_retry_delay(), stored, "{seconds} seconds");
    }
}

/// PROP-36, PROP-34
#[test]
fn a_maximum_download_size_has_at_least_1_byte() {
    let invalid = HResult::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE;
    for (bytes, expected) in
        [(0, invalid), (1, HResult::S_OK), (2, HResult::S_OK), (u64::MAX, HResult::S_OK)]
    {
        let call = Call::SetProperty(JobProperty::MaxDownloadSize(bytes));
        assert_eq!(gives(call), expected, "{bytes} bytes");
    }
}
