//! Bandwidth policies and the link to the network: as lines that are run, and in traces that replay.

use std::time::Duration;

use bits_emulator::policy::{
    BandwidthLimit, BandwidthPolicies, Days, Hours, LevelLimits, Link, MaintenanceLimits,
    MaxInternetBandwidth, Policies, WeekSchedule, WorkLimits,
};
use bits_emulator::readings::Readings;
use bits_emulator::scenario::{Scenario, Transcript};
use bits_emulator::{Emulator, JobPriority, JobType, User};
use chrono::Weekday;
use proptest::prelude::*;

use crate::cases;
use crate::several_jobs::{holds, replays};

/// A job of each level that transfers, up to the line that is told.
fn jobs(then: &str) -> String {
    let mut text = "start 2024-01-01 07:00:00\nserver example.com\n/a 1 TiB\n".to_owned();
    for level in ["HIGH", "LOW", "FOREGROUND"] {
        text += &format!(
            "job {level}, DOWNLOAD, by alice\npriority {level}\n\
             add https://example.com/a as C:\\{level}\nresume\n"
        );
    }
    text + then
}

// SCHED-16, SCHED-17
#[test]
fn limits_by_priority_and_day_are_lines() {
    let transcript = holds(&jobs(
        "policy work limits HIGH 80 kbit/s, NORMAL 40 kbit/s, LOW 0 kbit/s from 08:00 to 17:00 \
         on working days, else unlimited\n\
         policy maintenance limits HIGH 0 kbit/s, LOW 8 kbit/s from 12:00 to 13:00 on Monday\n\
         advance to 2024-01-01 08:00:00\n\
         LOW: expect error BG_E_BLOCKED_BY_POLICY\nHIGH: expect TRANSFERRING\n\
         advance to 2024-01-01 12:00:00\n\
         HIGH: expect TRANSIENT_ERROR\nLOW: expect TRANSFERRING\nFOREGROUND: expect TRANSFERRING\n\
         advance to 2024-01-06 08:00:00\n\
         HIGH: expect TRANSFERRING\n\
         policy work limits removed and policy maintenance limits removed and policy jobs per user 7\n\
         advance to 2024-01-08 08:00:00\nHIGH: expect TRANSFERRING\n",
    ));
    let text = transcript.to_string();
    let change = "at 2024-01-01 08:00:00  bandwidth limits change\n    # LOW: QUEUED -> TRANSIENT";
    assert!(text.contains(change), "{text}");
    let all = "at 2024-01-06 08:00:00  policy jobs per user 7 and policy work limits removed and \
               policy maintenance limits removed";
    assert!(text.contains(all), "{text}");
    assert!(!text.contains("by bandwidth policy\n"), "{text}");
}

// SCHED-12
#[test]
fn a_link_is_a_line() {
    holds(
        "server example.com\n/a 1 GiB\nlink 1000 B/s, busy 400 B/s\n\
         job update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         advance 10 s\nexpect progress 6000 B of 1 GiB\n\
         priority FOREGROUND\nadvance 10 s\nexpect progress 12000 B of 1 GiB\n\
         link unlimited => TRANSFERRING\nadvance 1 s\nexpect progress 1060576 B of 1 GiB\n",
    );
}

// SCHED-15: a policy is told the state that follows, as other things are that happen to a job.
#[test]
fn a_policy_says_what_follows() {
    holds(
        "server example.com\n/a 1 GiB\n\
         job update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\nadvance 1 s\n\
         policy bandwidth 0 kbit/s => TRANSIENT_ERROR\n\
         expect progress 1 MiB of 1 GiB\nadvance 7 d\nexpect TRANSIENT_ERROR\n\
         policy bandwidth removed => QUEUED\n",
    );
}

#[test]
fn what_makes_no_sense_says_how_to_mend_it() {
    let job = "job update, DOWNLOAD, by alice\n";
    for (text, mend) in [
        ("bandwidth limits change\n", "`advance 1 h`"),
        ("policy bandwidth 5 kbit/s and policy bandwidth removed\n", "keep one"),
        ("policy work limits removed\npolicy work limits 5 kbit/s\n", "keep one"),
        ("policy bandwidth 5 kbit/s from 08:30 to 17:00\n", "full hours"),
        ("policy bandwidth 5 kbit/s from 08:00 to 25:00\n", "full hours"),
        ("policy bandwidth fast\n", "`unlimited`"),
        ("policy work limits LOW 1 kbit/s, LOW 2 kbit/s\n", "each priority once"),
        ("policy work limits 5 kbit/s on holidays\n", "`Saturday`"),
        ("policy bits\n", "`work limits`"),
        ("link fast\n", "10 MiB"),
        ("link 10 MiB/s, load 1 MiB/s\n", "`busy`"),
        ("update: link unlimited\n", "without the name"),
        ("link unlimited -> S_OK\n", "`=> STATE`"),
    ] {
        let error = format!("{job}{text}").parse::<Scenario>().unwrap_err().render("a.bits");
        assert!(error.contains(mend), "{error}");
    }
    // By hand, a line that is not so is found when it is run.
    let text = format!("by hand\n{job}bandwidth limits change\n");
    let failure = text.parse::<Scenario>().unwrap().run().failure.unwrap();
    assert_eq!(failure.line(&text), 3);
    assert!(failure.help.contains("full hour"), "{failure:?}");
}

// What is set before and after the beginning, several times at one instant, is told apart.
#[test]
fn policies_of_one_instant_replay_one_by_one() {
    let emulator = Emulator::new();
    let per_user = |jobs_per_user| Policies { jobs_per_user, ..Policies::default() };
    emulator.set_policies(per_user(5));
    emulator.set_link(Link::new(1_000).busy(10));
    emulator.set_policies(per_user(6));
    let session = emulator.connect(User::new("alice"));
    session.create_job("update", JobType::Download).unwrap();
    emulator.set_policies(per_user(7));
    replays(&Transcript::of(&emulator.trace()));
}

fn limit() -> impl Strategy<Value = BandwidthLimit> {
    prop_oneof![
        Just(BandwidthLimit::Unlimited),
        (0_u32..3).prop_map(|rate| BandwidthLimit::Kilobits(rate * 1_000)),
    ]
}

fn levels() -> impl Strategy<Value = LevelLimits> {
    (limit(), limit(), limit()).prop_map(|(high, normal, low)| LevelLimits { high, normal, low })
}

fn hours() -> impl Strategy<Value = Hours> {
    (0_u32..25, 0_u32..25).prop_map(|(from, to)| Hours::between(from, to))
}

fn week() -> impl Strategy<Value = WeekSchedule> {
    let days = vec![
        Days::ALL,
        Days::WORKING,
        Days::from_weekdays(&[Weekday::Mon]),
        Days::from_weekdays(&[]),
    ];
    (prop::sample::select(days), hours()).prop_map(|(days, hours)| WeekSchedule { days, hours })
}

fn policies() -> impl Strategy<Value = BandwidthPolicies> {
    let daily = (hours(), limit(), limit())
        .prop_map(|(hours, limit, otherwise)| MaxInternetBandwidth { hours, limit, otherwise });
    let work = (week(), levels(), levels()).prop_map(|(work, limits, otherwise)| WorkLimits {
        work,
        limits,
        otherwise,
    });
    let maintenance =
        (week(), levels()).prop_map(|(period, limits)| MaintenanceLimits { period, limits });
    (prop::option::of(daily), prop::option::of(work), prop::option::of(maintenance)).prop_map(
        |(max_internet_bandwidth, work, maintenance)| BandwidthPolicies {
            max_internet_bandwidth,
            work,
            maintenance,
        },
    )
}

proptest! {
    #![proptest_config(cases::config(48))]

    /// INV-58: a trace with any bandwidth policies, changed at any time, is a scenario that runs to the
    /// same trace.
    #[test]
    fn traces_with_bandwidth_policies_replay(
        first in policies(),
        changes in prop::collection::vec((policies(), 0_u64..40, any::<bool>()), 0..5),
        rate in prop::option::of(1_u64..100_000),
    ) {
        let first = Policies { bandwidth: first, ..Policies::default() };
        let emulator = Emulator::with_policies(Readings::documented(), first);
        emulator.server("https://example.com").file("/a", 3_000_000_000_u64);
        if let Some(rate) = rate {
            emulator.set_link(Link::new(rate).busy(rate / 3));
        }
        let session = emulator.connect(User::new("alice"));
        for priority in JobPriority::ALL {
            let job = session.create_job("update", JobType::Download).unwrap();
            job.set_priority(*priority).unwrap();
            job.add_file("https://example.com/a", format!(r"C:\{priority}")).unwrap();
            job.resume().unwrap();
        }
        for (bandwidth, hours, restarts) in changes {
            emulator.advance(Duration::from_secs(hours * 1_800));
            emulator.set_policies(Policies { bandwidth, ..Policies::default() });
            if restarts {
                emulator.change_clock(chrono::TimeDelta::hours(5));
                emulator.restart();
            }
        }
        emulator.advance(Duration::from_secs(86_400));
        replays(&Transcript::of(&emulator.trace()));
    }
}
