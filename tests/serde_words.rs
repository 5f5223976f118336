//! The words of BITS as JSON.
#![cfg(feature = "serde")]

use std::fmt::Debug;

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, DueNotification, Effect, Event, Failure, FileIndex, JobOptions,
    JobStateMachine, Outcome, Recipient, StateSet, Success,
};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::readings::{ErrorLifetime, Readings};
use bits_emulator::rules::RuleId;
use bits_emulator::server::Protocol;
use bits_emulator::settings::{HttpSecurityFlags, JobProperty, RedirectPolicy};
use bits_emulator::uuid::Uuid;
use bits_emulator::{
    Error, ErrorContext, FileInfo, FileRange, HResult, JobError, JobId, JobPriority, JobState,
    JobType, Method, Notification, NotifyFlags,
};
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[path = "common/cases.rs"]
mod cases;

/// The JSON of a value, and that it means the same value.
#[track_caller]
fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
    assert_eq!(serde_json::from_value::<T>(expected).unwrap(), *value);
}

#[track_caller]
fn read<T: DeserializeOwned>(json: Value) -> Result<T, String> {
    serde_json::from_value(json).map_err(|error| error.to_string())
}

#[test]
fn words_are_written_as_people_know_them() {
    both_ways(&JobState::TransientError, json!("TRANSIENT_ERROR"));
    both_ways(&JobType::UploadReply, json!("UPLOAD_REPLY"));
    both_ways(&HResult::BG_E_HTTP_ERROR_404, json!("BG_E_HTTP_ERROR_404"));
    both_ways(&HResult::new(0x8004_1234), json!("0x80041234"));
    both_ways(&RuleId::new("ERR-05"), json!("ERR-05"));
    both_ways(&Method::SetFileAclFlags, json!("SetFileACLFlags"));
    both_ways(&Sid::User(1001), json!("S-1-5-21-0-0-0-1001"));
    both_ways(&Sid::LocalSystem, json!("S-1-5-18"));
    both_ways(&Protocol::Http, json!("http"));
    both_ways(&Success::Partial, json!("BG_S_PARTIAL_COMPLETE"));
    both_ways(&Deadline::RetryDelay, json!("retry delay"));
    both_ways(&Block::BatterySaver, json!("battery saver"));
    let id = "{0406B477-7AA9-4A72-8937-E9C61298384A}";
    both_ways(&id.parse::<JobId>().unwrap(), json!(id));
    both_ways(&StateSet::ACTIVE, json!(["CONNECTING", "TRANSFERRING"]));
}

#[test]
fn flags_are_written_by_their_names() {
    both_ways(&NotifyFlags::default(), json!("JOB_TRANSFERRED | JOB_ERROR"));
    both_ways(&NotifyFlags::empty(), json!(""));
    both_ways(&(CostFlags::ROAMING | CostFlags::NEAR_CAP), json!("NEAR_CAP | ROAMING"));
    for (policy, text) in [
        (RedirectPolicy::AllowSilent, "ENABLE_CRL_CHECK"),
        (RedirectPolicy::AllowReport, "ENABLE_CRL_CHECK | ALLOW_REPORT"),
        (RedirectPolicy::Disallow, "ENABLE_CRL_CHECK | DISALLOW"),
    ] {
        let flags = HttpSecurityFlags::ENABLE_CRL_CHECK.with_redirect_policy(policy);
        both_ways(&flags, json!(text));
    }
}

/// What other programs write of the same things is read too.
#[test]
fn numbers_and_full_names_are_read() {
    assert_eq!(read(json!("BG_JOB_STATE_ERROR")), Ok(JobState::Error));
    assert_eq!(read(json!(4)), Ok(JobState::Error));
    assert_eq!(read(json!(0x8019_0194_u32)), Ok(HResult::BG_E_HTTP_ERROR_404));
    assert_eq!(read(json!(-2_145_844_844)), Ok(HResult::BG_E_HTTP_ERROR_404));
    assert_eq!(read(json!("0x80190194")), Ok(HResult::BG_E_HTTP_ERROR_404));
    assert_eq!(read(json!(3)), Ok(NotifyFlags::default()));
    assert_eq!(
        read(json!(0x201)),
        Ok(HttpSecurityFlags::ENABLE_CRL_CHECK.with_redirect_policy(RedirectPolicy::Disallow))
    );
}

#[test]
fn what_means_nothing_is_refused_by_name() {
    let refused = |result: Result<(), String>, cause: &str| {
        let message = result.unwrap_err();
        assert!(message.contains(cause), "{message}");
    };
    refused(
        read::<JobState>(json!("PAUSED")).map(drop),
        "is not a valid BG_JOB_STATE; expected one of QUEUED",
    );
    refused(read::<JobState>(json!(9)).map(drop), "is not a valid BG_JOB_STATE");
    refused(read::<HResult>(json!("BG_E_EMTY")).map(drop), "did you mean BG_E_EMPTY?");
    refused(read::<HResult>(json!(1_u64 << 32)).map(drop), "out of range");
    refused(read::<NotifyFlags>(json!("JOB_TRANSFERED")).map(drop), "JOB_TRANSFERED");
    refused(read::<NotifyFlags>(json!("0x40")).map(drop), "undefined flags of NotifyFlags");
    refused(read::<HttpSecurityFlags>(json!("REDIRECT_POLICY_MASK")).map(drop), "is none of");
    refused(read::<Sid>(json!("S-1-5-21-0-0-0-01001")).map(drop), "is not a SID");
    refused(read::<RuleId>(json!("ERR-5")).map(drop), "is not the id of a rule");
    refused(read::<JobId>(json!("0406B477")).map(drop), "is not a GUID");
    refused(read::<Deadline>(json!("delay")).map(drop), "expected one of retry delay");
    let readings = json!({ "error_object": "gone" });
    refused(read::<Readings>(readings).map(drop), "an answer to `error object`");
}

#[test]
fn readings_are_answers_in_words() {
    let strict = Readings { error_object: ErrorLifetime::Strict, ..Readings::documented() };
    assert_eq!(read(json!({ "error_object": "strict" })), Ok(strict));
    assert_eq!(serde_json::to_value(strict).unwrap()["error_object"], "strict");
    assert_eq!(read(serde_json::to_value(Readings::observed()).unwrap()), Ok(Readings::observed()));
}

/// ERR-11, ERR-12, ERR-17, INV-12: what no error object can be is none.
#[test]
fn an_error_object_holds_together() {
    let now = DateTime::UNIX_EPOCH;
    let mut job = JobStateMachine::new(JobOptions::default(), now);
    job.call(Call::add_file(FileInfo::new("https://example.com/a", r"C:\a")), now).unwrap();
    job.call(Call::Resume, now).unwrap();
    let _ = job.handle(Event::Picked, now);
    let _ = job.handle(Event::Failed(Failure::http(404)), now);
    let whole = json!({
        "code": "BG_E_HTTP_ERROR_404", "context": "REMOTE_FILE", "file": 0, "protocol": "http",
    });
    both_ways(job.error().unwrap(), whole.clone());
    for (field, wrong) in
        [("code", json!("S_OK")), ("context", json!("NONE")), ("context", json!("UNKNOWN"))]
    {
        let mut broken = whole.clone();
        broken[field] = wrong;
        assert!(read::<JobError>(broken).is_err(), "{field}");
    }
    // Nor can a success be a failure.
    assert!(read::<Failure>(json!({ "code": "S_OK" })).is_err());
    assert_eq!(read(json!({ "code": "BG_E_HTTP_ERROR_503" })), Ok(Failure::http(503)));
    let silent = Failure::application_silent().in_context(ErrorContext::RemoteFile).fatal();
    assert_eq!(read(serde_json::to_value(silent).unwrap()), Ok(silent));
}

#[test]
fn calls_events_and_outcomes_are_plain() {
    both_ways(&Call::Resume, json!("Resume"));
    both_ways(&Call::SetPriority(JobPriority::High), json!({ "SetPriority": "HIGH" }));
    let class = Uuid::from_u128(1);
    both_ways(
        &Call::SetProperty(JobProperty::NotificationClsid(class)),
        json!({ "SetProperty":
            { "NotificationClsid": "{00000000-0000-0000-0000-000000000001}" } }),
    );
    both_ways(
        &DueNotification {
            notification: Notification::FileTransferred(FileIndex(2)),
            recipient: Recipient::ComClass(class),
            user: Sid::User(1001),
        },
        json!({
            "notification": { "FileTransferred": 2 },
            "recipient": { "ComClass": "{00000000-0000-0000-0000-000000000001}" },
            "user": "S-1-5-21-0-0-0-1001",
        }),
    );
    both_ways(&FileRange::new(4, 8), json!({ "initial_offset": 4, "length": 8 }));
    both_ways(
        &Event::Computer(ComputerEvent::ClockChanged(TimeDelta::milliseconds(-1_500))),
        json!({ "Computer": { "ClockChanged": { "secs": -2, "nanos": 500_000_000 } } }),
    );
    let give_up_at = DateTime::from_timestamp(1_704_067_200, 263_461_900).unwrap();
    both_ways(
        &Effect::CancelUpload { give_up_at },
        json!({ "CancelUpload": { "give_up_at": "2024-01-01T00:00:00.263461900Z" } }),
    );

    let now = DateTime::UNIX_EPOCH;
    let mut job = JobStateMachine::new(JobOptions::default(), now);
    let outcome = job.call(Call::Cancel(bits_emulator::machine::Deletion::Done), now).unwrap();
    both_ways(
        &outcome,
        json!({
            "success": "S_OK",
            "entered": ["CANCELLED"],
            "by": ["cancel"],
            "effects": ["LeaveQueue"],
            "rules": outcome.rules.iter().map(|rule| rule.to_string()).collect::<Vec<_>>(),
        }),
    );
    let mut long = serde_json::to_value(outcome).unwrap();
    long["entered"] = json!(["QUEUED", "CONNECTING", "TRANSFERRING", "TRANSFERRED"]);
    assert!(read::<Outcome>(long).unwrap_err().contains("a list of at most 3"));
}

#[test]
fn a_token_leaves_out_nothing_that_counts() {
    both_ways(
        &Token::user(1001),
        json!({
            "user": "S-1-5-21-0-0-0-1001", "administrator": false, "elevated": false,
            "integrity": "MEDIUM_RID", "restricted": false,
        }),
    );
    assert_eq!(read(json!({ "user": "S-1-5-21-0-0-0-1001" })), Ok(Token::user(1001)));
}

#[test]
fn a_refused_call_says_code_rule_and_text() {
    let error = Error::Empty { state: JobState::Suspended, rule: RuleId::new("LIFE-08") };
    assert_eq!(
        serde_json::to_value(error).unwrap(),
        json!({ "code": "BG_E_EMPTY", "rule": "LIFE-08", "text": error.to_string() })
    );
}

proptest! {
    #![proptest_config(cases::config(300))]

    #[test]
    fn every_number_is_read_as_itself_or_refused(value: u32) {
        let code = HResult::new(value);
        prop_assert_eq!(read(serde_json::to_value(code).unwrap()), Ok(code));
        for number in [value, value & 0xFF, value & 0xFFF] {
            let flags = HttpSecurityFlags::from_value(number);
            prop_assert_eq!(read(json!(number)).ok(), flags);
            if let Some(flags) = flags {
                prop_assert_eq!(read(serde_json::to_value(flags).unwrap()), Ok(flags));
            }
        }
    }

    #[test]
    fn spans_keep_their_length(seconds in -10_000_i64..10_000, nanos in 0_u32..1_000_000_000) {
        let event = Event::Computer(ComputerEvent::ClockChanged(TimeDelta::new(seconds, nanos).unwrap()));
        prop_assert_eq!(read(serde_json::to_value(&event).unwrap()), Ok(event));
    }
}
