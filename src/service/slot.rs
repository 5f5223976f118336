//! Slots: where jobs are kept, and the ids that tell them.

use crate::vocabulary::JobId;

/// Where a job is kept. Slots are given in the order of creation and never again, so that their order
/// is the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Slot(pub(super) u64);

/// Spreads the numbers of slots over the ids. It is odd, so that what it does can be undone.
const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
/// What undoes it.
const GATHER: u128 = inverse(SPREAD);
/// The bits that a UUID leaves as they are.
const KEPT: u128 = (1 << 62) - 1;

impl Slot {
    /// Ids look random to a client, are the same in each run, and no two are equal (CREATE-02): the slot
    /// can be read from them, so that nothing is to be looked up.
    pub(super) fn id(self) -> JobId {
        let spread = u128::from(self.0).wrapping_mul(SPREAD);
        JobId(uuid::Builder::from_random_bytes(spread.to_be_bytes()).into_uuid())
    }

    /// Where a job with that id would be.
    pub(super) fn from_id(id: JobId) -> Self {
        let number = id.0.as_u128().wrapping_mul(GATHER) & KEPT;
        Self(u64::try_from(number).unwrap_or_default())
    }
}

/// The number whose product with an odd one ends in 1, by Newton's method.
const fn inverse(odd: u128) -> u128 {
    let mut inverse = odd;
    let mut round = 0;
    // The first has 3 right bits, and each round doubles them.
    while round < 6 {
        inverse = inverse.wrapping_mul(2_u128.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}
