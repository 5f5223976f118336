//! The content of a file: its bytes, or only their number.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::vocabulary::FileRange;
use crate::vocabulary::canonical::{Canonical, Digest};

/// The content of a file. A test that does not look at the bytes gives only their number, so that a file
/// of many gigabytes costs nothing.
///
/// Any integer is a size, and bytes or a text are themselves. A number without a type is an `i32`: 2 GiB
/// and more are written `4_u64 << 30`.
///
/// ```
/// use bits_emulator::server::Content;
///
/// assert_eq!(Content::sized(4 << 30).size(), 4 << 30);
/// assert_eq!(Content::sized(3).bytes(), None);
/// assert_eq!(Content::from("abc").bytes(), Some(&b"abc"[..]));
/// assert_eq!(Content::from(vec![0; 10].len()), Content::sized(10));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Content {
    size: u64,
    /// At least as many as the size says; the rest counts as not there.
    bytes: Option<Arc<Bytes>>,
}

/// Bytes, and the digest of them all.
#[derive(Debug)]
struct Bytes {
    all: Box<[u8]>,
    digest: Digest,
}

impl std::hash::Hash for Content {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.size, self.bytes()).hash(state);
    }
}

impl Content {
    /// Returns a content of that size whose bytes are not known; no size is too large (FILES-31).
    #[must_use]
    pub const fn sized(size: u64) -> Self {
        Self { size, bytes: None }
    }

    /// Returns the number of bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the bytes; `None` if only their number is known.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        if self.size == 0 {
            return Some(&[]);
        }
        self.bytes.as_deref()?.all.get(..usize::try_from(self.size).ok()?)
    }

    /// The first bytes of it, as many as have arrived.
    pub(crate) fn prefix(&self, size: u64) -> Self {
        Self { size: self.size.min(size), bytes: self.bytes.clone() }
    }

    /// The content of a file that was begun as another of the same size and stamp: the first bytes of
    /// that one, and the rest of this. The change is not noticed (DONE-23).
    pub(crate) fn resumed(&self, begun: &Self, there: u64) -> Self {
        let both = self.bytes.as_ref().zip(begun.bytes.as_ref());
        let is_same = both.is_none_or(|(these, those)| Arc::ptr_eq(these, those));
        let parts = begun.prefix(there);
        let parts = parts.bytes().zip(self.bytes()).filter(|_| !is_same);
        let spliced = parts.and_then(|(before, all)| {
            let after = all.get(before.len()..)?;
            Some(Arc::new([before, after].concat().into()))
        });
        Self { size: self.size, bytes: spliced.or_else(|| self.bytes.clone()) }
    }

    /// Whether both are known to be the same without a look at their bytes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.bytes.as_ref(), other.bytes.as_ref());
        self.size == other.size && ours.map(Arc::as_ptr) == theirs.map(Arc::as_ptr)
    }

    /// Whether both are the same by what counts of them.
    pub(crate) fn is_equal(&self, other: &Self) -> bool {
        self.what_counts() == other.what_counts()
    }

    fn what_counts(&self) -> (u64, Option<u128>) {
        let Self { size, bytes } = self;
        (*size, bytes.as_ref().filter(|_| *size > 0).map(|bytes| bytes.digest()))
    }

    /// The bytes from one to another, the second excluded, if they are known.
    pub(crate) fn between(&self, first: u64, end: u64) -> Option<&[u8]> {
        self.bytes()?.get(indices(first, end)?)
    }

    /// Parts one behind the other. If the bytes of one are not known, none are.
    pub(crate) fn joined<'a>(size: u64, parts: impl Iterator<Item = Option<&'a [u8]>>) -> Self {
        let parts: Option<Vec<_>> = parts.collect();
        Self { size, bytes: parts.map(|parts| Arc::new(parts.concat().into())) }
    }

    /// The ranges, back to back in the order given (FILES-21). `None` if one lies outside
    /// (FILES-22).
    pub(crate) fn ranges(&self, ranges: &[FileRange]) -> Option<Self> {
        let bounds = |range: &FileRange| {
            let end = range.end().unwrap_or(self.size);
            (range.initial_offset <= end && end <= self.size).then_some((range.initial_offset, end))
        };
        let bounds: Vec<_> = ranges.iter().map(bounds).collect::<Option<_>>()?;
        let size = bounds
            .iter()
            .try_fold(0_u64, |sum, (first, end)| sum.checked_add(end.saturating_sub(*first)))?;
        let parts = bounds.iter().map(|(first, end)| self.between(*first, *end));
        Some(Self::joined(size, parts))
    }

    /// What is there of a file of which parts are fetched as asked for: they stand at their place,
    /// with zeros between them, up to the end of the last.
    pub(crate) fn parts(&self, ranges: &[FileRange]) -> Self {
        let end = |range: &FileRange| range.end().unwrap_or(self.size).min(self.size);
        let size = ranges.iter().map(end).max().unwrap_or_default();
        let bytes = self.bytes().zip(usize::try_from(size).ok()).map(|(all, size)| {
            let mut bytes = vec![0; size];
            for range in ranges {
                if let Some(place) = indices(range.initial_offset, end(range))
                    && let (Some(to), Some(from)) = (bytes.get_mut(place.clone()), all.get(place))
                {
                    to.copy_from_slice(from);
                }
            }
            Arc::new(bytes.into())
        });
        Self { size, bytes }
    }
}

/// The places of the bytes from one to another, the second excluded.
fn indices(first: u64, end: u64) -> Option<Range<usize>> {
    Some(usize::try_from(first).ok()?..usize::try_from(end).ok()?)
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.bytes() == other.bytes()
    }
}

impl Eq for Content {}

impl Canonical for Content {
    /// The size, and the digest of all bytes: of the beginning of a file also of those behind, so that two
    /// equal beginnings may count as different.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        self.what_counts().hash(hasher);
    }
}

impl Bytes {
    fn digest(&self) -> u128 {
        let Self { all, digest } = self;
        digest.get_or_make(|hasher| all.hash(hasher))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { all: bytes.into(), digest: Digest::default() }
    }
}

/// Makes a content of a size of other types.
macro_rules! from_sizes {
    ($($type:ty),+) => {$(
        impl From<$type> for Content {
            fn from(size: $type) -> Self {
                Self::sized(size.into())
            }
        }
    )+};
}

from_sizes!(u8, u16, u32, u64);

impl From<usize> for Content {
    fn from(size: usize) -> Self {
        Self::sized(u64::try_from(size).unwrap_or(u64::MAX))
    }
}

/// Makes a content of a size of types that have negative values.
macro_rules! from_signed_sizes {
    ($($type:ty),+) => {$(
        impl From<$type> for Content {
            /// Returns a content of that size.
            ///
            /// # Panics
            ///
            /// If the size is negative.
            #[track_caller]
            fn from(size: $type) -> Self {
                assert!(size >= 0, "a content cannot have {size} bytes");
                Self::sized(u64::try_from(size).unwrap_or_default())
            }
        }
    )+};
}

from_signed_sizes!(i8, i16, i32, i64, isize);

/// Makes a content of the bytes of other types.
macro_rules! from_bytes {
    ($([$($parameters:tt)*] $type:ty),+) => {$(
        impl<$($parameters)*> From<$type> for Content {
            fn from(bytes: $type) -> Self {
                let bytes = Bytes::from(AsRef::<[u8]>::as_ref(&bytes).to_vec());
                let size = u64::try_from(bytes.all.len()).unwrap_or(u64::MAX);
                Self { size, bytes: Some(Arc::new(bytes)) }
            }
        }
    )+};
}

from_bytes!(
    [] Vec<u8>, [] &Vec<u8>, [] &[u8], [] &str, [] String, [] &String, [] Arc<[u8]>,
    [const N: usize] [u8; N], [const N: usize] &[u8; N]
);
