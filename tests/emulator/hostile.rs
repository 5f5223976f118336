//! Every method with arguments that nobody should give: a documented code or a named error, never a
//! panic.

use std::sync::Arc;
use std::time::Duration;

use bits_emulator::chrono::{DateTime, TimeDelta, Utc};
use bits_emulator::codes::BG_LENGTH_TO_EOF;
use bits_emulator::hooks::Calls;
use bits_emulator::machine::{Event, FileIndex};
use bits_emulator::policy::{CostFlags, Policies};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, ClientCertificate, Credentials,
    FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobProperty, JobPropertyId,
    PeerCachingFlags, ProxySettings,
};
use bits_emulator::uuid::Uuid;
use bits_emulator::{
    Clock, Emulator, Error, Fault, FileInfo, FileRange, HResult, Hook, Job, JobId, JobPriority,
    JobType, NotifyFlags, Session, User,
};

/// Texts that break what takes them for granted.
pub(crate) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\0",
        "a\0b",
        "C:\\",
        r"C:\a\..\b",
        r"C:\CON",
        r"C:\nul.txt",
        r"\\?\C:\a",
        r"\\",
        r"C:\a:stream",
        r"C:\*",
        "C:relative",
        "http://",
        "https://example.com",
        "https://[::",
        "https://example.com:99999/a",
        "ftp://example.com/a",
        "file://",
        "//",
        "\u{FFFF}",
        "日本語",
        "\r\n",
        "X: 1",
        "X: 1\r\n\r\nY",
        "%00",
        "🦀",
        "e\u{301}",
    ]
    .map(str::to_owned)
    .to_vec();
    for length in [256, 257, 260, 261, 1_024, 1_025, 2_200, 2_201, 4_000, 4_001, 16_384, 70_000] {
        texts.push("x".repeat(length));
        texts.push(format!(r"C:\{}", "y".repeat(length)));
        texts.push(format!("https://example.com/{}", "é".repeat(length)));
    }
    texts
}

const NUMBERS: [u64; 7] = [0, 1, 4, 1 << 31, 1 << 32, u64::MAX - 1, u64::MAX];

fn ranges() -> Vec<Vec<FileRange>> {
    let all = || NUMBERS.into_iter().flat_map(|a| NUMBERS.map(move |b| FileRange::new(a, b)));
    let mut ranges: Vec<Vec<FileRange>> = all().map(|range| vec![range]).collect();
    ranges.extend([vec![], all().collect(), vec![FileRange::new(0, 1); 501]]);
    ranges.push(vec![FileRange::to_eof(BG_LENGTH_TO_EOF)]);
    ranges
}

pub(crate) fn world() -> (Emulator, Session) {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000);
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

/// A job of each type in each stage of its life.
pub(crate) fn jobs() -> Vec<(Emulator, Job)> {
    let types = [JobType::Download, JobType::Upload, JobType::UploadReply];
    let mut jobs = Vec::new();
    for job_type in types {
        for stage in 0..4 {
            let (emulator, session) = world();
            emulator.disk().write(r"C:\app.exe", 1_000);
            emulator.server("https://example.com").resource("/app.exe").with_state(|resource| {
                resource.uploads().reply(10).allow_overwrites(true);
            });
            let job = session.create_job("hostile", job_type).unwrap();
            if stage > 0 {
                job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
            }
            if stage > 1 {
                job.resume().unwrap();
                assert!(emulator.run_until_idle().is_at_rest());
            }
            if stage > 2 {
                let _ = job.cancel().unwrap();
            }
            jobs.push((emulator, job));
        }
    }
    jobs
}

/// The answer has a code of failure and a text that names it.
#[track_caller]
pub(crate) fn check<T>(result: Result<T, Error>) {
    if let Err(error) = result {
        assert!(error.code().is_failure(), "{error}");
        assert!(error.to_string().contains(&error.code().to_string()), "{error}");
    }
}

#[test]
fn any_texts_of_a_job_are_taken_or_refused() {
    for (_, job) in jobs() {
        for text in texts() {
            let some = Some(text.as_str());
            check(job.set_display_name(&text));
            check(job.set_description(&text));
            check(job.set_notify_cmd_line(some, None));
            check(job.set_notify_cmd_line(None, some));
            check(job.set_notify_cmd_line(some, some));
            check(job.set_custom_headers(some));
            check(job.set_http_method(&text));
            check(job.set_reply_file_name(&text));
            check(job.clear_reply_file_name());
            check(job.replace_remote_prefix(&text, "https://example.com/"));
            check(job.replace_remote_prefix("https://example.com/", &text));
            check(job.add_file(&text, r"C:\new.exe"));
            check(job.add_file("https://example.com/new.exe", &text));
            check(job.add_file_set(&[FileInfo::new(text.as_str(), text.as_str())]));
            check(job.add_file_with_ranges(&text, &text, &[FileRange::new(0, 1)]));
            check(job.set_proxy_settings(ProxySettings::overriding(&text, some)));
            for (target, scheme) in
                [(AuthTarget::Server, AuthScheme::Basic), (AuthTarget::Proxy, AuthScheme::Ntlm)]
            {
                check(job.set_credentials(Credentials::new(target, scheme, &text, &text)));
                check(job.remove_credentials(target, scheme));
            }
            let location = CertStoreLocation::Users;
            let text: Arc<str> = text.into();
            for id in
                [CertificateId::Subject(text.clone()), CertificateId::Hash(text.as_bytes().into())]
            {
                let store_name = Some(text.clone());
                check(job.set_client_certificate(ClientCertificate {
                    location,
                    store_name,
                    id: Some(id),
                }));
            }
        }
        check(job.add_file_set(&[]));
        check(job.set_client_certificate(ClientCertificate {
            location: CertStoreLocation::CurrentUser,
            store_name: None,
            id: None,
        }));
    }
}

#[test]
fn any_numbers_of_a_job_are_taken_or_refused() {
    for (emulator, job) in jobs() {
        for number in NUMBERS {
            let small = u32::try_from(number).unwrap_or(u32::MAX);
            let time = Duration::new(number, 999_999_999);
            check(job.set_minimum_retry_delay(time));
            check(job.set_no_progress_timeout(time));
            check(job.set_maximum_download_time(time));
            check(job.set_notify_flags(NotifyFlags::from_bits_retain(small)));
            check(job.set_file_acl_flags(FileAclFlags::from_bits_retain(small)));
            check(job.set_peer_caching_flags(PeerCachingFlags::from_bits_retain(small)));
            check(job.set_security_flags(HttpSecurityFlags::from_bits_retain(small)));
            check(job.set_helper_token_flags(HelperTokenFlags::from_bits_retain(small)));
            for property in [
                JobProperty::CostFlags(CostFlags::from_bits_retain(small)),
                JobProperty::MaxDownloadSize(number),
                JobProperty::MinimumNotificationInterval(small),
                JobProperty::NotificationClsid(Uuid::from_u128(number.into())),
                JobProperty::OnDemandMode(number > 1),
                JobProperty::HighPerformance(number > 1),
                JobProperty::DynamicContent(number > 1),
                JobProperty::UseStoredCredentials(AuthTarget::Server),
            ] {
                check(job.set_property(property));
            }
        }
        check(job.resume());
        assert!(emulator.run_until_idle().is_at_rest());
    }
}

#[test]
fn any_files_and_ranges_are_taken_or_refused() {
    for on_demand in [false, true] {
        for (emulator, job) in jobs() {
            check(job.set_property(JobProperty::OnDemandMode(on_demand)));
            for ranges in ranges() {
                check(job.add_file_with_ranges("https://example.com/app.exe", r"C:\r", &ranges));
                for file in job.files().unwrap().into_iter().take(2) {
                    check(file.request_file_ranges(&ranges));
                }
            }
            for file in job.files().unwrap().into_iter().take(2) {
                for number in NUMBERS {
                    check(file.update_download_position(number));
                }
                for text in texts() {
                    check(file.set_remote_name(&text));
                }
                check(file.set_validation_state(true));
                check(file.set_validation_state(false));
                check(file.filled_file_ranges());
                check(file.temporary_name());
                check(file.http_response_headers());
                check(file.is_downloaded_from_peer());
                check(file.peer_download_stats());
                check(file.ranges());
            }
            check(job.resume());
            emulator.advance(Duration::from_secs(100_000));
        }
    }
}

/// LIFE-27: getters work in every state, the final ones too.
#[test]
fn getters_answer_in_every_state() -> Result<(), Error> {
    for (_, job) in jobs() {
        job.state()?;
        job.progress()?;
        job.times()?;
        job.job_type()?;
        job.owner()?;
        job.owner_rights()?;
        job.error_count()?;
        job.display_name()?;
        job.description()?;
        job.priority()?;
        job.notify_flags()?;
        job.notify_cmd_line()?;
        job.proxy_settings()?;
        job.minimum_retry_delay()?;
        job.no_progress_timeout()?;
        job.maximum_download_time()?;
        job.file_acl_flags()?;
        job.peer_caching_flags()?;
        job.security_flags()?;
        job.http_method()?;
        job.helper_token_flags()?;
        job.helper_token_sid()?;
        job.files()?;
        assert!(job.notify_interface()?.is_none());
        for id in JobPropertyId::ALL {
            job.property(*id)?;
        }
        check(job.error());
        check(job.client_certificate());
        check(job.custom_headers());
        check(job.make_custom_headers_write_only());
        check(job.set_helper_token());
        check(job.clear_helper_token());
        check(job.remove_client_certificate());
        check(job.set_priority(JobPriority::Foreground));
        check(job.take_ownership());
        check(job.reply_data());
        check(job.complete());
        check(job.suspend());
        check(job.cancel());
    }
    Ok(())
}

#[test]
fn any_calls_of_a_manager_are_taken_or_refused() {
    let (emulator, session) = world();
    for text in texts() {
        check(session.create_job(&text, JobType::Download));
        let user = emulator.connect(User::new(text.as_str()));
        check(user.jobs());
        emulator.log_off(User::new(text.as_str()));
        emulator.log_off(User::new(text));
    }
    for code in [0, 1, 0x8000_0000, 0x8020_0001, u32::MAX] {
        for language in [0, 1, 0x409, u16::MAX] {
            check(session.error_description(HResult::new(code), language));
        }
    }
    check(session.job(JobId(Uuid::max())));
    let mut jobs = session.jobs().unwrap();
    assert!(!jobs.skip_jobs(usize::MAX));
    assert!(jobs.next_jobs(usize::MAX).is_empty());
}

/// The test's own side takes anything too.
#[test]
fn the_world_and_the_clock() {
    for text in texts() {
        let (emulator, session) = world();
        let server = emulator.server("https://example.com");
        server.file(&text, u64::MAX).fails(Fault::http(0).times(u64::MAX));
        server.resource(&text).fails(Fault::http(u16::MAX).always());
        emulator.disk().write(&text, u64::MAX).deny(&text).set_free(&text, u64::MAX);
        emulator.disk().lock_volume(&text).unlock_volume(&text).lock_file(&text).delete(&text);
        assert!(emulator.disk().read(&text).is_none());
        let job = session.create_job("hostile", JobType::Download).unwrap();
        check(job.add_file(&text, r"C:\a"));
        check(job.add_file("https://example.com/app.exe", &text));
        check(job.resume());
        emulator.advance(Duration::from_secs(86_400));
    }
    for duration in [Duration::MAX, Duration::ZERO, Duration::from_nanos(1)] {
        let (emulator, session) = world();
        emulator.set_clock(Clock::PerCall(duration));
        let job = session.create_job("hostile", JobType::Download).unwrap();
        check(job.add_file("https://example.com/app.exe", r"C:\a"));
        check(job.resume());
        check(job.state());
        emulator.advance(duration);
        emulator.advance_to(DateTime::<Utc>::MIN_UTC);
        for by in [TimeDelta::MAX, TimeDelta::MIN, TimeDelta::zero()] {
            emulator.change_clock(by);
            check(job.times());
        }
        emulator.restart();
        emulator.reboot();
        emulator.set_network_cost(CostFlags::from_bits_retain(u32::MAX));
        emulator.advance_to(DateTime::<Utc>::MAX_UTC);
    }
}

#[test]
fn any_hooks_events_and_policies_are_taken() {
    for (emulator, job) in jobs() {
        emulator
            .hook(Hook::fail(Calls::Any, HResult::new(u32::MAX)).after(u64::MAX).times(u64::MAX));
        emulator.set_class(Uuid::nil(), None);
        let none = JobId::default();
        assert!(!emulator.inject(none, Event::Picked));
        for event in [
            Event::Picked,
            Event::Connected,
            Event::SizeKnown(u64::MAX),
            Event::Progressed(u64::MAX),
            Event::ReplyStarted(u64::MAX),
            Event::FileTransferred,
            Event::Redirected(u16::MAX, "\0".into()),
            Event::HeadersReceived("\0".into()),
            Event::CertificateReceived("".into(), Arc::from([])),
            Event::CertificateChecked(HResult::new(u32::MAX)),
            Event::FileChanged,
            Event::SessionLost,
            Event::NotificationStarted(bits_emulator::Notification::FileTransferred(FileIndex(9))),
            Event::ProgramExited(u32::MAX),
            Event::UploadCancelled,
            Event::OwnerLoggedOff,
            Event::ClientExited,
        ] {
            emulator.inject(job.id(), event);
        }
        check(job.state());
        emulator.set_policies(Policies {
            jobs_per_computer: 0,
            jobs_per_user: 0,
            inactivity_timeout: Duration::ZERO,
            maximum_download_time: Duration::ZERO,
            time_slice: Duration::ZERO,
            notifications_per_user: 0,
            ..Policies::default()
        });
        check(emulator.connect(User::new("bob")).create_job("none", JobType::Download));
        check(emulator.connect(User::local_system()).create_job("one", JobType::Upload));
        check(job.resume());
        emulator.advance(Duration::from_secs(1_000));
    }
}
