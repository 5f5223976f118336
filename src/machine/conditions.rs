//! The network, the owner's session, and what policies and power allow.

use crate::vocabulary::enums::named::named;
#[cfg(feature = "serde")]
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{CostFlags, HResult, JobPriority, RuleId, rule};

named! {
    /// A policy or a power state that holds jobs in TRANSIENT_ERROR until it ends
    /// (SCHED-15, NET-17).
    pub enum Block {
        /// The background bandwidth limit is 0 (SCHED-15).
        BandwidthPolicy "bandwidth policy",
        /// Battery saver is on (NET-17).
        BatterySaver "battery saver",
        /// The power policy forbids transfers on battery (NET-17).
        BatteryPolicy "battery policy",
        /// Game mode is on (NET-17).
        GameMode "game mode",
        /// The device is in modern standby and not plugged in (NET-18).
        Standby "standby",
        /// A policy forbids applications to work in the background (NET-22).
        BackgroundAccess "background access policy",
    }
}

impl Block {
    /// The code of the error object (T3).
    #[must_use]
    pub const fn code(self) -> HResult {
        match self {
            Self::BandwidthPolicy => HResult::BG_E_BLOCKED_BY_POLICY,
            Self::BatterySaver => HResult::BG_E_BLOCKED_BY_BATTERY_SAVER,
            Self::BatteryPolicy => HResult::BG_E_BLOCKED_BY_BATTERY_POLICY,
            Self::GameMode => HResult::BG_E_BLOCKED_BY_GAME_MODE,
            Self::Standby => HResult::BG_E_STANDBY_MODE,
            Self::BackgroundAccess => HResult::BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY,
        }
    }

    /// Whether jobs of that priority are held: foreground jobs by all but the bandwidth policy (NET-19,
    /// SCHED-17). That battery saver and the battery policy hold them too is an interpretation.
    #[must_use]
    pub const fn holds(self, priority: JobPriority) -> bool {
        match self {
            Self::BandwidthPolicy => priority.is_background(),
            Self::BatterySaver
            | Self::BatteryPolicy
            | Self::GameMode
            | Self::Standby
            | Self::BackgroundAccess => true,
        }
    }

    /// The rule that holds jobs.
    #[must_use]
    pub const fn rule(self) -> RuleId {
        match self {
            Self::BandwidthPolicy => rule!("SCHED-15"),
            Self::BatterySaver | Self::BatteryPolicy | Self::GameMode => {
                rule!("NET-17")
            }
            Self::Standby => rule!("NET-18"),
            Self::BackgroundAccess => rule!("NET-22"),
        }
    }
}

/// Why a job in TRANSIENT_ERROR waits for the end of a cause instead of the retry delay (TIME-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Hold {
    Network,
    LockedVolume,
    /// The network costs more than the job's flags allow (NET-14).
    Cost,
    Block(Block),
}

impl Hold {
    pub(crate) const fn code(self) -> HResult {
        match self {
            Self::Network => HResult::BG_E_NETWORK_DISCONNECTED,
            Self::LockedVolume => HResult::BG_E_DESTINATION_LOCKED,
            // NET-15: an interpretation.
            Self::Cost => HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY,
            Self::Block(block) => block.code(),
        }
    }
}

/// Whether a job can be held with the code (TIME-10).
#[cfg(feature = "scenario")]
pub(crate) fn is_code_of_hold(code: HResult) -> bool {
    let blocks = Block::ALL.iter().copied().map(Hold::Block);
    let mut all = [Hold::Network, Hold::LockedVolume, Hold::Cost].into_iter().chain(blocks);
    all.any(|hold| hold.code() == code)
}

/// What the service knows of the world around a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "StoredConditions", into = "StoredConditions"))]
pub(crate) struct Conditions {
    pub(crate) network: bool,
    pub(crate) owner_logged_on: bool,
    /// What the network costs.
    pub(crate) cost: CostFlags,
    pub(crate) blocks: u8,
}

impl Default for Conditions {
    /// Nothing stands in the way.
    fn default() -> Self {
        let (network, owner_logged_on) = (true, true);
        Self { network, owner_logged_on, cost: CostFlags::UNRESTRICTED, blocks: 0 }
    }
}

impl Conditions {
    pub(crate) fn set_block(&mut self, block: Block, in_force: bool) {
        let bit = 1 << block as u8;
        if in_force {
            self.blocks |= bit;
        } else {
            self.blocks &= !bit;
        }
    }

    pub(crate) const fn has_block(self, block: Block) -> bool {
        self.blocks & (1 << block as u8) != 0
    }

    /// PROP-31: whether a job with those cost flags may use the network. Congestion is not emulated.
    pub(crate) const fn affords(self, allowed: CostFlags) -> bool {
        let options = CostFlags::IGNORE_CONGESTION.union(CostFlags::RESERVED);
        allowed.contains(self.cost.difference(options))
    }

    /// The first block in force that holds a job of that priority.
    pub(crate) fn block_of(self, priority: JobPriority) -> Option<Block> {
        if self.blocks == 0 {
            return None;
        }
        Block::ALL.iter().copied().find(|block| self.has_block(*block) && block.holds(priority))
    }
}

#[cfg(feature = "serde")]
stored! {
    /// How the computer was, as far as it stood in the way.
    struct StoredConditions {
        no_network: bool = default,
        owner_logged_off: bool = default,
        cost: Option<CostFlags> = default,
        blocks: Vec<Block> = default,
    }
}

#[cfg(feature = "serde")]
impl From<Conditions> for StoredConditions {
    fn from(known: Conditions) -> Self {
        Self {
            no_network: !known.network,
            owner_logged_off: !known.owner_logged_on,
            cost: (known.cost != CostFlags::UNRESTRICTED).then_some(known.cost),
            blocks: Block::ALL.iter().copied().filter(|block| known.has_block(*block)).collect(),
        }
    }
}

#[cfg(feature = "serde")]
impl From<StoredConditions> for Conditions {
    fn from(stored: StoredConditions) -> Self {
        let mut known = Self::default();
        known.network = !stored.no_network;
        known.owner_logged_on = !stored.owner_logged_off;
        known.cost = stored.cost.unwrap_or(known.cost);
        stored.blocks.into_iter().for_each(|block| known.set_block(block, true));
        known
    }
}
