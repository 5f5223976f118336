//! What happens to the whole computer, and so to every job.

use chrono::TimeDelta;

use super::Engine;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::Block;
use crate::service::Policies;
use crate::vocabulary::{CostFlags, Sid};
use crate::world::Link;

impl Engine {
    pub(crate) fn log_on(&mut self, user: Sid) {
        let stepped = self.service.log_on(user);
        let what = TraceEvent::LoggedOn(self.account(user));
        self.happened_to_all(Actor::Test, what, stepped);
    }

    pub(crate) fn log_off(&mut self, user: Sid) {
        self.catch_up_all();
        let stepped = self.service.log_off(user);
        let what = TraceEvent::LoggedOff(self.account(user));
        self.happened_to_all(Actor::Test, what, stepped);
    }

    pub(crate) fn set_network(&mut self, connected: bool) {
        self.catch_up_all();
        self.world.set_network(connected);
        let stepped = self.service.set_network(connected);
        self.happened_to_all(Actor::Test, TraceEvent::Network(connected), stepped);
    }

    pub(crate) fn set_network_cost(&mut self, cost: CostFlags) {
        self.catch_up_all();
        let stepped = self.service.set_network_cost(cost);
        self.happened_to_all(Actor::Test, TraceEvent::NetworkCost(cost), stepped);
    }

    pub(crate) fn set_block(&mut self, block: Block, in_force: bool) {
        self.catch_up_all();
        let stepped = self.service.set_block(block, in_force);
        let what = if in_force { TraceEvent::Blocked(block) } else { TraceEvent::Unblocked(block) };
        self.happened_to_all(Actor::Test, what, stepped);
    }

    pub(crate) fn change_clock(&mut self, by: TimeDelta) {
        self.catch_up_all();
        let stepped = self.service.change_clock(by);
        self.happened_to_all(Actor::Test, TraceEvent::ClockChanged(by), stepped);
    }

    pub(crate) fn set_policies(&mut self, policies: Policies) {
        self.catch_up_all();
        let stepped = self.service.set_policies(policies);
        self.happened_to_all(Actor::Test, TraceEvent::Policies(policies), stepped);
        self.limit_bandwidth();
    }

    pub(crate) fn set_link(&mut self, link: Link) {
        let now = self.now();
        self.world.set_link(link, now);
        self.happened_to_nobody(Actor::Test, TraceEvent::Link(link));
    }
}
