//! Setters and getters: in every state, by the owner and by an administrator.

use crate::common::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, CallbackInterface, Directory, FileIndex, JobStateMachine, ValidationInterface,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials, FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobProperty, PeerCachingFlags,
    ProxySettings,
};
use bits_emulator::{HResult, JobPriority, JobState, JobType, NotifyFlags};
use uuid::Uuid;

use JobState::Error;

type Shows = fn(&JobStateMachine) -> bool;

/// A setter with its getter.
struct Setter {
    call: Call,
    /// Whether the getter shows what was set.
    shows: Shows,
    /// The types that have it.
    types: &'static [JobType],
    /// The states that allow it.
    states: &'static [JobState],
    /// Only the owner may (PROP-18, PROP-23); a helper token is the caller's own.
    owner_only: bool,
}

const UNFINISHED: &[JobState] =
    &[Suspended, Queued, Connecting, Transferring, TransientError, Error, Transferred];

fn plain(call: Call, shows: Shows) -> Setter {
    Setter { call, shows, types: JobType::ALL, states: UNFINISHED, owner_only: false }
}

fn of_downloads(call: Call, shows: Shows) -> Setter {
    Setter { types: &[JobType::Download], ..plain(call, shows) }
}

fn in_states(states: &'static [JobState], setter: Setter) -> Setter {
    Setter { states, ..setter }
}

fn of_owner(call: Call, shows: Shows) -> Setter {
    Setter { owner_only: true, ..plain(call, shows) }
}

fn setters() -> Vec<Setter> {
    let mut setters = plain_setters();
    setters.extend(http_setters());
    setters.extend(properties());
    setters.extend(limited_setters());
    setters
}

fn plain_setters() -> Vec<Setter> {
    vec![
        plain(Call::SetDisplayName(Some("name".into())), |job| job.display_name() == "name"),
        plain(Call::SetDescription(Some("text".into())), |job| job.description() == "text"),
        plain(Call::SetPriority(JobPriority::Low), |job| job.priority() == JobPriority::Low),
        plain(Call::SetNotifyFlags(NotifyFlags::FILE_TRANSFERRED), |job| {
            job.notify_flags() == NotifyFlags::FILE_TRANSFERRED
        }),
        plain(Call::SetNotifyInterface(Some(CallbackInterface::Callback2)), |job| {
            job.notify_interface() == Some(CallbackInterface::Callback2)
        }),
        plain(Call::set_notify_cmd_line(r"C:\p.exe", Some(r"C:\p.exe x")), |job| {
            job.notify_cmd_line() == (r"C:\p.exe", r"C:\p.exe x")
        }),
        // TIME-03, TIME-14
        plain(Call::SetMinimumRetryDelay(60), |job| job.minimum_retry_delay() == 60),
        plain(Call::SetMinimumRetryDelay(1), |job| job.minimum_retry_delay() == 5),
        plain(Call::SetNoProgressTimeout(3_600), |job| job.no_progress_timeout() == 3_600),
        plain(Call::SetMaximumDownloadTime(90), |job| job.maximum_download_time() == 90),
        // PROP-40
        plain(Call::SetPeerCachingFlags(PeerCachingFlags::all()), |job| {
            job.peer_caching_flags().bits() == 7
        }),
        plain(Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK), |job| {
            job.helper_token_flags() == HelperTokenFlags::NETWORK
        }),
        of_owner(Call::SetHelperToken, |job| job.helper_token_sid() == Some(job.owner())),
    ]
}

fn http_setters() -> Vec<Setter> {
    let proxy = ProxySettings::overriding("proxy:8080", Some("<local>"));
    let certificate = ClientCertificate {
        location: CertStoreLocation::Users,
        store_name: Some("ROOT".into()),
        id: Some(CertificateId::Subject("client".into())),
    };
    let (target, scheme) = (AuthTarget::Proxy, AuthScheme::Digest);
    vec![
        plain(Call::SetProxySettings(proxy.into()), |job| {
            job.proxy_settings() == ProxySettings::overriding("proxy:8080", Some("<local>"))
        }),
        plain(Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_UNKNOWN_CA), |job| {
            job.security_flags() == HttpSecurityFlags::IGNORE_UNKNOWN_CA
        }),
        of_owner(
            Call::SetCredentials(Credentials::new(target, scheme, "alice", "secret").into()),
            |job| {
                let found = job.credentials(AuthTarget::Proxy, AuthScheme::Digest);
                found.is_some_and(|known| known.user_name.as_deref() == Some("alice"))
            },
        ),
        of_owner(Call::SetClientCertificate(certificate.into(), CertificateLookup::Found), |job| {
            let found = job.client_certificate();
            found.is_ok_and(|known| known.location == CertStoreLocation::Users)
        }),
        of_owner(Call::SetCustomHeaders(Some("X-Key: 1\r\n".into())), |job| {
            job.custom_headers(&Token::default()) == Ok(Some("X-Key: 1\r\n"))
        }),
    ]
}

fn properties() -> Vec<Setter> {
    const CLSID: Uuid = Uuid::from_u128(7);
    const COST: JobProperty = JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD);
    const CLASS: JobProperty = JobProperty::NotificationClsid(CLSID);
    const PROXY: JobProperty = JobProperty::UseStoredCredentials(AuthTarget::Proxy);
    const PACE: JobProperty = JobProperty::MinimumNotificationInterval(100);
    const DEMAND: JobProperty = JobProperty::OnDemandMode(true);
    const DYNAMIC: JobProperty = JobProperty::DynamicContent(true);
    const SIZE: JobProperty = JobProperty::MaxDownloadSize(1_000_000);
    let new = &[Suspended];
    vec![
        plain(Call::SetProperty(COST), |job| job.property(COST.id()) == Some(COST)),
        plain(Call::SetProperty(CLASS), |job| job.property(CLASS.id()) == Some(CLASS)),
        plain(Call::SetProperty(PROXY), |job| job.property(PROXY.id()) == Some(PROXY)),
        plain(Call::SetProperty(PACE), |job| job.property(PACE.id()) == Some(PACE)),
        // LIFE-26: a transfer of which nothing is asked for stops.
        in_states(
            &[Suspended, Queued, Connecting, TransientError, Error, Transferred],
            of_downloads(Call::SetProperty(DEMAND), |job| {
                job.property(DEMAND.id()) == Some(DEMAND)
            }),
        ),
        // PROP-33, PROP-36: only before the first Resume.
        in_states(
            new,
            of_downloads(Call::SetProperty(DYNAMIC), |job| {
                job.property(DYNAMIC.id()) == Some(DYNAMIC)
            }),
        ),
        in_states(
            new,
            of_downloads(Call::SetProperty(SIZE), |job| job.property(SIZE.id()) == Some(SIZE)),
        ),
    ]
}

/// Setters that not every state allows.
fn limited_setters() -> Vec<Setter> {
    const BEFORE_TRANSFERRED: &[JobState] =
        &[Suspended, Queued, Connecting, Transferring, TransientError, Error];
    const PAUSED: &[JobState] = &[Suspended, Error, Transferred];
    let check = ValidationInterface::Callback;
    let reply = Call::SetReplyFileName(Some(r"C:\reply.bin".into()), Directory::Writable);
    vec![
        // FILES-32
        in_states(
            BEFORE_TRANSFERRED,
            plain(Call::SetFileAclFlags(FileAclFlags::DACL), |job| {
                job.file_acl_flags() == FileAclFlags::DACL
            }),
        ),
        // PROP-26
        in_states(
            PAUSED,
            plain(
                Call::SetServerCertificateValidationInterface(check),
                JobStateMachine::checks_certificates,
            ),
        ),
        // PROP-39
        in_states(
            &[Suspended],
            plain(Call::SetHttpMethod("PUT".into()), |job| job.http_method() == "PUT"),
        ),
        // UPLOAD-09: the fixture's reply has not begun before TRANSFERRED.
        Setter {
            types: &[JobType::UploadReply],
            ..in_states(
                BEFORE_TRANSFERRED,
                plain(reply, |job| job.reply_file_name() == Ok(Some(r"C:\reply.bin".to_owned()))),
            )
        },
        // FILES-24
        of_downloads(Call::SetRemoteName(FileIndex(0), "https://example.org/b".into()), |job| {
            job.file(FileIndex(0)).is_some_and(|file| &*file.remote_name == "https://example.org/b")
        }),
    ]
}

/// PROP-01, INV-53: what was set shows, the state stays (T1), and an administrator may set it too.
#[test]
fn what_is_set_shows() {
    let administrator = Token::administrator(500);
    for setter in setters() {
        for job_type in setter.types {
            for state in setter.states {
                let before = job_in(*job_type, *state);
                assert!(!(setter.shows)(&before), "{:?} is the default", setter.call);
                let mut callers = vec![Token::default()];
                callers.extend((!setter.owner_only).then_some(administrator));
                for caller in callers {
                    let mut job = before.clone();
                    let result = job.call_by(&caller, setter.call.clone(), at(1));
                    let context = format!("{:?} of {job_type} in {state}", setter.call);
                    assert!(result.is_ok(), "{context}: {result:?}");
                    assert!((setter.shows)(&job), "{context}");
                    assert_eq!(job.state(), *state, "{context}");
                    assert_eq!(job.times().modification, at(1), "{context}: PROGRESS-14");
                }
            }
        }
    }
}

/// PROP-01, INV-53: a final job refuses every setter, and shows the old values (LIFE-27, LIFE-28).
#[test]
fn a_final_job_is_not_changed() {
    for setter in setters() {
        for job_type in setter.types {
            for state in [Acknowledged, Cancelled] {
                let mut job = job_in(*job_type, state);
                let refusal = refused(&mut job, setter.call.clone(), at(1));
                assert_eq!(refusal.code(), HResult::BG_E_INVALID_STATE, "{:?}", setter.call);
                assert!(!(setter.shows)(&job));
            }
        }
    }
}

/// INV-53: states and types that a setter is not for refuse it and change nothing.
#[test]
fn a_refused_setter_changes_nothing() {
    for setter in setters() {
        for job_type in JobType::ALL {
            for state in UNFINISHED {
                let accepted = setter.types.contains(job_type) && setter.states.contains(state);
                // LIFE-26: that one is accepted, and changes the state.
                let suspends = setter.call == Call::SetProperty(JobProperty::OnDemandMode(true))
                    && (*job_type, *state) == (JobType::Download, Transferring);
                if accepted || suspends {
                    continue;
                }
                let mut job = job_in(*job_type, *state);
                refused(&mut job, setter.call.clone(), at(1));
                assert!(!(setter.shows)(&job), "{:?} of {job_type} in {state}", setter.call);
            }
        }
    }
}

/// INV-53: values that are refused leave the last good one.
#[test]
fn a_refused_value_leaves_the_old_one() {
    let mut job = download_in(Suspended);
    // Not all of them go together (PROP-39).
    for setter in setters() {
        if job.allows(&setter.call, start()).is_ok() {
            call(&mut job, setter.call, start());
        }
    }
    let invalid = HResult::E_INVALIDARG;
    let too_long = HResult::BG_E_STRING_TOO_LONG;
    let wrong = ValidationInterface::Wrong;
    for (call, code) in [
        (Call::SetDisplayName(None), invalid),
        (Call::SetDisplayName(Some("n".repeat(257).into())), too_long),
        (Call::SetDescription(None), invalid),
        (Call::SetDescription(Some("d".repeat(1_025).into())), too_long),
        (Call::SetNotifyFlags(NotifyFlags::from_bits_retain(0x40)), HResult::E_NOTIMPL),
        (Call::SetSecurityFlags(HttpSecurityFlags::from_bits_retain(0x20)), HResult::E_NOTIMPL),
        (Call::SetPeerCachingFlags(PeerCachingFlags::from_bits_retain(8)), HResult::E_NOTIMPL),
        (Call::SetFileAclFlags(FileAclFlags::from_bits_retain(0x10)), invalid),
        (
            Call::SetProxySettings(ProxySettings::overriding(&"p".repeat(4_001), None).into()),
            HResult::BG_E_PROXY_LIST_TOO_LARGE,
        ),
        (Call::SetCustomHeaders(Some("h".repeat(16_384).into())), too_long),
        (Call::SetRemoteName(FileIndex(0), "ftp://example.org/".into()), invalid),
        (
            Call::SetProperty(JobProperty::MaxDownloadSize(0)),
            HResult::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
        ),
        (Call::SetServerCertificateValidationInterface(wrong), HResult::E_NOINTERFACE),
    ] {
        assert_eq!(refused(&mut job, call.clone(), at(1)).code(), code, "{call:?}");
    }
}

/// PROP-02: the four priorities, and no other.
#[test]
fn an_undefined_priority_does_not_exist() {
    for (number, priority) in [
        (0, JobPriority::Foreground),
        (1, JobPriority::High),
        (2, JobPriority::Normal),
        (3, JobPriority::Low),
    ] {
        assert_eq!(JobPriority::from_value(number), Ok(priority));
        for state in UNFINISHED {
            let mut job = download_in(*state);
            call(&mut job, Call::SetPriority(priority), start());
            assert_eq!((job.priority(), job.state()), (priority, *state));
        }
    }
    for number in [4, u32::MAX] {
        assert_eq!(JobPriority::from_value(number).unwrap_err().code, HResult::E_NOTIMPL);
    }
}

/// PROP-03, PROP-04: not null, though empty; a too long one is refused with another code than null.
#[test]
fn names_and_descriptions_are_texts() {
    let mut job = download_in(Suspended);
    for text in ["update", "", "größe 𝄞", "line\nline"] {
        call(&mut job, Call::SetDisplayName(Some(text.into())), start());
        call(&mut job, Call::SetDescription(Some(text.into())), start());
        assert_eq!((job.display_name(), job.description()), (text, text));
    }
    for null in [Call::SetDisplayName(None), Call::SetDescription(None)] {
        assert_eq!(refused(&mut job, null, start()).code(), HResult::E_INVALIDARG);
    }
    for long in [
        Call::SetDisplayName(Some("n".repeat(257).into())),
        Call::SetDescription(Some("d".repeat(1_025).into())),
    ] {
        assert_eq!(refused(&mut job, long, start()).code(), HResult::BG_E_STRING_TOO_LONG);
    }
}

/// PROP-06: whoever reaches the job reads them, and every elevated administrator does.
#[test]
fn administrators_see_names() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetDisplayName(Some("secret".into())), start());
    call(&mut job, Call::SetDescription(Some("plan".into())), start());
    for administrator in [Token::administrator(500), Token::administrator(501)] {
        assert!(job.access(&administrator).is_ok());
        assert_eq!((job.display_name(), job.description()), ("secret", "plan"));
        assert_eq!(job.file(FileIndex(0)), Some(&file(0)));
    }
}

/// PROP-40: each flag is kept as it was given, and no other is known.
#[test]
fn peer_caching_flags_are_kept() {
    let mut job = download_in(Suspended);
    for bits in 0..8 {
        let flags = PeerCachingFlags::from_bits(bits).unwrap();
        call(&mut job, Call::SetPeerCachingFlags(flags), start());
        assert_eq!(job.peer_caching_flags().bits(), bits);
    }
}
