//! Programs under exploration: what is explored, within which bound, and the run of one counterexample.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::choice::{Budget, Incident};
use super::decisions::{Cost, Decisions};
use super::life::Life;
use super::monitors::Monitors;
use super::panics::silence_programs;
use super::plan::Plan;
use super::scope::{Scope, Strategy};
use super::search::Prefix;
use super::setup::{Code, Setup, obstacle, parts};
use super::shard::Shard;
use super::verdict::{Extent, Verdict};
use crate::emulator::{Emulator, User};

/// The variable that names the decisions of the one run that is to be made.
const REPLAY: &str = "BITS_EXPLORE_REPLAY";

/// A program that is explored: the application's own code, and the world in which it runs.
///
/// See [`program`].
#[must_use = "nothing is explored before `check` or `explore`"]
pub struct Program {
    code: Code,
    emulator: Emulator,
    user: User,
    processes: u8,
    beside: Vec<(User, Code)>,
    wanted: Vec<(String, String)>,
    budget: Budget,
    bound: Cost,
    planned: Vec<(Duration, Incident)>,
    pub(super) flaws: Vec<Incident>,
    monitors: Monitors,
    strategy: Strategy,
    prunes: bool,
    folds_polls: bool,
    time: Duration,
    idle_calls: u32,
    resumes: u32,
    rounds: u32,
    pub(super) plan: Plan,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, budget, bound, .. } = self;
        let mut shown = f.debug_struct("Program");
        shown.field("wanted", wanted).field("budget", budget).field("bound", bound);
        shown.finish_non_exhaustive()
    }
}

/// Explores a program: the closure is the application's own code, straight-line code on the session of its
/// [`Life`], with sleeps and waits through the session. It is run again for each schedule and each fault
/// within the bound, each time from its start.
///
/// The program must be deterministic in what it observes through its life: everything else that changes,
/// such as statics, real time, threads of its own and the order of a `HashMap`, is not seen.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::explore::{self, Budget, Life, Monitors};
/// use bits_emulator::{Error, JobState, JobType};
///
/// fn updater(life: &Life) -> Result<(), Error> {
///     let session = life.session();
///     // Jobs that an earlier life left behind are of no use to this simple one.
///     for job in session.jobs()? {
///         job.cancel()?;
///     }
///     let job = session.create_job("update", JobType::Download)?;
///     job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
///     job.resume()?;
///     while job.state()? != JobState::Transferred {
///         session.sleep(Duration::from_secs(60));
///     }
///     job.complete().map(|_| ())
/// }
///
/// let verdict = explore::program(updater)
///     .world(|emulator| {
///         emulator.server("https://example.com").file("/app.exe", 10 << 20);
///     })
///     .wants("https://example.com/app.exe", r"C:\app\app.exe")
///     .budget(Budget::default().network(1).http([404]))
///     .bound(1, 0)
///     .monitors(Monitors::standard())
///     .explore();
/// let found = verdict.counterexample.expect("after a 404 it waits for ever");
/// assert!(found.to_string().contains("HTTP 404"), "{found}");
/// ```
pub fn program<E: fmt::Display>(
    code: impl Fn(&Life) -> Result<(), E> + Send + Sync + 'static,
) -> Program {
    Program {
        code: code_of(code),
        emulator: Emulator::new(),
        user: User::new("user"),
        processes: 1,
        beside: Vec::new(),
        wanted: Vec::new(),
        budget: Budget::default(),
        bound: Cost { faults: 1, deviations: 1 },
        planned: Vec::new(),
        flaws: Vec::new(),
        monitors: Monitors::standard(),
        strategy: Strategy::default(),
        prunes: true,
        folds_polls: false,
        time: Duration::from_secs(200 * 86_400),
        idle_calls: 20_000,
        resumes: 100,
        rounds: 4,
        plan: Plan::default(),
    }
}

fn code_of<E: fmt::Display>(code: impl Fn(&Life) -> Result<(), E> + Send + Sync + 'static) -> Code {
    Arc::new(move |life| code(life).map_err(|error| error.to_string()))
}

/// What is explored.
impl Program {
    /// Sets the world up, once: servers, files, policies, other users. Every run begins from a copy of it.
    ///
    /// What its hooks and callbacks do while the program calls is refused as it is to the
    /// [program](crate::explore#what-it-asks-of-a-program); [`Hook::pass_time`](crate::Hook::pass_time) lets time
    /// pass. A world that follows [real time](crate::Clock::RealTime), or whose disk is in a [real
    /// directory](crate::disk::DiskState::in_directory), cannot be explored.
    pub fn world(self, set_up: impl FnOnce(&Emulator)) -> Self {
        set_up(&self.emulator);
        self
    }

    /// Sets the user who runs the program; a standard user by default.
    pub fn user(self, user: impl Into<User>) -> Self {
        Self { user: user.into(), ..self }
    }

    /// Sets how many processes of the user run the program at once, with one store: one by default. See [several
    /// programs](crate::explore#several-programs).
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn processes(self, processes: u8) -> Self {
        assert!(processes > 0, "a program that is explored has a process");
        Self { processes, ..self }
    }

    /// Adds another program, which runs at the same time: of another user, of the same one, or of an
    /// [administrator](User::administrator). It has a store of its own. See [several
    /// programs](crate::explore#several-programs).
    pub fn beside<E: fmt::Display>(
        mut self,
        user: impl Into<User>,
        code: impl Fn(&Life) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        self.beside.push((user.into(), code_of(code)));
        self
    }

    /// Adds a file that the program is to fetch.
    pub fn wants(mut self, url: impl Into<String>, path: impl Into<String>) -> Self {
        self.wanted.push((url.into(), path.into()));
        self
    }

    /// Sets what may go wrong in one run.
    pub fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// Sets how many incidents of the budget there are in one run, and how many deviations: a program or a
    /// callback that is late, however long, or steps that come in another order. One of each by default.
    ///
    /// A late callback is delivered, as BITS calls from a thread of its own, before a later call or wait of the
    /// program, or at a change that it waits through: so it may come after Complete. A wait
    /// [to be called](crate::Session::wait) that nothing else would end ends by it. One that has not begun when
    /// its job is complete never comes, nor does one that the program does not live to see.
    pub fn bound(self, faults: u32, deviations: u32) -> Self {
        Self { bound: Cost { faults, deviations }, ..self }
    }

    /// Adds incidents that happen in every run, each at a time after its beginning, beside what is
    /// [explored](Self::bound) around them. An incident strikes when its time has come and the program waits or makes a
    /// call; an incident of calls or callbacks strikes at the next call or callback. After the end of the program
    /// nothing happens any more. With planned incidents no future is taken for known.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::JobType;
    /// use bits_emulator::explore::{self, Incident};
    ///
    /// let program = explore::program(|life| {
    ///     life.session().sleep(Duration::from_secs(60));
    ///     life.session().create_job("update", JobType::Download)?.cancel().map(drop)
    /// });
    /// let planned = [(Duration::from_secs(10), Incident::Kill)];
    /// let verdict = program.incidents(planned).bound(0, 0).replay("");
    /// assert_eq!(verdict.decided(), ["midway in a wait, the process is killed"]);
    /// ```
    pub fn incidents(mut self, planned: impl IntoIterator<Item = (Duration, Incident)>) -> Self {
        self.planned.extend(planned);
        self
    }

    /// Sets what is promised of every run.
    pub fn monitors(self, monitors: Monitors) -> Self {
        Self { monitors, ..self }
    }
}

/// How it is explored.
impl Program {
    /// Sets where decisions are made.
    pub fn strategy(self, strategy: Strategy) -> Self {
        Self { strategy, ..self }
    }

    /// Explores futures again that were explored before: slower, and the same verdict.
    pub fn without_pruning(self) -> Self {
        Self { prunes: false, ..self }
    }

    /// Takes polls that observe the same again for none, so that futures are known again however long a program has
    /// polled before: fewer runs, for a program whose next step does not depend on how often it has polled.
    ///
    /// For one that counts its polls, gives up after some of them, or waits longer after each, this is unsound:
    /// futures are taken for known that are not, and bugs are missed.
    pub fn folding_polls(self) -> Self {
        Self { folds_polls: true, ..self }
    }

    /// Sets how much virtual time a life may take, from its start or from the last decision on: 200 days by
    /// default.
    pub fn within(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Sets how many calls in a row may notice nothing new, however much time passes in between: 20,000 by
    /// default.
    pub fn most_idle_calls(self, calls: u32) -> Self {
        Self { idle_calls: calls, ..self }
    }

    /// Sets how often a life may resume jobs: 100 times by default.
    pub fn most_resumes(self, resumes: u32) -> Self {
        Self { resumes, ..self }
    }

    /// Sets how often in a row a life may go through the same round of calls and waits, in which the same is
    /// replied and the world comes back to the same state, before it counts as endless: four times by default,
    /// at least two. A client that counts its polls and gives up at last needs as many as it makes. See
    /// [how a program ends](crate::explore#how-a-program-ends).
    pub fn most_rounds(self, rounds: u32) -> Self {
        Self { rounds, ..self }
    }

    /// Explores, and panics with the counterexample if a promise is broken. Otherwise prints the verdict, a line on
    /// standard output, which `cargo test` shows with `-- --nocapture`, and returns it: its
    /// [`reached`](Verdict::reached) prints as a table of which calls met which states and codes.
    ///
    /// If the environment variable `BITS_EXPLORE_REPLAY` is set, only the run with those decisions is made.
    ///
    /// # Panics
    ///
    /// If a promise is broken, and as [`explore`](Self::explore) and [`replay`](Self::replay).
    #[track_caller]
    #[allow(clippy::panic, reason = "a test asks for it")]
    pub fn check(self) -> Verdict {
        let verdict = match std::env::var(REPLAY) {
            Ok(decisions) => self.replay(&decisions),
            Err(_) => self.explore(),
        };
        match &verdict.counterexample {
            Some(counterexample) => panic!("{counterexample}"),
            None => {
                println!("{}: {verdict}", verdict.name);
                verdict
            }
        }
    }

    /// Makes the one run with those decisions, as a counterexample names them.
    ///
    /// # Panics
    ///
    /// If the text is none of decisions; if they do not fit the program any more, because it comes to its end before
    /// one of them or something else is possible where that stands; and as [`explore`](Self::explore).
    #[track_caller]
    #[allow(clippy::panic, reason = "a test asks for it")]
    pub fn replay(self, decisions: &str) -> Verdict {
        let decisions: Decisions = match decisions.parse() {
            Ok(decisions) => decisions,
            Err(problem) => panic!("{problem}"),
        };
        let bound = decisions.cost();
        let name = self.plan.name_at(Location::caller());
        let setup = Self { prunes: false, bound, ..self }.set_up();
        let ran = setup.run_and_record(decisions.clone());
        if let Some(why) = ran.execution.unmade() {
            panic!("the decisions {decisions} do not fit the program any more: {why}");
        }
        let mut verdict = Verdict::begun(name, &setup, Shard::ALL);
        verdict.extent = Extent::Replayed;
        verdict.decided = ran.story.decided().into_iter().map(str::to_owned).collect();
        verdict.count(ran);
        verdict
    }

    #[allow(clippy::panic, reason = "a test that cannot be made says so")]
    pub(super) fn set_up(self) -> Setup {
        if let Some(why) = obstacle(cfg!(panic = "unwind"), self.emulator.is_real()) {
            panic!("{why}");
        }
        let operator = self.emulator.connect(User::new("operator").administrator());
        let judge_the_end = self.monitors.0.iter().all(|monitor| monitor.judges_the_end);
        let instant = |(after, incident)| (self.emulator.instant_in(after), incident);
        let mut planned: Vec<_> = self.planned.into_iter().map(instant).collect();
        planned.sort_by_key(|(at, _)| *at);
        let explores_all = self.plan.random_runs.is_none() && planned.is_empty();
        let scope = Scope {
            budget: self.budget,
            bound: self.bound,
            planned,
            strategy: self.strategy,
            folds_polls: self.folds_polls,
            prunes: self.prunes && explores_all && judge_the_end,
            keeps_traces: !judge_the_end,
            idle_calls: self.idle_calls,
            resumes: self.resumes,
            rounds: self.rounds,
            most_points: self.plan.most_points,
            time: TimeDelta::from_std(self.time).unwrap_or(TimeDelta::MAX),
        };
        silence_programs();
        let explored = (self.user.clone(), self.code);
        let programs = parts(&self.emulator, explored, self.processes, self.beside);
        Setup {
            world: self.emulator,
            operator,
            user: self.user,
            programs,
            processes: self.processes.into(),
            wanted: self.wanted,
            monitors: self.monitors,
            flaws: self.flaws,
            scope: Arc::new(scope),
        }
    }
}
