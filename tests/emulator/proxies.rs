//! How jobs find the proxy of the network, and what they answer when it asks.

use std::time::Duration;

use bits_emulator::accounts::IntegrityLevel;
use bits_emulator::server::{AuthChallenge, Proxy};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, HelperTokenFlags, ProxySettings, ProxyUsage,
};
use bits_emulator::{Emulator, Error, HResult, Job, JobState, JobType, User};

use crate::support::URL;

const SHARED: &str = r"\\server\share\app.exe";

fn world(change: impl FnOnce(&mut Proxy)) -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", "hello");
    emulator.server(r"\\server").file(r"share\app.exe", "hello");
    emulator.with_proxy(change);
    emulator
}

fn job(emulator: &Emulator, user: User, remote: &str) -> Result<Job, Error> {
    let job = emulator.connect(user).create_job("update", JobType::Download)?;
    job.add_file(remote, r"C:\app.exe")?;
    Ok(job)
}

fn runs(emulator: &Emulator, job: &Job) -> Result<bool, Error> {
    job.resume()?;
    emulator.advance(Duration::from_secs(60));
    let state = job.state()?;
    if state == JobState::TransientError {
        assert_eq!(job.error()?.code(), HResult::ERROR_WINHTTP_CANNOT_CONNECT);
    }
    Ok(state == JobState::Transferred)
}

/// PROP-11: the settings of users are not those of system accounts, whom PRECONFIG serves by automatic
/// discovery only.
#[test]
fn system_accounts_have_no_settings_of_users() -> Result<(), Error> {
    let usual = ProxySettings { usage: ProxyUsage::Preconfig, ..ProxySettings::default() };
    let detecting = ProxySettings { usage: ProxyUsage::AutoDetect, ..ProxySettings::default() };
    let own = ProxySettings::overriding("proxy:80", None);
    let without = ProxySettings { usage: ProxyUsage::NoProxy, ..ProxySettings::default() };
    for (set, discovered, settings, user, service) in [
        (true, true, &usual, true, true),
        (true, false, &usual, true, false),
        (false, true, &usual, true, true),
        (false, false, &usual, false, false),
        (true, false, &detecting, false, false),
        (false, true, &detecting, true, true),
        (false, false, &own, true, true),
        (true, true, &without, false, false),
    ] {
        let emulator = world(|proxy| {
            proxy.become_only_way();
            if !set {
                proxy.leave_user_settings();
            }
            if !discovered {
                proxy.hide_from_discovery();
            }
        });
        for (by, expected) in [
            (User::new("alice"), user),
            (User::local_system(), service),
            (User::local_service(), service),
            (User::network_service(), service),
        ] {
            let job = job(&emulator, by.clone(), URL)?;
            job.set_proxy_settings(settings.clone())?;
            let case = format!("{by:?} {settings:?} set {set} discovered {discovered}");
            assert_eq!(runs(&emulator, &job)?, expected, "{case}");
        }
    }
    Ok(())
}

/// PROP-11, SEC-12: unless a helper token brings the settings of its user.
#[test]
fn a_helper_token_brings_the_settings_of_its_user() -> Result<(), Error> {
    for (flags, expected) in
        [(HelperTokenFlags::NETWORK, true), (HelperTokenFlags::LOCAL_FILE, false)]
    {
        let emulator = world(|proxy| {
            proxy.become_only_way().hide_from_discovery();
        });
        let job = job(&emulator, User::local_system(), URL)?;
        let helper = User::new("alice").administrator().with_integrity(IntegrityLevel::System);
        job.set_helper_token_flags(flags)?;
        emulator.connect(helper).job(job.id())?.set_helper_token()?;
        assert_eq!(runs(&emulator, &job)?, expected);
    }
    Ok(())
}

/// Shares are not reached through proxies.
#[test]
fn a_share_needs_no_proxy() -> Result<(), Error> {
    let emulator = world(|proxy| {
        proxy.become_only_way().hide_from_discovery().leave_user_settings();
    });
    let job = job(&emulator, User::new("alice"), SHARED)?;
    assert!(runs(&emulator, &job)?);
    Ok(())
}

/// PROP-19: proxy and server both ask who is logged on; what was given for the proxy serves the server
/// too, unless that has its own. Passport is never implicit.
#[test]
fn the_logged_on_user_is_named_to_proxy_and_server() -> Result<(), Error> {
    let (server, proxy) = (AuthTarget::Server, AuthTarget::Proxy);
    for scheme in [AuthScheme::Ntlm, AuthScheme::Negotiate] {
        let implicit = |target| Credentials::of_logged_on_user(target, scheme);
        let explicit = Credentials::new(server, scheme, "alice", "secret");
        for (given, refused) in [
            (vec![], Some(HResult::BG_E_HTTP_ERROR_407)),
            (vec![implicit(server)], Some(HResult::BG_E_HTTP_ERROR_407)),
            (vec![implicit(proxy)], None),
            (vec![implicit(proxy), implicit(server)], None),
            (vec![implicit(proxy), explicit], Some(HResult::BG_E_HTTP_ERROR_401)),
        ] {
            let emulator = world(|proxy| {
                proxy.challenge(AuthChallenge::logged_on_user(scheme));
            });
            emulator.server("https://example.com").with_state(|server| {
                server.challenge(AuthChallenge::logged_on_user(scheme));
            });
            let job = job(&emulator, User::new("alice"), URL)?;
            for credentials in given {
                job.set_credentials(credentials)?;
            }
            let transferred = runs(&emulator, &job)?;
            assert_eq!(job.error().ok().map(|error| error.code()), refused, "{scheme}");
            assert_eq!(transferred, refused.is_none());
        }
    }
    let emulator = world(|_| {});
    let job = job(&emulator, User::new("alice"), URL)?;
    let passport = Credentials::of_logged_on_user(server, AuthScheme::Passport);
    assert_eq!(job.set_credentials(passport).unwrap_err().code(), HResult::E_INVALIDARG);
    Ok(())
}

/// PROP-19: a share knows its user and asks for no credentials; those of the job are not looked at.
#[test]
fn credentials_mean_nothing_to_shares() -> Result<(), Error> {
    for password in [None, Some("wrong")] {
        let emulator = world(|_| {});
        emulator.server(r"\\server").with_state(|server| {
            server.challenge(AuthChallenge::new(AuthScheme::Basic, "alice", "secret"));
        });
        let job = job(&emulator, User::new("alice"), SHARED)?;
        if let Some(password) = password {
            let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
            job.set_credentials(Credentials::new(target, scheme, "alice", password))?;
        }
        assert!(runs(&emulator, &job)?);
    }
    Ok(())
}
