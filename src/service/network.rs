//! The state of the computer that all jobs share: network, cost, blocks and clock.

use super::Service;
use super::scheduling::step_result::StepResult;
use crate::machine::{Block, ComputerEvent, Conditions, JobStateMachine};
use crate::vocabulary::{CostFlags, JobPriority};

impl Service {
    /// Applies an event of the whole computer, and tells it to every job. One that changes nothing is
    /// told to none.
    pub fn handle_computer(&mut self, event: ComputerEvent) -> Vec<StepResult> {
        let changed = match event {
            ComputerEvent::NetworkLost => std::mem::replace(&mut self.network, false),
            ComputerEvent::NetworkRestored => !std::mem::replace(&mut self.network, true),
            ComputerEvent::NetworkCost(cost) => std::mem::replace(&mut self.cost, cost) != cost,
            ComputerEvent::Blocked(block) => self.blocks.insert(block),
            ComputerEvent::Unblocked(block) => self.blocks.remove(&block),
            ComputerEvent::ClockChanged(by) => {
                self.wall_ahead = self.wall_ahead.checked_add(&by).unwrap_or(self.wall_ahead);
                true
            }
            ComputerEvent::ServiceRestarted => return self.restore(&self.snapshot()),
        };
        match event {
            _ if !changed => Vec::new(),
            // The limits of the policies may block all the same.
            ComputerEvent::Blocked(Block::BandwidthPolicy)
            | ComputerEvent::Unblocked(Block::BandwidthPolicy) => self.enforce_limits(),
            _ => self.send_to_all(event),
        }
    }

    /// Returns whether there is a network.
    #[must_use]
    pub const fn has_network(&self) -> bool {
        self.network
    }

    /// Returns what the network costs.
    #[must_use]
    pub const fn network_cost(&self) -> CostFlags {
        self.cost
    }

    /// Brings the conditions that a new job knows in line with the computer.
    pub(super) fn sync_new_job(&self, job: &mut JobStateMachine) {
        for event in job.diff_events(&self.conditions_for(job)) {
            let _ = job.handle(event, self.now);
        }
    }

    /// The conditions that a job finds on the computer.
    pub(super) fn conditions_for(&self, job: &JobStateMachine) -> Conditions {
        let mut found = Conditions {
            network: self.network,
            owner_logged_on: self.is_logged_on(job.owner()),
            cost: self.cost,
            ..Conditions::default()
        };
        for block in Block::ALL.iter().copied() {
            found.set_block(block, self.blocks(block, job.priority()));
        }
        found
    }

    /// Whether that is in force for jobs of that priority: the limits of the policies block some of them
    /// (SCHED-15, SCHED-16).
    pub(super) fn blocks(&self, block: Block, priority: JobPriority) -> bool {
        let limited = || self.bandwidth_limits().of(priority).forbids();
        self.blocks.contains(&block) || (block == Block::BandwidthPolicy && limited())
    }
}
