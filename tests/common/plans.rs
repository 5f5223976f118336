//! The choices of random traces.

use std::time::Duration;

use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{Call, CallbackInterface, FileIndex, JobOptions, ValidationInterface};
use bits_emulator::policy::{CostFlags, JobLimits};
use bits_emulator::readings::Readings;
use bits_emulator::settings::{HelperTokenFlags, JobProperty};
use bits_emulator::{JobPriority, JobType, NotifyFlags};
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use super::values::Values;
use super::{Kind, Op, Plan, Wait};
use crate::common::{cost_flags, file, range};

pub(crate) fn plans(readings: BoxedStrategy<Readings>) -> impl Strategy<Value = Plan> {
    let ops = prop::collection::vec(ops(), 5..90);
    (options(readings), settings(), ops).prop_map(|(options, settings, ops)| Plan {
        options,
        settings,
        ops,
    })
}

/// What the client does first: it makes a job of a special kind, listens, or sets something.
fn settings() -> impl Strategy<Value = Vec<Call>> {
    (special(), some_of(listening()), numbers()).prop_map(|(special, listening, numbers)| {
        let before = special.0.into_iter().chain(listening);
        before.chain(numbers).chain(special.1).chain([Call::Resume]).collect()
    })
}

/// Calls before and after those that every job may have.
type Around = (Vec<Call>, Vec<Call>);

fn special() -> impl Strategy<Value = Around> {
    let set = |value| (vec![Call::SetProperty(value), Call::add_file(file(0))], Vec::new());
    let foreground = Call::SetPriority(JobPriority::Foreground);
    let ranges = [range(0, 30), range(50, 20)];
    let demand = listening().into_iter().take(2);
    let asks = Call::RequestFileRanges(FileIndex(0), ranges.into());
    let slowly = Call::SetProperty(JobProperty::MinimumNotificationInterval(60_000));
    let demand: Vec<_> = demand.chain([slowly, asks]).collect();
    prop_oneof![
        3 => Just((Vec::new(), Vec::new())),
        6 => Just((vec![Call::add_file(file(0)), Call::add_file(file(1))], Vec::new())),
        1 => Just((set(JobProperty::DynamicContent(true)).0, vec![foreground])),
        1 => Just(set(JobProperty::HighPerformance(true))),
        3 => Just((set(JobProperty::OnDemandMode(true)).0, demand)),
        1 => Just((vec![Call::add_file(file(0)), Call::SetHttpMethod("POST".into())], Vec::new())),
        1 => (1..400_u64).prop_map(move |bytes| set(JobProperty::MaxDownloadSize(bytes))),
        2 => Just((vec![
            Call::add_file(file(0)),
            Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
        ], Vec::new())),
    ]
}

fn listening() -> Vec<Call> {
    vec![
        Call::SetNotifyFlags(NotifyFlags::all().difference(NotifyFlags::DISABLE)),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
        Call::SetProperty(JobProperty::NotificationClsid(Uuid::from_u128(7))),
        cost_flags(CostFlags::TRANSFER_STANDARD),
    ]
}

fn numbers() -> impl Strategy<Value = Vec<Call>> {
    let delays = prop_oneof![Just(600_u32), 5..2_000_u32];
    let timeouts = prop_oneof![
        4 => Just(1_209_600_u32),
        2 => 500..5_000_u32,
        1 => 0..10_u32,
    ];
    (delays, timeouts, prop::sample::select(JobPriority::ALL)).prop_flat_map(
        |(delay, timeout, priority)| {
            some_of(vec![
                Call::SetMinimumRetryDelay(delay),
                Call::SetNoProgressTimeout(timeout),
                Call::SetPriority(priority),
                Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
                Call::SetHelperToken,
            ])
        },
    )
}

fn some_of(calls: Vec<Call>) -> impl Strategy<Value = Vec<Call>> {
    let length = calls.len();
    prop::sample::subsequence(calls, 0..=length)
}

/// Mostly the documented readings, sometimes any.
pub(crate) fn readings() -> BoxedStrategy<Readings> {
    prop_oneof![
        3 => Just(Readings::documented()),
        1 => Just(Readings::observed()),
        3 => prop::collection::vec(any::<Index>(), Readings::SWITCHES.len()).prop_map(|chosen| {
            let mut readings = Readings::documented();
            for (switch, index) in Readings::SWITCHES.iter().zip(chosen) {
                assert!(readings.set(switch.name, index.get::<&str>(switch.answers)));
            }
            readings
        }),
    ]
    .boxed()
}

/// Everybody who calls.
pub(crate) fn tokens() -> [Token; 8] {
    let (user, administrator) = (Token::user(1001), Token::administrator(500));
    [
        user,
        Token::user(1002),
        administrator,
        Token { elevated: false, integrity: IntegrityLevel::Medium, ..administrator },
        Token { integrity: IntegrityLevel::Low, ..user },
        Token { restricted: true, ..user },
        Token::service(Sid::LocalSystem),
        Token::service(Sid::LocalService),
    ]
}

fn options(readings: BoxedStrategy<Readings>) -> impl Strategy<Value = JobOptions> {
    let types = prop_oneof![
        4 => Just(JobType::Download),
        1 => Just(JobType::Upload),
        2 => Just(JobType::UploadReply),
    ];
    let [user, other, administrator, _, low, _, system, service] = tokens();
    let owner = prop_oneof![
        6 => prop::sample::select(vec![user, other]),
        3 => prop::sample::select(vec![administrator, low, system, service]),
    ];
    let download_time = prop_oneof![3 => Just(7_776_000_u32), 1 => seconds()];
    let times = (download_time, prop_oneof![7 => Just(7_776_000_u32), 1 => 5_000..100_000_u32]);
    let limits = prop_oneof![1 => Just(JobLimits::default()), 1 => limits()];
    (types, owner, times, limits, readings).prop_map(
        |(job_type, owner, times, limits, readings)| JobOptions {
            job_type,
            owner,
            maximum_download_time: Duration::from_secs(times.0.into()),
            inactivity_timeout: Duration::from_secs(times.1.into()),
            limits,
            readings,
            ..JobOptions::default()
        },
    )
}

fn limits() -> impl Strategy<Value = JobLimits> {
    (1..6_u32, 1..3_u32)
        .prop_map(|(files_per_job, ranges_per_file)| JobLimits { files_per_job, ranges_per_file })
}

/// Seconds of all magnitudes, with the ends of the range.
fn seconds() -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => Just(7_776_000_u32),
        3 => 0..20_u32,
        3 => 20..2_000_u32,
        2 => 2_000..3_000_000_u32,
        1 => Just(0),
        1 => Just(u32::MAX),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let kind = prop_oneof![
        32 => Just(Kind::Forward),
        7 => Just(Kind::Failure),
        6 => Just(Kind::Condition),
        3 => Just(Kind::Clock),
        5 => Just(Kind::Setter),
        5 => Just(Kind::Property),
        4 => Just(Kind::Listening),
        18 => Just(Kind::Telling),
        5 => Just(Kind::Client),
        1 => Just(Kind::End),
    ];
    let bytes = prop_oneof![3 => 0..5_u64, 4 => 0..300_u64, 1 => any::<u64>()];
    let values = (bytes, seconds(), any::<Index>(), any::<Index>());
    let values =
        values.prop_map(|(bytes, seconds, pick, caller)| Values { bytes, seconds, pick, caller });
    let wait = prop_oneof![
        3 => (0..3_u32).prop_map(Wait::Seconds),
        3 => (0..1_000_u32).prop_map(Wait::Seconds),
        1 => (0..50_u32).prop_map(|hours| Wait::Seconds(hours * 3_600)),
        1 => (0..30_u32).prop_map(|days| Wait::Seconds(days * 86_400)),
        2 => Just(Wait::RetryDelay),
        3 => Just(Wait::ToDeadline),
        1 => (1..2_000_u32).prop_map(Wait::BeyondDeadline),
    ];
    prop_oneof![
        5 => (kind, any::<Index>(), values).prop_map(|(k, i, v)| Op::Happens(k, i, v)),
        2 => wait.prop_map(Op::Wait),
        1 => any::<Index>().prop_map(Op::Refused),
    ]
}
