//! Snapshots as JSON.
#![cfg(feature = "serde")]

use crate::lives::{Life, ops};
use crate::support::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Event, FileIndex, Recipient, ValidationInterface,
};
use bits_emulator::readings::Readings;
use bits_emulator::service::{Seeded, Service, Snapshot};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials, HelperTokenFlags, HttpSecurityFlags, JobProperty, ProxySettings,
};
use bits_emulator::uuid::Uuid;
use bits_emulator::{FileInfo, FileRange, JobPriority, JobType, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

#[track_caller]
fn through_json(snapshot: &Snapshot) -> Snapshot {
    let text = serde_json::to_string(snapshot).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn broken(json: Value) -> String {
    serde_json::from_value::<Snapshot>(json).unwrap_err().to_string()
}

/// The form is stable: a change of this picture is a new version.
#[test]
fn a_snapshot_is_compact() {
    let mut service = service();
    let id = running(&mut service, &ALICE, JobPriority::High);
    happens(&mut service, id, Event::SizeKnown(100));
    happens(&mut service, id, Event::Progressed(40));
    job_in_error(&mut service);
    insta::assert_snapshot!(serde_json::to_string_pretty(&service.snapshot()).unwrap());
}

fn job_in_error(service: &mut Service) {
    let id = queued(service, &BOB, JobPriority::Foreground);
    for event in [Event::Picked, Event::Failed(bits_emulator::machine::Failure::http(404))] {
        happens(service, id, event);
    }
}

/// Everything that a job can have.
fn with_everything() -> Service {
    let mut service = Service::new(Readings::observed(), Default::default(), start());
    for user in [ALICE, BOB] {
        let _ = service.log_on(user.user);
    }
    let id = service.create_job(&ALICE, Some("all".into()), JobType::Download).unwrap();
    let server = |scheme| Credentials::new(AuthTarget::Server, scheme, "name", "password");
    let certificate = |id| ClientCertificate {
        location: CertStoreLocation::LocalMachine,
        store_name: Some("MY".into()),
        id: Some(id),
    };
    let hash = certificate(CertificateId::Hash([7; 20].into()));
    let ranges = [FileRange::new(0, 10), FileRange::to_eof(90)];
    let calls = [
        Call::SetDescription(Some("everything".into())),
        Call::SetNotifyFlags(NotifyFlags::all().difference(NotifyFlags::DISABLE)),
        Call::set_notify_cmd_line(r"C:\done.exe", Some("done.exe /x")),
        Call::SetProperty(JobProperty::NotificationClsid(Uuid::from_u128(5))),
        Call::SetProperty(JobProperty::MaxDownloadSize(5_000)),
        Call::SetProperty(JobProperty::MinimumNotificationInterval(700)),
        Call::SetProperty(JobProperty::OnDemandMode(true)),
        Call::SetProperty(JobProperty::UseStoredCredentials(AuthTarget::Proxy)),
        Call::SetProxySettings(ProxySettings::overriding("proxy:80", Some("*.local")).into()),
        Call::SetCredentials(server(AuthScheme::Basic).into()),
        Call::SetCredentials(server(AuthScheme::Ntlm).into()),
        Call::SetClientCertificate(hash.into(), CertificateLookup::Found),
        Call::SetCustomHeaders(Some("A: b\r\n".into())),
        Call::SetSecurityFlags(HttpSecurityFlags::ENABLE_CRL_CHECK),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
        Call::SetHelperToken,
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::add_file_with_ranges(FileInfo::new("https://example.com/a", r"C:\a"), ranges),
        Call::add_file(file(1)),
        Call::RequestFileRanges(
            FileIndex(1),
            [FileRange::new(5, 20), FileRange::to_eof(80)].into(),
        ),
        Call::UpdateDownloadPosition(FileIndex(1), 9),
        Call::Resume,
    ];
    calls.into_iter().for_each(|asked| call(&mut service, &ALICE, id, asked));
    for event in [
        Event::Picked,
        Event::CertificateReceived("example.com:443".into(), [1, 2].into()),
        Event::CertificateChecked(bits_emulator::HResult::S_OK),
        Event::Connected,
        Event::HeadersReceived("A: b\r\n".into()),
        Event::SizeKnown(100),
        Event::FileTransferred,
        Event::SizeKnown(100),
        Event::Progressed(10),
    ] {
        happens(&mut service, id, event);
    }
    service
}

/// INV-57
#[test]
fn everything_that_a_job_has_comes_back() {
    let service = with_everything();
    let snapshot = service.snapshot();
    assert_eq!(through_json(&snapshot), snapshot);
    let job = through_json(&snapshot).jobs().next().unwrap().clone();
    let class = job.due_notifications().map(|due| due.recipient).next();
    assert_eq!(class, Some(Recipient::ComClass(Uuid::from_u128(5))));
    assert!(job.credentials(AuthTarget::Server, AuthScheme::Ntlm).is_some());
}

/// TIME-02: the least delay that a client can set is none that cannot be.
#[test]
fn the_least_retry_delay_comes_back() {
    let mut service = service();
    let id = suspended(&mut service, &ALICE, JobPriority::Normal);
    call(&mut service, &ALICE, id, Call::SetMinimumRetryDelay(5));
    let snapshot = service.snapshot();
    assert_eq!(through_json(&snapshot), snapshot);
}

/// However far away, an instant is the same 100 ns.
#[test]
fn instants_are_exact() {
    for now in [DateTime::<Utc>::MAX_UTC, start() + TimeDelta::nanoseconds(263_461_900)] {
        let mut service = Service::new(Readings::documented(), Default::default(), now);
        let _ = service.log_on(ALICE.user);
        let _ = job_in(&mut service, &ALICE, TransientError);
        assert_eq!(through_json(&service.snapshot()), service.snapshot());
    }
}

#[test]
fn what_cannot_be_is_refused_with_place_and_cause() {
    let mut service = service();
    let running = running(&mut service, &ALICE, JobPriority::High);
    job_in_error(&mut service);
    let waits = queued(&mut service, &ALICE, JobPriority::Low);
    let good = serde_json::to_value(service.snapshot()).unwrap();
    assert!(serde_json::from_value::<Snapshot>(good.clone()).is_ok());
    let change = |path: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        broken(changed)
    };
    for (path, value, cause) in [
        ("/version", json!(2), "has version 2, and only version 1 is known"),
        ("/created", json!(1), "is none of the 1 that were created"),
        ("/created", json!(1_u64 << 40), "more than any service creates"),
        ("/waiting/0", json!(running), "waits for its turn, but is not QUEUED"),
        ("/waiting", json!([waits, waits]), "waits twice"),
        ("/jobs/0/config/id", json!("{00000000-0000-0000-0000-000000000001}"), "is none of the 3"),
        (
            "/jobs/0/config/id",
            good["jobs"][2]["config"]["id"].clone(),
            "does not stand in their order",
        ),
        ("/jobs/0/live/state", json!("TRANSIENT_ERROR"), "INV-10, INV-12"),
        ("/jobs/0/live/state", json!("PAUSED"), "is not a valid BG_JOB_STATE"),
        ("/jobs/0/live/files/progress", json!([]), "INV-04"),
        ("/jobs/0/config/files", json!([]), "FILES-16"),
        (
            "/jobs/0/live/files/progress/0",
            json!({ "bytes_total": 0, "bytes_transferred": 1 }),
            "INV-39",
        ),
        ("/jobs/0/config/files/0/info/local_name", json!("a"), "path"),
        ("/jobs/0/config/properties/minimum_retry_delay", json!(4), "TIME-02"),
        ("/jobs/1/live/error/last/code", json!("S_OK"), "an error object holds a failure"),
    ] {
        let message = change(path, value);
        assert!(message.contains(cause), "{path}: {message}");
    }
    let mut unknown = good.clone();
    unknown["jobs"][0]["live"]["colour"] = json!("red");
    assert!(broken(unknown).contains("unknown field `colour`"));
    // SEC-12, NET-13: no snapshot holds a token.
    let mut token = good.clone();
    token["jobs"][0]["live"]["helper_token"] = json!({ "Held": "S-1-5-18" });
    assert!(broken(token).contains("unknown variant `Held`"));
}

/// Puts something else at some place.
fn bend(json: &mut Value, steps: &[usize], with: &Value) {
    let Some((first, rest)) = steps.split_first() else { return *json = with.clone() };
    match json {
        Value::Array(items) if !items.is_empty() => {
            let index = first % items.len();
            bend(&mut items[index], rest, with);
        }
        Value::Object(fields) if !fields.is_empty() => {
            let index = first % fields.len();
            let key = fields.keys().nth(index).cloned().unwrap();
            bend(&mut fields[&key], rest, with);
        }
        _ => *json = with.clone(),
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![0, 1, 5, 100, u64::MAX]).prop_map(Value::from),
        prop::sample::select(vec!["ERROR", "TRANSFERRED", "QUEUED", "", "Owed", "Network"])
            .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!([[0, u64::MAX]])),
    ]
}

proptest! {
    #![proptest_config(crate::cases::config(100))]

    /// INV-57: a service that goes on from the text is the same as one that restarts.
    #[test]
    fn a_snapshot_comes_back_from_json(ops in ops(10..120), seed: u64) {
        let mut life = Life::new();
        ops.iter().for_each(|op| life.apply(op, &mut Seeded::new(seed)));
        let snapshot = life.service.snapshot();
        let read = through_json(&snapshot);
        prop_assert_eq!(&read, &snapshot);
        let mut restored = life.service.clone();
        prop_assert_eq!(restored.restore(&read), life.service.handle_computer(ComputerEvent::ServiceRestarted));
        prop_assert_eq!(restored, life.service);
    }

    /// Nothing that is read makes a service that breaks its rules or panics.
    #[test]
    fn what_is_read_lives_on(
        steps in prop::collection::vec(0_usize..30, 1..7),
        value in values(),
        seed: u64,
    ) {
        let mut json = serde_json::to_value(with_everything().snapshot()).unwrap();
        bend(&mut json, &steps, &value);
        if let Ok(snapshot) = serde_json::from_value::<Snapshot>(json) {
            let mut service = service();
            let _ = service.restore(&snapshot);
            let mut chooser = Seeded::new(seed);
            for _ in 0..100 {
                if service.perform_next(&mut chooser).is_none() {
                    let Some(next) = service.next_instant() else { break };
                    service.set_now(next);
                }
            }
        }
    }
}
