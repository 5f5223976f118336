//! What all jobs share of the world: network, cost, policies and power.

use super::Service;
use super::scheduling::step_result::StepResult;
use crate::machine::{Block, Conditions, Event, JobStateMachine};
use crate::vocabulary::{CostFlags, JobPriority};

impl Service {
    /// The last network connection is lost (NET-04), or one is established (NET-05).
    pub fn set_network(&mut self, connected: bool) -> Vec<StepResult> {
        if self.network == connected {
            return Vec::new();
        }
        self.network = connected;
        self.tell_all(if connected { &Event::NetworkRestored } else { &Event::NetworkLost })
    }

    /// What the network costs from now on (NET-14).
    pub fn set_network_cost(&mut self, cost: CostFlags) -> Vec<StepResult> {
        if self.cost == cost {
            return Vec::new();
        }
        self.cost = cost;
        self.tell_all(&Event::NetworkCost(cost))
    }

    /// A policy or the power state forbids transfers, or no longer does (SCHED-15, NET-17).
    pub fn set_block(&mut self, block: Block, in_force: bool) -> Vec<StepResult> {
        let changed = if in_force { self.blocks.insert(block) } else { self.blocks.remove(&block) };
        if !changed {
            return Vec::new();
        }
        if block == Block::BandwidthPolicy {
            // The limits of the policies may block all the same.
            return self.hold_all_to_limits();
        }
        self.tell_all(&if in_force { Event::Blocked(block) } else { Event::Unblocked(block) })
    }

    /// Whether there is a network.
    #[must_use]
    pub const fn has_network(&self) -> bool {
        self.network
    }

    /// What the network costs.
    #[must_use]
    pub const fn network_cost(&self) -> CostFlags {
        self.cost
    }

    /// A new job learns how the computer is.
    pub(super) fn introduce(&self, job: &mut JobStateMachine) {
        for event in job.news(&self.conditions_for(job)) {
            let _ = job.handle(event, self.now);
        }
    }

    /// How the computer is for a job.
    pub(super) fn conditions_for(&self, job: &JobStateMachine) -> Conditions {
        let mut found = Conditions::good();
        found.network = self.network;
        found.cost = self.cost;
        found.owner_logged_on = self.is_logged_on(job.owner());
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
