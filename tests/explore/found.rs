//! Each bug is found within small bounds, and the corrected client keeps every promise within the same, with a kill in
//! the budget too. Two kills in one run are in `kills.rs`.

use std::ptr::fn_addr_eq;
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Life, Monitor, Monitors, Program};
use bits_emulator::{Emulator, HResult, JobState, JobType};

use crate::clients::{
    NAME, PATH, URL, adoption, callbacks, completion, errors, loops, one_file, survives,
    tasks as async_clients,
};

type Client = fn(&Life) -> Result<(), String>;

pub(crate) const IS_TRUTHFUL: &str = "success is reported only if every wanted file is there";
pub(crate) const NO_ORPHANS: &str = "no job is left behind";
pub(crate) const LEGAL: &str = "no call is made that the state of the job forbids";
pub(crate) const NOT_NEEDLESS: &str = "trouble that passes by itself leads to success";
pub(crate) const BOUNDED: &str = "the program retries a bounded number of times";
pub(crate) const ENDS: &str = "the program comes to its end";
pub(crate) const NO_PANIC: &str = "the program does not panic";

/// A client with a bug, its corrected form, and the bound within which the bug is found.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) wrong: Client,
    pub(crate) right: Client,
    pub(crate) promise: &'static str,
    pub(crate) budget: Budget,
    pub(crate) bound: (u32, u32),
    pub(crate) files: &'static [(&'static str, &'static str)],
    world: fn(&Emulator),
    pub(crate) monitors: fn() -> Monitors,
    within: Duration,
    processes: u8,
}

/// A case with one file and the standard monitors.
pub(crate) fn case(
    name: &'static str,
    wrong: Client,
    right: Client,
    promise: &'static str,
) -> Case {
    Case {
        name,
        wrong,
        right,
        promise,
        budget: Budget::default(),
        bound: (1, 0),
        files: &[(URL, PATH)],
        world: one_file,
        monitors: Monitors::standard,
        within: Duration::from_secs(20 * 86_400),
        processes: 1,
    }
}

impl Case {
    pub(crate) fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    pub(crate) fn bound(self, faults: u32, deviations: u32) -> Self {
        Self { bound: (faults, deviations), ..self }
    }

    pub(crate) fn world(self, world: fn(&Emulator)) -> Self {
        Self { world, ..self }
    }

    pub(crate) fn files(self, files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, ..self }
    }

    pub(crate) fn monitors(self, monitors: fn() -> Monitors) -> Self {
        Self { monitors, ..self }
    }

    fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    fn processes(self, processes: u8) -> Self {
        Self { processes, ..self }
    }

    pub(crate) fn program(&self, client: Client, budget: Budget) -> Program {
        let program = explore::program(client)
            .world(self.world)
            .budget(budget)
            .bound(self.bound.0, self.bound.1)
            .monitors((self.monitors)())
            .within(self.within)
            .processes(self.processes)
            .most_runs(100_000);
        self.files.iter().fold(program, |program, (url, path)| program.wants(*url, *path))
    }

    /// Whether the corrected client is that of the other case, in the same world and with the same promises.
    pub(crate) fn has_the_corrected_client_of(&self, other: &Self) -> bool {
        fn_addr_eq(self.right, other.right)
            && fn_addr_eq(self.world, other.world)
            && fn_addr_eq(self.monitors, other.monitors)
            && (self.files, self.within, self.processes)
                == (other.files, other.within, other.processes)
    }

    /// Finds the bug, replays it, and explores the corrected client.
    fn check(&self) {
        let explored = || self.program(self.wrong, self.budget.clone());
        let verdict = explored().explore();
        let found_after = verdict.runs;
        let found = match verdict.counterexample {
            Some(found) => found,
            None => panic!("{}: the bug is not found; {verdict}", self.name),
        };
        assert_eq!(found.promise(), self.promise, "{}: {found}", self.name);
        let again = explored().replay(found.decisions()).counterexample;
        let again = again.expect("what was found is found again");
        assert_eq!(again.to_string(), found.to_string());

        let corrected = self.program(self.right, self.budget.clone().kill(1)).explore();
        assert!(corrected.is_exhausted(), "{}, corrected: {corrected}", self.name);
        println!(
            "| {} | {} | {:?} | {found_after} | {} |",
            self.name, self.promise, self.bound, corrected.runs
        );
    }
}

/// The monitors of a program that the user may end.
fn is_obedient() -> Monitors {
    Monitors::default().with(Monitor::no_orphans()).with(Monitor::legal_calls())
}

/// The monitors of a program whose server has no such file.
fn may_fail() -> Monitors {
    is_obedient().with(Monitor::truthful_success())
}

fn is_undisturbed() -> Monitors {
    Monitors::standard()
        .with(Monitor::new("a log off delays the download only", |ending| ending.result.clone()))
}

fn sends_the_report() -> Monitors {
    Monitors::standard().with(Monitor::new(
        "success is reported only if the report is there",
        |ending| {
            let place = ending.emulator.server("https://example.com").resource("/in/report.txt");
            let is_there = place.uploads(|place| place.received().is_some());
            match &ending.result {
                Ok(()) if !is_there => Err("the server has no report".to_owned()),
                _ => Ok(()),
            }
        },
    ))
}

/// The calls of two processes may cross.
fn is_one_of_two() -> Monitors {
    Monitors::default()
        .with(Monitor::truthful_success())
        .with(Monitor::no_orphans())
        .with(Monitor::no_needless_failure())
}

/// Another program of the same user has a job of the same name.
fn with_the_job_of_another(emulator: &Emulator) {
    one_file(emulator);
    emulator.server("https://other.example.com").file("/other.exe", 1 << 20);
    let job = emulator.connect("user").create_job(NAME, JobType::Download).unwrap();
    job.add_file("https://other.example.com/other.exe", r"C:\other\other.exe").unwrap();
}

fn leaves_others_alone() -> Monitors {
    Monitors::default()
        .with(Monitor::truthful_success())
        .with(Monitor::legal_calls())
        .with(Monitor::no_needless_failure())
        .with(Monitor::new("the job of another program is left alone", |ending| {
            let jobs: Vec<_> = ending.emulator.connect("user").jobs().unwrap().collect();
            match &*jobs {
                [job] if job.state() == Ok(JobState::Suspended) => Ok(()),
                jobs => Err(format!("there are {} jobs, or it is not suspended", jobs.len())),
            }
        }))
}

fn with_an_upload(emulator: &Emulator) {
    let place = emulator.server("https://example.com").resource("/in/report.txt");
    // No poll sees the job between the last byte of the report and the last one of the reply.
    place.uploads(|place| _ = place.reply(2 << 20));
    emulator.disk().write(completion::UPLOAD_PATH, 1 << 20);
}

pub(crate) fn loops() -> Vec<Case> {
    vec![
        case("cancel not heard", loops::is_deaf_while_waiting, loops::always_hears_the_user, ENDS)
            .budget(Budget::default().http([503]))
            .monitors(is_obedient)
            .within(Duration::from_secs(55)),
        case("TRANSIENT_ERROR forgotten", loops::forgets_transient_error, survives, NOT_NEEDLESS)
            .budget(Budget::default().http([503])),
        case("CONNECTING forgotten", loops::forgets_connecting, survives, NOT_NEEDLESS).bound(0, 1),
        case("cancelled by another", loops::waits_for_a_cancelled_job, survives, ENDS)
            .budget(Budget::default().operator_cancel(1)),
        case(
            "requeued at a log off",
            loops::takes_requeued_for_failure,
            survives,
            "a log off delays the download only",
        )
        .budget(Budget::default().log_off_survived(1))
        .monitors(is_undisturbed),
    ]
}

pub(crate) fn completion() -> Vec<Case> {
    vec![
        case("completed early: empty", completion::completes_early, survives, IS_TRUTHFUL)
            .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 0))
            .bound(0, 1),
        case(
            "completed early: reply",
            completion::completes_an_upload_early,
            completion::completes_an_upload,
            LEGAL,
        )
        .world(with_an_upload)
        .files(&[])
        .monitors(sends_the_report)
        .bound(0, 1),
        case("partial completion", completion::takes_partial_for_success, survives, IS_TRUTHFUL)
            .budget(Budget::default().http([404])),
        case("Complete failed", completion::ignores_a_failed_complete, survives, IS_TRUTHFUL)
            .budget(Budget::default().call_fails(HResult::E_ACCESSDENIED, 1)),
    ]
}

pub(crate) fn errors() -> Vec<Case> {
    vec![
        case(
            "error gone after the state",
            errors::reads_state_and_then_error,
            errors::reads_the_error_once,
            NO_PANIC,
        )
        .budget(Budget::default().http([503]))
        .bound(1, 1),
        case(
            "error read twice",
            errors::reads_the_error_twice,
            errors::reads_the_error_once,
            NO_PANIC,
        )
        .budget(Budget::default().http([503]))
        .bound(1, 1),
        case("fallback after a 5xx", errors::falls_back_at_once, survives, NOT_NEEDLESS)
            .budget(Budget::default().http([503])),
        case("resumed for ever", errors::resumes_for_ever, errors::resumes_a_few_times, BOUNDED)
            .world(|emulator| _ = emulator.server("https://example.com"))
            .monitors(may_fail),
    ]
}

pub(crate) fn adoption() -> Vec<Case> {
    vec![
        case(
            "adopted by name",
            adoption::adopts_by_name,
            adoption::adopts_by_a_name_of_its_own,
            IS_TRUTHFUL,
        )
        .world(with_the_job_of_another)
        .monitors(leaves_others_alone),
        case(
            "id stored late",
            adoption::stores_the_id_late,
            adoption::stores_the_id_at_once,
            NO_ORPHANS,
        )
        .budget(Budget::default().kill(1)),
        case("AddFile failed", adoption::leaves_an_empty_job, survives, NO_ORPHANS)
            .budget(Budget::default().call_fails(HResult::E_ACCESSDENIED, 1)),
        case("two processes", adoption::is_alone, adoption::is_not_alone, NOT_NEEDLESS)
            .world(|emulator| {
                one_file(emulator);
                emulator.set_class(adoption::OTHER, adoption::OtherProcess);
            })
            .monitors(is_one_of_two)
            .bound(0, 1),
        case(
            "one job adopted by two",
            adoption::adopts_without_a_lock,
            adoption::adopts_under_a_lock,
            NOT_NEEDLESS,
        )
        .budget(Budget::default().kill(1))
        .processes(2)
        .bound(1, 1),
    ]
}

pub(crate) fn callbacks() -> Vec<Case> {
    vec![
        case(
            "callback lost",
            callbacks::waits_for_a_lost_callback,
            callbacks::waits_and_looks,
            ENDS,
        )
        .budget(Budget::default().service_restart(1)),
        case(
            "not told of errors",
            callbacks::is_not_told_of_errors,
            callbacks::waits_and_looks,
            ENDS,
        )
        .budget(Budget::default().http([404])),
        case(
            "failed in the callback",
            callbacks::forgets_what_its_callback_failed_at,
            callbacks::is_called_again,
            NO_ORPHANS,
        )
        .budget(Budget::default().call_fails(HResult::E_ACCESSDENIED, 1)),
        case(
            "callbacks counted",
            callbacks::counts_callbacks,
            callbacks::takes_callbacks_for_hints,
            IS_TRUTHFUL,
        )
        .world(|emulator| {
            let server = emulator.server("https://example.com");
            // BITS tells again of the small one while the large one is under way.
            server.file("/app.exe", 1_u64 << 32);
            server.file("/app.dll", 10 << 20);
        })
        .files(&callbacks::FILES)
        .budget(Budget::default().callback_twice(1)),
        case(
            "callback late",
            callbacks::closes_its_window,
            callbacks::looks_whether_its_window_is_open,
            NO_PANIC,
        )
        .bound(0, 1),
    ]
}

pub(crate) fn tasks() -> Vec<Case> {
    vec![
        case(
            "order of tasks",
            async_clients::trusts_the_order_of_tasks,
            async_clients::orders_its_tasks,
            NOT_NEEDLESS,
        )
        .bound(0, 1),
        case(
            "awaited callback lost",
            async_clients::awaits_a_lost_callback,
            async_clients::awaits_and_looks,
            ENDS,
        )
        .budget(Budget::default().service_restart(1)),
    ]
}

pub(crate) fn check(cases: Vec<Case>) {
    cases.iter().for_each(Case::check);
}

#[test]
fn bugs_of_loops_are_found() {
    check(loops());
}

#[test]
fn bugs_of_completion_are_found() {
    check(completion());
}

#[test]
fn bugs_of_errors_are_found() {
    check(errors());
}

#[test]
fn bugs_of_adoption_are_found() {
    check(adoption());
}

#[test]
fn bugs_of_callbacks_are_found() {
    check(callbacks());
}

#[test]
fn bugs_of_tasks_are_found() {
    check(tasks());
}
