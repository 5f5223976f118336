//! Canonical hashes: what decides the future of a value, and digests of parts that rarely change.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

/// Something of which not all decides its future, or which has another equality.
///
/// Implementations name every field, so that a new one cannot be forgotten.
pub(crate) trait Canonical {
    /// Adds what decides the future.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H);
}

impl<T: Canonical> Canonical for Option<T> {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u8(self.is_some().into());
        if let Some(value) = self {
            value.hash_canonical(hasher);
        }
    }
}

impl<K: Hash, T: Canonical> Canonical for BTreeMap<K, T> {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_usize(self.len());
        for (key, value) in self {
            key.hash(hasher);
            value.hash_canonical(hasher);
        }
    }
}

/// The hash of something, once it was made. It is no part of the value beside which it stands: all digests
/// are equal.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    /// Halves, of which none is 0 once the digest was made. Threads that make it at the same time make the
    /// same, so that halves of two stores fit.
    low: AtomicU64,
    high: AtomicU64,
}

impl Digest {
    pub(crate) const fn new() -> Self {
        Self { low: AtomicU64::new(0), high: AtomicU64::new(0) }
    }

    /// Returns the digest, and makes it first if there is none.
    pub(crate) fn get_or_make(&self, make: impl FnOnce(&mut SipHasher13)) -> u128 {
        let halves = (self.low.load(Ordering::Relaxed), self.high.load(Ordering::Relaxed));
        let (low, high) = match halves {
            (0, _) | (_, 0) => {
                let mut hasher = SipHasher13::new();
                make(&mut hasher);
                let Hash128 { h1, h2 } = hasher.finish128();
                let (low, high) = (h1.max(1), h2.max(1));
                self.low.store(low, Ordering::Relaxed);
                self.high.store(high, Ordering::Relaxed);
                (low, high)
            }
            made => made,
        };
        u128::from(high) << 64 | u128::from(low)
    }

    /// Forgets the digest, because what it is of may change.
    pub(crate) fn forget(&mut self) {
        *self.low.get_mut() = 0;
    }
}

impl Clone for Digest {
    fn clone(&self) -> Self {
        let half = |half: &AtomicU64| AtomicU64::new(half.load(Ordering::Relaxed));
        Self { low: half(&self.low), high: half(&self.high) }
    }
}

impl PartialEq for Digest {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Digest {}

impl Hash for Digest {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A value that carries its digest, which is forgotten whenever the value is borrowed to be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Digested<T> {
    value: T,
    digest: Digest,
}

impl<T> Digested<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value, digest: Digest::new() }
    }

    /// Returns the digest; `make` is to hash the same of the value each time.
    pub(crate) fn digest(&self, make: impl FnOnce(&T, &mut SipHasher13)) -> u128 {
        self.digest.get_or_make(|hasher| make(&self.value, hasher))
    }
}

impl<T> Deref for Digested<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Digested<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.digest.forget();
        &mut self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_made_once_and_after_each_change() {
        let mut value = Digested::new(1);
        let made = std::cell::Cell::new(0);
        let digest = |value: &Digested<i32>| {
            value.digest(|value, hasher| {
                made.set(made.get() + 1);
                value.hash(hasher);
            })
        };
        let first = digest(&value);
        assert_eq!((digest(&value), digest(&value.clone()), made.get()), (first, first, 1));
        *value = 2;
        assert_ne!(digest(&value), first);
        *value = 1;
        assert_eq!((digest(&value), made.get()), (first, 3));
    }
}
