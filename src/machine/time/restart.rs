//! A restart of the service: what persists of a job, and how it goes on.

use chrono::{DateTime, TimeDelta, Utc};

use super::moment::Span;
use crate::machine::JobStateMachine;
use crate::machine::conditions::{Block, Conditions};
use crate::machine::input::event::{ComputerEvent, Event};
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;

impl JobStateMachine {
    /// LIFE-30: what ran is queued. TIME-05: timers go by the wall clock now.
    pub(crate) fn service_restarted(&mut self, step: &mut StepContext) {
        self.live.clocks.restart(step.now);
        self.lose_what_does_not_persist();
        self.fire(Trigger::ServiceRestarted, step);
    }

    /// NET-13, INV-57: helper tokens and the client's objects, and calls of them that are under way;
    /// names that no `Resume` persisted (FILES-25); the progress of a high-performance job (PROP-35);
    /// and where the server redirected the present attempt to (HTTP-12).
    fn lose_what_does_not_persist(&mut self) {
        self.live.helper_token.discard();
        self.fail_calls_in_flight();
        if !self.live.state.is_final() {
            self.restore_names();
            self.lose_progress();
        }
        let _ = self.live.certificates.lose_callback();
        self.live.redirected_to = None;
    }

    /// The job as it is kept while no service runs: without what does not persist, and with instants
    /// by the wall clock only, for the steady one ends with the service.
    pub(crate) fn stored(&self, now: DateTime<Utc>) -> Self {
        let mut job = self.clone();
        job.lose_what_does_not_persist();
        job.live.clocks.store(now.into());
        job
    }

    /// A stored job in a service that has just started, on a clock with its wall clock ahead by so
    /// much. [`ComputerEvent::ServiceRestarted`] is to be told to it next.
    pub(crate) fn wake(&self, wall_ahead: TimeDelta, now: DateTime<Utc>) -> Self {
        let mut job = self.clone();
        job.live.clocks.wake(now.into(), Span::from(wall_ahead));
        job
    }

    /// What is otherwise than the job knows, to be told to it.
    pub(crate) fn diff_events(&self, found: &Conditions) -> Vec<Event> {
        let known = &self.live.conditions;
        let change = |before: bool, now: bool, begins: Event, ends: Event| {
            (before != now).then_some(if now { begins } else { ends })
        };
        let (restored, lost) = (ComputerEvent::NetworkRestored, ComputerEvent::NetworkLost);
        let network = change(known.network, found.network, restored.into(), lost.into());
        let cost = ComputerEvent::NetworkCost(found.cost).into();
        let cost = (known.cost != found.cost).then_some(cost);
        let blocks = Block::ALL.iter().filter_map(|block| {
            let (begins, ends) = (ComputerEvent::Blocked(*block), ComputerEvent::Unblocked(*block));
            change(known.has_block(*block), found.has_block(*block), begins.into(), ends.into())
        });
        let (on, off) = (Event::OwnerLoggedOn, Event::OwnerLoggedOff);
        let owner = change(known.owner_logged_on, found.owner_logged_on, on, off);
        network.into_iter().chain(cost).chain(blocks).chain(owner).collect()
    }
}
