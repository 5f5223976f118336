//! Proxies and credentials.

use crate::common::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::{Call, ComputerEvent, Event, JobStateMachine, Success};
use bits_emulator::settings::{AuthScheme, AuthTarget, Credentials, ProxySettings, ProxyUsage};
use bits_emulator::{ErrorContext, HResult, JobState, JobType};

fn proxy(usage: ProxyUsage, list: Option<&str>, bypass: Option<&str>) -> ProxySettings {
    ProxySettings { usage, proxy_list: list.map(Into::into), bypass_list: bypass.map(Into::into) }
}

fn set_proxy(settings: &ProxySettings) -> Call {
    Call::SetProxySettings(settings.clone().into())
}

/// PROP-07
#[test]
fn there_are_four_proxy_usages() {
    for (number, usage) in [
        (0, ProxyUsage::Preconfig),
        (1, ProxyUsage::NoProxy),
        (2, ProxyUsage::Override),
        (3, ProxyUsage::AutoDetect),
    ] {
        assert_eq!(ProxyUsage::from_value(number), Ok(usage));
        let list = (usage == ProxyUsage::Override).then_some("proxy");
        let settings = proxy(usage, list, None);
        let mut job = download_in(Suspended);
        call(&mut job, set_proxy(&settings), start());
        assert_eq!(job.proxy_settings(), settings);
    }
    for number in [4, u32::MAX] {
        assert_eq!(ProxyUsage::from_value(number).unwrap_err().code, HResult::E_NOTIMPL);
    }
    assert_eq!(ProxySettings::default(), proxy(ProxyUsage::Preconfig, None, None));
}

/// PROP-08, PROP-09: OVERRIDE needs a list and may have a second; the others have none.
#[test]
fn lists_belong_to_override() {
    let (some, none) = (Some("proxy"), None);
    for usage in ProxyUsage::ALL.iter().copied() {
        let overrides = usage == ProxyUsage::Override;
        for (list, bypass, accepted) in [
            (none, none, !overrides),
            (some, none, overrides),
            (none, some, false),
            (some, some, overrides),
        ] {
            let mut job = download_in(Suspended);
            let settings = proxy(usage, list, bypass);
            if accepted {
                call(&mut job, set_proxy(&settings), start());
                assert_eq!(job.proxy_settings(), settings);
            } else {
                let code = refused(&mut job, set_proxy(&settings), start()).code();
                assert_eq!(code, HResult::E_INVALIDARG, "{settings:?}");
            }
        }
    }
}

/// PROP-10: with spaces between them.
const RIGHT: &[(&str, Option<&str>)] = &[
    ("proxy", None),
    ("proxy:8080", None),
    ("http=proxy", None),
    ("http://proxy", None),
    ("https=https://proxy:8080", None),
    ("http=http://one:80 https=https://two:443", None),
    ("10.0.0.1:8080 10.0.0.2", None),
    ("proxy", Some("server")),
    ("proxy", Some("server.example.com 10.0.0.1 <local>")),
    ("proxy", Some("*.example.com")),
    ("proxy", Some("*example <local>")),
];

const WRONG: &[(&str, Option<&str>)] = &[
    ("", None),
    ("ftp=proxy", None),
    ("ftp://proxy", None),
    ("http=ftp://proxy", None),
    ("one,two", None),
    ("one;two", None),
    ("proxy:port", None),
    ("http://", None),
    ("*.example.com", None),
    ("good ftp=bad", None),
    ("proxy", Some("server.*")),
    ("proxy", Some("10.*.0.1")),
    ("proxy", Some("good *.bad.*")),
    ("proxy", Some("<remote>")),
];

/// PROP-10, PROP-13, T3: looked at when it is used, not before; then it is fatal.
#[test]
fn a_proxy_list_is_checked_when_it_is_used() {
    for job_type in JobType::ALL.iter().copied() {
        for ((list, bypass), is_right) in
            RIGHT.iter().map(|right| (right, true)).chain(WRONG.iter().map(|wrong| (wrong, false)))
        {
            let mut job = job_in(job_type, Suspended);
            let settings = ProxySettings::overriding(list, *bypass);
            call(&mut job, set_proxy(&settings), start());
            assert_eq!(job.proxy_settings(), settings);
            call(&mut job, Call::Resume, start());
            assert_eq!(job.state(), Queued, "nothing looked at it yet");
            event(&mut job, Event::Picked, start());
            if is_right {
                assert_eq!(job.state(), Connecting, "{settings:?}");
                continue;
            }
            assert_eq!(job.state(), JobState::Error, "{settings:?}");
            let error = *job.error().unwrap();
            assert_eq!(error.code(), HResult::BG_E_INVALID_PROXY_INFO);
            // ERR-18
            let download = job_type == JobType::Download;
            let context =
                if download { ErrorContext::GeneralTransport } else { ErrorContext::RemoteFile };
            assert_eq!(error.context(), context);
        }
    }
}

/// PROP-13, LIFE-25: mended lists serve the next attempt.
#[test]
fn a_wrong_proxy_list_can_be_mended() {
    for mended in [ProxySettings::overriding("proxy", None), proxy(ProxyUsage::NoProxy, None, None)]
    {
        let mut job = download_in(Suspended);
        call(&mut job, set_proxy(&ProxySettings::overriding("ftp=proxy", None)), start());
        call(&mut job, Call::Resume, start());
        event(&mut job, Event::Picked, start());
        assert_eq!(job.state(), JobState::Error);
        call(&mut job, set_proxy(&mended), start());
        call(&mut job, Call::Resume, start());
        event(&mut job, Event::Picked, start());
        assert_eq!(job.state(), Connecting, "{mended:?}");
    }
}

fn set(credentials: Credentials) -> Call {
    Call::SetCredentials(credentials.into())
}

fn signed_on(target: AuthTarget, scheme: AuthScheme, user: &str) -> Credentials {
    Credentials::new(target, scheme, user, "secret")
}

fn pairs() -> impl Iterator<Item = (AuthTarget, AuthScheme)> {
    let schemes = |target: &AuthTarget| {
        let target = *target;
        AuthScheme::ALL.iter().map(move |scheme| (target, *scheme))
    };
    AuthTarget::ALL.iter().flat_map(schemes)
}

fn user(job: &JobStateMachine, target: AuthTarget, scheme: AuthScheme) -> Option<String> {
    job.credentials(target, scheme)?.user_name.as_deref().map(str::to_owned)
}

/// PROP-14: one entry for each target and scheme; the same pair replaces it.
#[test]
fn each_target_and_scheme_has_its_credentials() {
    let mut job = download_in(Suspended);
    for round in 1..=2 {
        for (target, scheme) in pairs() {
            let name = format!("{round} {target} {scheme}");
            call(&mut job, set(signed_on(target, scheme, &name)), start());
        }
        for (target, scheme) in pairs() {
            let name = format!("{round} {target} {scheme}");
            assert_eq!(user(&job, target, scheme), Some(name));
        }
    }
    let values = |(target, scheme): (AuthTarget, AuthScheme)| (target.value(), scheme.value());
    assert_eq!(pairs().map(values).max(), Some((2, 5)));
    assert_eq!(pairs().count(), 10);
}

/// PROP-14: for the life of the job, restarts of the service included (NET-13).
#[test]
fn credentials_live_as_long_as_the_job() {
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    let mut job = download_in(Suspended);
    call(&mut job, set(signed_on(target, scheme, "alice")), start());
    bring_to(&mut job, JobState::Error, start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    event(&mut job, Event::ClientExited, start());
    event(&mut job, Event::OwnerLoggedOff, start());
    event(&mut job, Event::OwnerLoggedOn, start());
    bring_to(&mut job, Transferred, start());
    assert_eq!(user(&job, target, scheme), Some("alice".to_owned()));
}

/// PROP-15
#[test]
fn targets_and_schemes_are_defined() {
    for number in [0, 3, u32::MAX] {
        let code = AuthTarget::from_value(number).unwrap_err().code;
        assert_eq!(code, HResult::BG_E_INVALID_AUTH_TARGET, "{number}");
    }
    for number in [0, 6, u32::MAX] {
        let code = AuthScheme::from_value(number).unwrap_err().code;
        assert_eq!(code, HResult::BG_E_INVALID_AUTH_SCHEME, "{number}");
    }
}

/// PROP-15, PROP-19: null stands for the logged-on user with NTLM and Negotiate; the others, Passport
/// among them, want both texts.
#[test]
fn null_credentials_are_for_integrated_schemes() {
    for (target, scheme) in pairs() {
        let mut job = download_in(Suspended);
        let both = Credentials::of_logged_on_user(target, scheme);
        if matches!(scheme, AuthScheme::Ntlm | AuthScheme::Negotiate) {
            call(&mut job, set(both.clone()), start());
            assert_eq!(job.credentials(target, scheme), Some(&both));
            continue;
        }
        let named = signed_on(target, scheme, "alice");
        let without_name = Credentials { user_name: None, ..named.clone() };
        let without_password = Credentials { password: None, ..named };
        for null in [both, without_name, without_password] {
            let refusal = refused(&mut job, set(null), start());
            assert_eq!(refusal.code(), HResult::E_INVALIDARG, "{scheme}");
        }
    }
}

/// PROP-16: S_OK once, then S_FALSE; the other pairs stay.
#[test]
fn credentials_are_removed_pair_by_pair() {
    for (target, scheme) in pairs() {
        let mut job = download_in(Suspended);
        for (target, scheme) in pairs() {
            call(&mut job, set(signed_on(target, scheme, "alice")), start());
        }
        let remove = || Call::RemoveCredentials(target, scheme);
        let removed = call_outcome(&mut job, remove(), start()).success;
        assert_eq!((removed, removed.code()), (Success::Ok, HResult::S_OK));
        for other in pairs() {
            assert_eq!(user(&job, other.0, other.1).is_none(), other == (target, scheme));
        }
        let nothing = call_outcome(&mut job, remove(), start()).success;
        assert_eq!((nothing, nothing.code()), (Success::NothingFound, HResult::S_FALSE));
    }
}

/// PROP-16: no password stands in what a job shows of itself.
#[test]
fn passwords_are_not_shown() {
    let mut job = download_in(Suspended);
    let credentials = Credentials::new(AuthTarget::Proxy, AuthScheme::Basic, "alice", "pa55");
    call(&mut job, set(credentials), start());
    assert!(!format!("{job:?}").contains("pa55"));
}

/// PROP-18: after 401 or 407 new credentials may be set, and the job resumed (ERR-31).
#[test]
fn missing_credentials_are_set_after_the_failure() {
    for (status, target) in [(401, AuthTarget::Server), (407, AuthTarget::Proxy)] {
        let mut job = download_in(Connecting);
        event(&mut job, failed(status), start());
        assert_eq!(job.state(), JobState::Error, "{status}");
        call(&mut job, set(signed_on(target, AuthScheme::Basic, "alice")), start());
        call(&mut job, Call::Resume, start());
        assert_eq!(job.state(), Queued);
        event(&mut job, Event::Picked, start());
        assert_eq!(user(&job, target, AuthScheme::Basic), Some("alice".to_owned()));
    }
}

/// PROP-18: in the context of the owner, in every state.
#[test]
fn only_the_owner_sets_credentials() {
    let credentials = signed_on(AuthTarget::Server, AuthScheme::Basic, "alice");
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
        let mut job = download_in(state);
        let by = Token::administrator(500);
        let refusal = job.call_by(&by, set(credentials.clone()), start()).unwrap_err();
        assert_eq!(refusal.code(), HResult::E_ACCESSDENIED, "{state}");
        assert_eq!(job, download_in(state));
        call(&mut job, set(credentials.clone()), start());
    }
}

/// PROP-19: the logged-on user's, given for the proxy, serve the server too, unless it has its own.
#[test]
fn implicit_proxy_credentials_serve_the_server() {
    let (server, proxy) = (AuthTarget::Server, AuthTarget::Proxy);
    for scheme in [AuthScheme::Ntlm, AuthScheme::Negotiate] {
        let mut job = download_in(Suspended);
        let implicit = Credentials::of_logged_on_user(proxy, scheme);
        call(&mut job, set(implicit.clone()), start());
        assert_eq!(job.credentials(server, scheme), Some(&implicit));

        call(&mut job, set(signed_on(server, scheme, "alice")), start());
        assert_eq!(user(&job, server, scheme), Some("alice".to_owned()));
        assert_eq!(job.credentials(proxy, scheme), Some(&implicit));

        // Not those with a name, and not the other way round.
        let mut job = download_in(Suspended);
        call(&mut job, set(signed_on(proxy, scheme, "alice")), start());
        assert_eq!(job.credentials(server, scheme), None);
        let mut job = download_in(Suspended);
        call(&mut job, set(Credentials::of_logged_on_user(server, scheme)), start());
        assert_eq!(job.credentials(proxy, scheme), None);
    }
}
