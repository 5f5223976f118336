//! Events of the whole computer, which concern every job.

use super::Engine;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::ComputerEvent;
use crate::service::Policies;
use crate::vocabulary::Sid;
use crate::world::Link;

impl Engine {
    pub(crate) fn log_on(&mut self, user: Sid) {
        let stepped = self.service.log_on(user);
        let what = TraceEvent::LoggedOn(self.account_name(user));
        self.record_global_step(Actor::Test, what, stepped);
    }

    pub(crate) fn log_off(&mut self, user: Sid) {
        self.flush_all_progress();
        let stepped = self.service.log_off(user);
        let what = TraceEvent::LoggedOff(self.account_name(user));
        self.record_global_step(Actor::Test, what, stepped);
    }

    pub(crate) fn inject_to_all(&mut self, event: ComputerEvent) {
        self.flush_all_progress();
        match event {
            ComputerEvent::NetworkLost => self.world.set_network(false),
            ComputerEvent::NetworkRestored => self.world.set_network(true),
            ComputerEvent::ServiceRestarted => {
                self.drop_registrations();
                self.begin_run();
            }
            _ => {}
        }
        let stepped = self.service.handle_computer(event);
        self.record_global_step(Actor::Test, TraceEvent::Computer(event), stepped);
    }

    pub(crate) fn set_policies(&mut self, policies: Policies) {
        self.flush_all_progress();
        let stepped = self.service.set_policies(policies);
        self.record_global_step(Actor::Test, TraceEvent::Policies(policies), stepped);
        self.sync_bandwidth_limits();
    }

    pub(crate) fn set_link(&mut self, link: Link) {
        let now = self.now();
        self.world.set_link(link, now);
        self.record_event(Actor::Test, TraceEvent::Link(link));
    }
}
