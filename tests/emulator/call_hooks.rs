//! Hooks between calls: time, crashes, restarts and closures before or after a call, and at callbacks.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::hooks::Calls;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, ClientCertificate, Credentials,
    HelperTokenFlags, HttpSecurityFlags, JobProperty, JobPropertyId, ProxySettings,
};
use bits_emulator::{
    Callback, Cancellation, CertificateCallback, Completion, Emulator, Error, FileInfo, FileRange,
    HResult, Hook, Job, JobError, JobPriority, JobState, JobType, Method, NotifyFlags, Session,
    User,
};

use crate::support::{PATH, URL, download, world};

const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

fn transferred(emulator: &Emulator, session: &Session) -> Result<Job, Error> {
    let job = download(session)?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(job)
}

fn code<T>(result: Result<T, Error>) -> HResult {
    result.map_or_else(|error| error.code(), |_| HResult::S_OK)
}

/// A hook is for the calls of one user, of one session, or on one job.
#[test]
fn a_hook_acts_at_the_calls_that_it_names() -> Result<(), Error> {
    let (emulator, alice) = world();
    let second = emulator.connect(User::new("alice"));
    let bob = emulator.connect(User::new("bob"));
    let jobs = [download(&alice)?, download(&second)?, download(&bob)?];
    let codes = || [0, 1, 2].map(|index| code(jobs[index].state()));
    let ok = HResult::S_OK;
    emulator.hook(Hook::fail(Method::GetState, BROKEN).by(User::new("ALICE")).times(2));
    assert_eq!(codes(), [BROKEN, BROKEN, ok]);
    emulator.hook(Hook::fail(Method::GetState, BROKEN).by_session(&second).always());
    assert_eq!(codes(), [ok, BROKEN, ok]);
    emulator.clear_hooks();
    emulator.hook(Hook::fail(Calls::Any, BROKEN).on(&jobs[2]).after(1).always());
    assert_eq!(codes(), [ok; 3]);
    assert_eq!(codes(), [ok, ok, BROKEN]);
    assert_eq!(code(jobs[2].files()), BROKEN);
    Ok(())
}

/// Before the third GetState, as much time passes as the object of a no-progress timeout needs.
#[test]
fn time_passes_between_two_calls() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.resume()?;
    emulator.hook(Hook::pass_time(Method::GetState, Duration::from_secs(61)).after(2));
    assert_eq!([job.state()?, job.state()?], [JobState::Queued; 2]);
    assert_eq!(job.state()?, JobState::Transferred);
    emulator.hook(Hook::pass_time(Method::GetState, Duration::from_secs(7)).afterwards());
    let before = emulator.now();
    assert_eq!(job.state()?, JobState::Transferred);
    assert_eq!((emulator.now() - before).num_seconds(), 7);
    Ok(())
}

/// NOTIFY-18: a client that is killed before a call has not made it. If it is killed after the call, the call
/// was carried out, but the client never learns its result.
#[test]
fn a_client_is_killed_before_or_after_a_call() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.hook(Hook::kill(Method::CreateJob));
    assert_eq!(code(session.create_job("update", JobType::Download)), HResult::RPC_E_DISCONNECTED);
    let session = emulator.connect(User::new("alice"));
    assert_eq!(session.jobs()?.total(), 0);
    emulator.hook(Hook::kill(Method::CreateJob).afterwards());
    assert_eq!(code(session.create_job("update", JobType::Download)), HResult::RPC_E_DISCONNECTED);
    assert!(!session.is_alive());
    assert_eq!(emulator.connect(User::new("alice")).jobs()?.total(), 1);
    Ok(())
}

/// LIFE-32: the service restarts between two calls.
#[test]
fn the_service_restarts_between_two_calls() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    emulator.hook(Hook::restart_service(Method::Resume));
    assert_eq!(code(job.resume()), BROKEN);
    session.reconnect()?;
    assert_eq!(session.job(job.id())?.state()?, JobState::Suspended);
    Ok(())
}

/// A second client ends the job between two calls of the first; its own calls meet the hook no more.
#[test]
fn a_closure_runs_between_two_calls() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = transferred(&emulator, &session)?;
    let other = emulator.connect(User::new("alice")).job(job.id())?;
    emulator.hook(Hook::run(Method::Complete, move || _ = other.complete()).always());
    assert_eq!(code(job.complete()), HResult::BG_E_INVALID_STATE);
    assert_eq!(job.state()?, JobState::Acknowledged);
    Ok(())
}

/// Of several hooks at one call all act, in their order; its reply is that of the oldest.
#[test]
fn several_hooks_act_at_one_call() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let notes = Arc::new(Mutex::new(Vec::new()));
    for number in 0..2 {
        let notes = notes.clone();
        emulator.hook(Hook::run(Method::GetState, move || notes.lock().unwrap().push(number)));
    }
    emulator.hook(Hook::fail(Method::GetState, BROKEN));
    emulator.hook(Hook::fail(Method::GetState, HResult::E_FAIL));
    assert_eq!(code(job.state()), BROKEN);
    assert_eq!(*notes.lock().unwrap(), [0, 1]);
    assert_eq!(code(job.state()), HResult::E_FAIL);
    assert_eq!(code(job.state()), HResult::S_OK);
    Ok(())
}

/// DONE-04, DONE-06, FILES-27: a success code that the test chooses, of a call that was carried out.
#[test]
fn a_reply_has_the_success_code_that_the_test_says() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = transferred(&emulator, &session)?;
    emulator.hook(Hook::answer(Method::ReplaceRemotePrefix, HResult::S_FALSE));
    assert!(!job.replace_remote_prefix("https://example.com", "https://mirror.example.com")?);
    assert_eq!(job.files()?[0].remote_name()?, "https://mirror.example.com/app.exe");
    emulator.hook(Hook::answer(Method::Complete, HResult::BG_S_PARTIAL_COMPLETE));
    assert_eq!(job.complete()?, Completion::Partial);
    assert!(emulator.disk().exists(PATH));
    emulator.hook(Hook::answer(Method::Cancel, HResult::BG_S_UNABLE_TO_DELETE_FILES));
    assert_eq!(code(job.cancel()), HResult::BG_E_INVALID_STATE, "a refused call keeps its code");
    emulator.hook(Hook::answer(Method::Cancel, HResult::BG_S_UNABLE_TO_DELETE_FILES));
    assert_eq!(download(&session)?.cancel()?, Cancellation::FilesLeft);
    let trace = emulator.trace().to_string();
    assert!(trace.contains("Complete (reply replaced) -> BG_S_PARTIAL_COMPLETE"), "{trace}");
    Ok(())
}

/// Writes down what it is told.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, entry: String) -> HResult {
        self.0.lock().unwrap().push(entry);
        HResult::S_OK
    }

    fn entries(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Callback for Diary {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.note(format!("transferred at {}", job.times().unwrap().modification.time()))
    }

    fn job_error(&self, _: &Job, error: &JobError) -> HResult {
        self.note(format!("{} in {}", error.code(), error.context()))
    }
}

/// NOTIFY-04, NOTIFY-20: a callback comes late, twice, or not at all.
#[test]
fn hooks_act_at_callbacks() -> Result<(), Error> {
    let told = |hook: Hook| {
        let (emulator, session) = world();
        let job = download(&session)?;
        let diary = Arc::new(Diary::default());
        job.set_notify_interface(diary.clone())?;
        emulator.hook(hook);
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        let job = emulator.connect(User::new("alice")).job(job.id())?;
        let waited = emulator.now() - job.times()?.transfer_completion.unwrap();
        Ok::<_, Error>((diary.entries().len(), waited.num_seconds(), session.is_alive()))
    };
    let on = Method::JobTransferred;
    assert_eq!(told(Hook::pass_time(on, Duration::from_secs(40)))?, (1, 40, true));
    assert_eq!(told(Hook::drop_reply(on, BROKEN))?, (2, 600, true));
    assert_eq!(told(Hook::fail(on, BROKEN))?, (1, 600, true));
    assert_eq!(told(Hook::kill(on))?, (0, 0, false));
    assert_eq!(told(Hook::kill(on).afterwards())?, (1, 0, false));
    Ok(())
}

/// ERR-10: the error object of a callback cannot be read.
#[test]
fn an_error_object_may_be_unreadable() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(404);
    let job = download(&session)?;
    let diary = Arc::new(Diary::default());
    job.set_notify_interface(diary.clone())?;
    emulator.hook(Hook::unreadable_error(BROKEN));
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(diary.entries(), ["RPC_S_SERVER_UNAVAILABLE (0x800706BA) in UNKNOWN"]);
    assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_404);
    Ok(())
}

/// CREATE-20: the n-th connecting fails, comes late, or a closure runs before it.
#[test]
fn hooks_act_when_a_client_connects() {
    let (emulator, session) = world();
    emulator.hook(Hook::fail(Method::CoCreateInstance, BROKEN).after(1));
    emulator.hook(Hook::pass_time(Method::CoCreateInstance, Duration::from_secs(5)).after(1));
    let connect = || emulator.try_connect(User::new("bob"));
    let begin = emulator.now();
    assert!(connect().is_ok());
    assert_eq!(connect().unwrap_err().code(), BROKEN);
    assert_eq!((emulator.now() - begin).num_seconds(), 5);
    emulator.hook(Hook::kill(Method::CoCreateInstance).by_session(&session));
    assert_eq!(code(session.reconnect()), HResult::RPC_E_DISCONNECTED);
}

/// A panic of a closure fails the test, and leaves hooks and emulator as they were.
#[test]
#[should_panic(expected = "an assertion of the test")]
fn a_panic_of_a_closure_fails_the_test() {
    let (emulator, session) = world();
    emulator.hook(Hook::run(Method::CreateJob, || panic!("an assertion of the test")));
    let _ = session.create_job("update", JobType::Download);
}

/// A hook that cannot act is refused when it is added.
#[test]
fn a_hook_that_no_call_meets_is_refused() {
    let refused = |hook: Hook| {
        let emulator = Emulator::new();
        let added = std::panic::AssertUnwindSafe(|| emulator.hook(hook));
        let panic = std::panic::catch_unwind(added).expect_err("it cannot act");
        panic.downcast::<String>().map(|text| *text).unwrap_or_default()
    };
    for (hook, cause) in [
        (Hook::fail(Method::GetProtocol, BROKEN), "no call of an application"),
        (Hook::fail(Method::GetState, HResult::S_OK), "use Hook::answer"),
        (Hook::drop_reply(Method::GetState, HResult::S_OK), "use Hook::answer"),
        (Hook::unreadable_error(HResult::S_OK), "use Hook::answer"),
        (Hook::answer(Method::GetState, HResult::S_FALSE), "has no success code to choose"),
        (
            Hook::answer(Method::Cancel, HResult::S_FALSE),
            "or BG_S_UNABLE_TO_DELETE_FILES (0x0020001A), not S_FALSE",
        ),
        (Hook::kill(Calls::Any).by_session(&world().1), "another emulator"),
        (Hook::kill(Calls::Any).on(&download(&world().1).unwrap()), "another emulator"),
    ] {
        let message = refused(hook);
        assert!(message.contains(cause), "{message}");
    }
}

/// Accepts every certificate.
struct Trusting;

impl CertificateCallback for Trusting {
    fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
        HResult::S_OK
    }
}

impl Callback for Trusting {}

/// Every call there is, once at least.
fn call_everything(emulator: &Emulator, session: &Session, job: &Job, upload: &Job) {
    let _ = emulator.try_connect(User::new("bob"));
    let _ = (session.jobs(), session.job(job.id()), session.error_description(BROKEN, 0x409));
    let _ = job.add_file_set(&[FileInfo::new(URL, r"C:\app\set.exe")]);
    let range = FileRange { initial_offset: 0, length: 10 };
    let _ = job.add_file_with_ranges(URL, r"C:\app\range.exe", &[range]);
    let _ = (job.suspend(), job.files(), job.job_type(), job.progress(), job.times(), job.state());
    let _ = (job.owner(), job.display_name(), job.description(), job.priority());
    let _ = (job.notify_flags(), job.notify_interface(), job.minimum_retry_delay());
    let _ = (job.no_progress_timeout(), job.error_count(), job.proxy_settings(), job.error());
    let _ = (job.set_display_name("x"), job.set_description("x"));
    let _ = (
        job.set_priority(JobPriority::Foreground),
        job.set_notify_flags(NotifyFlags::all() - NotifyFlags::DISABLE),
    );
    let minute = Duration::from_secs(60);
    let _ = (job.set_minimum_retry_delay(minute), job.set_no_progress_timeout(minute));
    let _ = (job.set_proxy_settings(ProxySettings::default()), job.take_ownership());
    let _ = (job.set_notify_cmd_line(Some("x"), None), job.notify_cmd_line());
    let _ = (upload.reply_progress(), upload.reply_data());
    let _ = (upload.set_reply_file_name(r"C:\app\reply"), upload.reply_file_name());
    let _ = job.set_credentials(Credentials::new(
        AuthTarget::Server,
        AuthScheme::Basic,
        "alice",
        "secret",
    ));
    let _ = job.remove_credentials(AuthTarget::Server, AuthScheme::Basic);
    let _ = job.replace_remote_prefix("x", "y");
    let _ = (job.set_file_acl_flags(Default::default()), job.file_acl_flags());
    let _ = (job.set_peer_caching_flags(Default::default()), job.peer_caching_flags());
    let _ = (job.owner_rights(), job.set_maximum_download_time(minute));
    let _ = (job.maximum_download_time(), job.property(JobPropertyId::OnDemandMode));
    let _ = job.set_property(JobProperty::OnDemandMode(false));
    for certificate in [CertificateId::Hash([0; 20].into()), CertificateId::Subject("x".into())] {
        let (location, store_name) = (CertStoreLocation::CurrentUser, Some("MY".into()));
        let certificate = ClientCertificate { location, store_name, id: Some(certificate) };
        let _ = (job.set_client_certificate(certificate), job.client_certificate());
    }
    let _ = (job.remove_client_certificate(), job.set_custom_headers(Some("A: b")));
    let _ = (job.custom_headers(), job.make_custom_headers_write_only());
    let _ = (job.set_security_flags(HttpSecurityFlags::empty()), job.security_flags());
    let _ = (job.http_method(), job.set_http_method("GET"));
    let _ = job.set_server_certificate_validation_interface(Trusting);
    let _ = (job.set_helper_token_flags(HelperTokenFlags::empty()), job.helper_token_flags());
    let _ = (job.set_helper_token(), job.helper_token_sid(), job.clear_helper_token());
    for file in job.files().unwrap_or_default() {
        let _ = (file.remote_name(), file.local_name(), file.ranges(), file.temporary_name());
        let _ = (file.validation_state(), file.set_remote_name(URL), file.filled_file_ranges());
        let _ = (file.set_validation_state(true), file.request_file_ranges(&[range]));
        let _ = (file.update_download_position(0), file.is_downloaded_from_peer());
        let _ = file.peer_download_stats();
    }
    let _ = (job.resume(), emulator.run_until_idle());
    let _ = (job.complete(), job.cancel());
}

/// Each method that a hook may name is one that calls meet, and every other is refused.
#[test]
fn every_method_of_a_hook_is_met_by_its_call() -> Result<(), Error> {
    for &method in Method::ALL {
        let (emulator, session) = world();
        let met = Arc::new(AtomicU32::new(0));
        let count = met.clone();
        let hook = Hook::run(method, move || _ = count.fetch_add(1, Ordering::Relaxed)).always();
        let added = std::panic::AssertUnwindSafe(|| emulator.hook(hook));
        let is_accepted = std::panic::catch_unwind(added).is_ok();
        // A job that is told of everything, and one that fails.
        let job = download(&session)?;
        job.set_notify_interface(Trusting)?;
        let upload = session.create_job("report", JobType::UploadReply)?;
        let failing = session.create_job("update", JobType::Download)?;
        failing.add_file("https://example.com/missing", r"C:\app\missing")?;
        failing.set_notify_interface(Trusting)?;
        failing.resume()?;
        let on_demand = download(&session)?;
        on_demand.set_property(JobProperty::OnDemandMode(true))?;
        on_demand.set_notify_flags(NotifyFlags::all() - NotifyFlags::DISABLE)?;
        on_demand.set_notify_interface(Trusting)?;
        on_demand.resume()?;
        on_demand.files()?[0]
            .request_file_ranges(&[FileRange { initial_offset: 0, length: 100 }])?;
        let _ = emulator.run_until_idle();
        let error = failing.error()?;
        let _ = failing.error_file(&error);
        call_everything(&emulator, &session, &job, &upload);
        assert_eq!(met.load(Ordering::Relaxed) > 0, is_accepted, "{method}");
    }
    Ok(())
}
