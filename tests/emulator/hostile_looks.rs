//! Whoever looks on, and whoever sets clocks, may do so at any time and with any value.

use std::time::Duration;

use bits_emulator::chrono::{DateTime, TimeDelta, Utc};
use bits_emulator::machine::Event;
use bits_emulator::{Clock, Emulator, Job, JobId, JobType, User};

use crate::hostile::{check, jobs, texts, world};

/// Whoever looks on sees jobs in every state, under any name and after any event.
#[test]
fn those_who_look_on() {
    let look = |emulator: &Emulator, job: &Job| {
        check(emulator.explain(job).map(|known| (known.to_string(), known.advice())));
        check(emulator.bitsadmin_info(job));
        let trace = emulator.trace();
        let report = emulator.report(job).map(|report| report.to_string());
        let failure = emulator.failure_report().to_string();
        let texts = [
            failure,
            report.unwrap_or("gone".into()),
            emulator.bitsadmin_list(),
            trace.to_string(),
        ];
        assert!(texts.iter().all(|text| !text.is_empty()));
        let parts = [trace.last(usize::MAX), trace.last(0), trace.of_job(job.id())];
        let _ = parts.map(|part| part.table());
        let _: Vec<String> = emulator.event_log().iter().map(ToString::to_string).collect();
    };
    for (emulator, job) in jobs() {
        for event in [Event::SizeKnown(u64::MAX), Event::Progressed(u64::MAX), Event::FileChanged] {
            emulator.inject(&job, event);
            look(&emulator, &job);
        }
        emulator.change_clock(TimeDelta::MAX);
        emulator.advance_to(DateTime::<Utc>::MAX_UTC);
        look(&emulator, &job);
        let saved = emulator.save();
        emulator.boot(&saved);
        look(&emulator, &job);
        assert!(job.state().is_err());
    }
    for text in texts() {
        let (emulator, _) = world();
        let session = emulator.connect(User::new(text.as_str()));
        let Ok(job) = session.create_job(&text, JobType::UploadReply) else { continue };
        check(job.set_description(&text));
        check(job.add_file(&text, &text));
        look(&emulator, &job);
        emulator.set_trace_capacity(0);
        look(&emulator, &job);
    }
}

/// Ways of going on that nobody needs.
#[test]
fn any_clocks_and_paces_are_taken() {
    for (emulator, job) in jobs() {
        for pace in [Clock::EachPoll(0), Clock::EachPoll(u32::MAX), Clock::UntilRest] {
            emulator.set_clock_of(JobId::default(), pace);
            emulator.set_clock(pace);
            check(job.state());
            assert!(!emulator.step_forward(JobId::default()));
            let _ = emulator.step_forward(&job);
        }
        for times in [Duration::ZERO, Duration::MAX, Duration::ZERO] {
            emulator.set_time_source(move || times);
            for speed in [0, 1, u32::MAX] {
                emulator.set_clock(Clock::RealTime(speed));
                emulator.tick();
                check(job.state());
            }
        }
        let session = emulator.connect(User::new("alice"));
        session.kill();
        session.sleep(Duration::MAX);
    }
}
