//! Extreme numbers.

use super::*;

#[test]
fn nothing_overflows() {
    for size in [0, 1, u64::MAX - 1, u64::MAX] {
        for rate in [0, 1, u64::MAX] {
            for latency in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
                for job_type in [JobType::Download, JobType::Upload, JobType::UploadReply] {
                    let mut bench = match job_type {
                        JobType::Download => Bench::download(size),
                        _ => Bench::upload(job_type, size),
                    };
                    bench.server().rate(rate).latency(latency);
                    bench.uploads().reply(size);
                    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
                    bench
                        .resource()
                        .fails(reset.clone().after(size / 2))
                        .fails(reset.after_percent(255));
                    bench.call(Call::Resume);
                    bench.advance(TimeDelta::days(20));
                    bench.cancel();
                    bench.advance(TimeDelta::days(20));
                    assert!(bench.job.state().is_final());
                }
            }
        }
    }
}

#[test]
fn a_file_that_always_changes_does_not_stop_the_clock() {
    let mut bench = Bench::download(10);
    bench.server().rate(u64::MAX);
    bench.resource().fails(Fault::changes_to(10).after(0).always());
    bench.call(Call::Resume);
    bench.advance(TimeDelta::milliseconds(20));
    assert_eq!(bench.job.state(), JobState::TransientError);
    assert!(bench.events.len() < 20);
}

#[test]
fn extra_calls_do_no_harm() {
    let mut bench = Bench::download(10 * MIB);
    let id = bench.job.id();
    bench.world.reconcile(&bench.job, bench.now);
    assert_eq!(bench.world.poll(&bench.job, bench.now), []);
    assert_eq!(bench.world.poll_progress(&bench.job, bench.now), None);
    bench.world.remove_job(id, bench.now);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(1));
    assert_eq!(bench.world.poll(&bench.job, bench.now), []);
    bench.world.start_attempt(&bench.job, bench.now);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.transferred(), 10 * MIB);
    bench.world.remove_job(id, bench.now);
    assert_eq!(bench.world.next_event(), None);
}

#[test]
fn many_transfers_come_in_the_order_of_their_instants() {
    let mut world = World::new();
    let now = DateTime::UNIX_EPOCH;
    let mut jobs = BTreeMap::new();
    for number in 0..300_u32 {
        let path = format!("/{number}");
        let resource = world.server("https://example.com").resource(&path);
        resource.content(u64::from(number % 7)).latency(Duration::from_secs(u64::from(number % 5)));
        let id = JobId(uuid::Uuid::from_u128(u128::from(number)));
        let options = JobOptions { id, ..JobOptions::default() };
        let mut job = JobStateMachine::new(options, now);
        let url = format!("https://example.com{path}");
        job.call(Call::add_file(FileInfo::new(url, LOCAL)), now).unwrap();
        job.call(Call::Resume, now).unwrap();
        let _ = job.handle(Event::Picked, now);
        world.start_attempt(&job, now);
        jobs.insert(id, job);
    }
    let mut last = now;
    while let Some((at, id)) = world.next_event() {
        assert!(at >= last);
        last = at;
        let job = jobs.get_mut(&id).unwrap();
        for event in world.poll(job, at) {
            let _ = job.handle(event, at);
            world.reconcile(job, at);
        }
    }
    assert!(jobs.values().all(|job| job.state() == JobState::Transferred));
}

/// Numbers that look random, and are the same on every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    pub(super) fn bytes(&mut self, most: u64) -> Vec<u8> {
        let length = self.roll(most);
        (0..length).map(|_| u8::try_from(self.roll(256)).unwrap()).collect()
    }

    fn fault(&mut self) -> Fault {
        let fault = match self.roll(4) {
            0 => Fault::http(503),
            1 => code(HResult::ERROR_INTERNET_CONNECTION_RESET),
            2 => Fault::changes_to(self.bytes(40)),
            _ => Fault::silence(),
        };
        match self.roll(5) {
            0 => fault.before_connection(),
            1 => fault.at_end(),
            2 => fault.after_percent(u8::try_from(self.roll(120)).unwrap()),
            3 => fault.after(self.roll(40)),
            _ => fault,
        }
    }
}

/// Whatever happens, the disk holds as much as the job says, and at the end what the server holds,
/// or nothing.
#[test]
fn what_arrives_is_what_was_sent() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let mut bench = Bench::new(JobType::Download);
        let files = 1 + dice.roll(3);
        for number in 0..files {
            let path = format!("/{number}");
            let resource = bench.server().resource(&path);
            resource.content(dice.bytes(40)).rate(1 + dice.roll(9));
            (0..dice.roll(4)).for_each(|_| {
                resource.fails(dice.fault());
            });
            let url = format!("https://example.com{path}");
            bench.call(Call::add_file(FileInfo::new(url, format!(r"C:\app\{number}"))));
        }
        bench.call(Call::Resume);
        for _ in 0..dice.roll(60) {
            match dice.roll(8) {
                0 => bench.may_call(Call::Suspend),
                1 => bench.may_call(Call::Resume),
                2 => bench.handle(Event::SliceOver),
                3 => bench.advance(TimeDelta::seconds(600)),
                _ => {
                    bench.advance(TimeDelta::milliseconds(i64::try_from(dice.roll(4_000)).unwrap()))
                }
            }
            check_files(&bench);
        }
        if dice.roll(2) == 0 {
            bench.cancel();
            assert_eq!(bench.world.disk().list(r"C:\app"), Vec::<String>::new(), "seed {seed}");
            continue;
        }
        while bench.job.state() != JobState::Transferred {
            bench.may_call(Call::Resume);
            bench.advance(TimeDelta::seconds(600));
        }
        check_files(&bench);
        bench.complete().unwrap();
        for number in 0..files {
            let arrived = bench.world.disk().content(&format!(r"C:\app\{number}"));
            let sent = bench.server().resource(&format!("/{number}")).stored().cloned();
            assert_eq!(arrived, sent, "seed {seed}");
        }
        assert_eq!(bench.world.disk().list(r"C:\app").len() as u64, files, "seed {seed}");
    }
}

#[track_caller]
fn check_files(bench: &Bench) {
    for file in (0..bench.job.file_count()).map(FileIndex) {
        let name = bench.job.temporary_name(file).unwrap();
        let there = bench.job.file_progress(file).unwrap().bytes_transferred;
        let Some(content) = bench.world.disk().read(&name) else {
            assert_eq!(there, 0);
            continue;
        };
        assert_eq!(content.len() as u64, there);
    }
}
