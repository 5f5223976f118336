//! Sets and maps of fingerprints. A fingerprint is a hash of 128 bits already, so that it is hashed no further.

#[allow(clippy::disallowed_types, reason = "these are never iterated")]
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

#[allow(clippy::disallowed_types, reason = "it is never iterated")]
pub(super) type FingerprintSet = HashSet<u128, BuildHasherDefault<ItsOwnHash>>;

#[allow(clippy::disallowed_types, reason = "it is never iterated")]
pub(super) type FingerprintMap<T> = HashMap<u128, T, BuildHasherDefault<ItsOwnHash>>;

/// The hash of a fingerprint: its lower half.
#[derive(Debug, Default)]
pub(super) struct ItsOwnHash(u64);

impl Hasher for ItsOwnHash {
    #[allow(clippy::cast_possible_truncation, reason = "half of a fingerprint is a good hash")]
    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = fingerprint as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
