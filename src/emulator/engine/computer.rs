//! What happens to the whole computer, and so to every job.

use super::Engine;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::ComputerEvent;
use crate::service::Policies;
use crate::vocabulary::Sid;
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

    pub(crate) fn inject_to_all(&mut self, event: ComputerEvent) {
        self.catch_up_all();
        match event {
            ComputerEvent::NetworkLost => self.world.set_network(false),
            ComputerEvent::NetworkRestored => self.world.set_network(true),
            ComputerEvent::ServiceRestarted => self.forget_clients(),
            _ => {}
        }
        let stepped = self.service.handle_computer(event);
        self.happened_to_all(Actor::Test, TraceEvent::Computer(event), stepped);
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
