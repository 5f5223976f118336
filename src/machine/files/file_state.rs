//! The half of a file that moves: how much of it is transferred, and what came with it.

use std::num::NonZeroU64;
use std::sync::Arc;

use super::random_access::RandomAccess;
use crate::vocabulary::FileIndex;
use crate::vocabulary::text::stored::stored;

/// A number of bytes, which takes no more room if it may be unknown. The greatest number stands for an
/// unknown size in the interfaces, so that it counts as one byte less here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "u64", into = "u64"))]
pub(crate) struct Size(NonZeroU64);

impl Size {
    const MAX: Self = Self(NonZeroU64::MAX);
}

impl From<u64> for Size {
    fn from(bytes: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(bytes))
    }
}

impl From<Size> for u64 {
    fn from(size: Size) -> Self {
        size.0.get() - 1
    }
}

stored! {
    /// How far a file, or the reply of an upload-reply, is transferred.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub(crate) struct FileState {
        /// How many bytes the job wants.
        #[cfg_attr(feature = "serde", serde(rename = "bytes_total"))]
        pub(crate) total: Option<Size> = default,
        #[cfg_attr(feature = "serde", serde(rename = "bytes_transferred"))]
        pub(crate) transferred: u64,
        /// The size of the whole file, of a file of which only ranges are wanted (FILES-17).
        pub(crate) whole: Option<Size> = default,
        /// The transfer has ended, which is later than its last byte (LIFE-20).
        pub(crate) finished: bool = default,
        /// PROGRESS-06
        pub(crate) completed: bool = default,
        /// The client said that the content is right, or `Complete` did (DONE-22).
        pub(crate) validated: bool = default,
        /// FileTransferred is pending (NOTIFY-07).
        pub(crate) untold: bool = default,
    }
}

impl FileState {
    /// How many bytes the job wants, if that is known.
    pub(crate) fn total(self) -> Option<u64> {
        self.total.map(u64::from)
    }

    /// DONE-05: transferred means that all of a known size is there. Something empty is so only once
    /// its transfer has ended, for it takes an attempt to find that out too: an interpretation.
    pub(crate) fn is_transferred(self) -> bool {
        self.finished || (self.transferred > 0 && self.total() == Some(self.transferred))
    }

    /// Whether the last byte is there and the transfer has not ended.
    pub(crate) fn is_ending(self) -> bool {
        self.is_transferred() && !self.finished
    }

    /// Whether a file of that size is another than the one of which something is there. That a
    /// download of which nothing is there may have another size is an interpretation: its transfer
    /// has not begun (HTTP-08).
    pub(crate) fn differs(self, size: u64, has_ranges: bool, upload: bool) -> bool {
        let known = if has_ranges { self.whole.map(u64::from) } else { self.total() };
        let begun = upload || self.transferred > 0;
        let more = !has_ranges && self.transferred > size;
        begun && (known.is_some_and(|known| known != size) || more)
    }

    /// Adds new bytes to those there, from whichever attempt (NET-20), and no more than are missing
    /// (INV-39). Says whether any were new.
    pub(crate) fn add(&mut self, bytes: u64) -> bool {
        let limit = self.total().unwrap_or(Size::MAX.into());
        let reached = self.transferred.saturating_add(bytes).min(limit);
        let grew = reached > self.transferred;
        self.transferred = reached;
        grew
    }

    /// Ends the transfer if nothing is missing.
    pub(crate) fn end(&mut self) {
        self.finished |= self.total() == Some(self.transferred);
    }

    /// Adds all that is missing, and ends the transfer; a size that was not known is what is there.
    pub(crate) fn finish(&mut self) -> bool {
        let total = u64::from(*self.total.get_or_insert(self.transferred.into()));
        let grew = total > self.transferred;
        self.transferred = total;
        self.finished = true;
        grew
    }

    /// How much is missing of a known size.
    pub(crate) fn missing(self) -> Option<u64> {
        self.total().map(|total| total.saturating_sub(self.transferred))
    }

    /// Learns the size. What is there beyond it counts no more (HTTP-08).
    pub(crate) fn learn(&mut self, size: u64) {
        let size = Size::from(size);
        if self.transferred > size.into() {
            self.transferred = 0;
        }
        self.finished &= self.total == Some(size);
        self.total = Some(size);
    }

    /// As if nothing had been transferred: the one way in which progress falls (PROGRESS-07).
    pub(crate) fn restart(&mut self) {
        *self = Self { total: self.total, whole: self.whole, ..Self::default() };
    }

    /// Whether the fields fit together.
    pub(crate) fn fits(self) -> bool {
        match self.total() {
            Some(total) if self.finished => self.transferred == total,
            Some(total) => self.transferred <= total,
            None => !self.finished,
        }
    }
}

stored! {
    /// What few files have.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
    pub(crate) struct FileExtras {
        /// The headers of the server's last response (PROGRESS-17).
        pub(crate) headers: Option<Arc<str>> = default,
        /// What an on-demand job was asked for of the file (PROP-38).
        pub(crate) random: Option<Box<RandomAccess>> = default,
    }
}

/// The states of the files in the order of adding, which is the order of transfer (FILES-12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "StoredStates", into = "StoredStates"))]
pub(crate) struct FileStates {
    list: List,
    /// Those of the first files, shared between copies of a job until one changes.
    extras: Option<Arc<Vec<FileExtras>>>,
    /// The first file whose transfer has not ended.
    next: u32,
    /// How many files wait for their FileTransferred.
    untold: u32,
}

/// Most jobs have one file, which needs no memory of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum List {
    One(FileState),
    Any(Vec<FileState>),
}

impl Default for List {
    fn default() -> Self {
        Self::Any(Vec::new())
    }
}

#[cfg(feature = "serde")]
stored! {
    /// The states of the files as they are written down.
    struct StoredStates {
        progress: Vec<FileState>,
        extras: Vec<FileExtras> = default,
    }
}

#[cfg(feature = "serde")]
impl From<StoredStates> for FileStates {
    fn from(stored: StoredStates) -> Self {
        let mut files = Self::default();
        for state in stored.progress {
            files.untold = files.untold.saturating_add(u32::from(state.untold));
            files.push(state);
        }
        files.extras = (!stored.extras.is_empty()).then(|| Arc::new(stored.extras));
        files.advance();
        files
    }
}

#[cfg(feature = "serde")]
impl From<FileStates> for StoredStates {
    fn from(files: FileStates) -> Self {
        let extras = files.extras.as_deref().cloned().unwrap_or_default();
        Self { progress: files.all().to_vec(), extras }
    }
}

fn place(file: FileIndex) -> usize {
    usize::try_from(file.0).unwrap_or(usize::MAX)
}

impl FileStates {
    pub(crate) fn push(&mut self, state: FileState) {
        match &mut self.list {
            List::Any(files) if files.is_empty() => self.list = List::One(state),
            List::Any(files) => files.push(state),
            List::One(first) => self.list = List::Any(vec![*first, state]),
        }
    }

    pub(crate) fn all(&self) -> &[FileState] {
        match &self.list {
            List::One(file) => std::slice::from_ref(file),
            List::Any(files) => files,
        }
    }

    pub(crate) fn all_mut(&mut self) -> &mut [FileState] {
        match &mut self.list {
            List::One(file) => std::slice::from_mut(file),
            List::Any(files) => files,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileIndex, FileState)> + '_ {
        (0..).map(FileIndex).zip(self.all().iter().copied())
    }

    pub(crate) fn get(&self, file: FileIndex) -> Option<FileState> {
        self.all().get(place(file)).copied()
    }

    pub(crate) fn get_mut(&mut self, file: FileIndex) -> Option<&mut FileState> {
        self.all_mut().get_mut(place(file))
    }

    pub(crate) fn shared_extras(&self) -> &Option<Arc<Vec<FileExtras>>> {
        &self.extras
    }

    pub(crate) fn extras(&self, file: FileIndex) -> Option<&FileExtras> {
        self.extras.as_ref()?.get(place(file))
    }

    /// `None` if there is no such file.
    pub(crate) fn extras_mut(&mut self, file: FileIndex) -> Option<&mut FileExtras> {
        let place = place(file);
        self.all().get(place)?;
        let extras = Arc::make_mut(self.extras.get_or_insert_default());
        // No longer than needed, so that what is equal looks equal.
        if extras.len() <= place {
            extras.resize_with(place + 1, FileExtras::default);
        }
        extras.get_mut(place)
    }

    pub(crate) fn random(&self, file: FileIndex) -> Option<&RandomAccess> {
        self.extras(file)?.random.as_deref()
    }

    /// `None` if nothing was asked for of the file.
    pub(crate) fn random_mut(&mut self, file: FileIndex) -> Option<&mut RandomAccess> {
        self.random(file)?;
        self.extras_mut(file)?.random.as_deref_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.all().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves on to the first file whose transfer has not ended.
    pub(crate) fn advance(&mut self) {
        while self.get(FileIndex(self.next)).is_some_and(|file| file.finished) {
            self.next += 1;
        }
    }

    pub(crate) fn next(&self) -> Option<FileIndex> {
        let next = FileIndex(self.next);
        self.get(next).map(|_| next)
    }

    /// The file is as if it had never been transferred.
    pub(crate) fn restart(&mut self, file: FileIndex) {
        self.set_untold(file, false);
        if let Some(restarted) = self.get_mut(file) {
            restarted.restart();
        }
        if let Some(random) = self.random_mut(file) {
            random.restart();
        }
        self.next = self.next.min(file.0);
        self.advance();
    }

    /// NOTIFY-08: files are told of in their order.
    pub(crate) fn first_untold(&self) -> Option<FileIndex> {
        if self.untold == 0 {
            return None;
        }
        self.iter().find(|(_, file)| file.untold).map(|(index, _)| index)
    }

    pub(crate) fn set_untold(&mut self, file: FileIndex, untold: bool) {
        let Some(known) = self.get_mut(file) else { return };
        let was = std::mem::replace(&mut known.untold, untold);
        self.untold = self.untold + u32::from(untold) - u32::from(was);
    }

    pub(crate) fn set_all_told(&mut self) {
        if self.untold > 0 {
            self.untold = 0;
            self.all_mut().iter_mut().for_each(|file| file.untold = false);
        }
    }

    /// The first file of which ranges arrived that were not told (NOTIFY-10).
    pub(crate) fn first_with_untold_ranges(&self) -> Option<FileIndex> {
        let extras = self.extras.iter().flat_map(|extras| extras.iter());
        let news =
            |extras: &FileExtras| extras.random.as_ref().is_some_and(|it| !it.untold.is_empty());
        (0..).map(FileIndex).zip(extras).find(|(_, extras)| news(extras)).map(|(index, _)| index)
    }

    pub(crate) fn extras_fit(&self) -> bool {
        self.extras.as_ref().is_none_or(|extras| extras.len() <= self.len())
    }

    pub(crate) fn cursor_fits(&self) -> bool {
        let (done, rest) = self.all().split_at(place(FileIndex(self.next)).min(self.len()));
        done.iter().all(|file| file.finished) && rest.first().is_none_or(|file| !file.finished)
    }
}
