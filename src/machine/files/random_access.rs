//! On-demand jobs: ranges of a file are fetched when the client asks for them (PROP-38).

use super::JobFile;
use super::ranges::RangeSet;
use crate::machine::JobStateMachine;
use crate::machine::input::outcome::Outcome;
use crate::machine::time::moment::Moment;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{Error, FileIndex, FileRange, HResult, Method, Protocol, RuleId};

/// What of one file was asked for, and what is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct RandomAccess {
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    asked: RangeSet,
    /// From here to the end, while nobody knows where that is.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    to_end: Option<u64>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    filled: RangeSet,
    /// There, and not told yet (NOTIFY-10).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    news: RangeSet,
    /// Where the client reads on.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    position: u64,
}

impl RandomAccess {
    /// That of a file; what came before there was any came in order.
    fn of(file: &mut JobFile) -> &mut Self {
        let there = file.bytes.transferred;
        file.random.get_or_insert_with(|| {
            let mut random = Box::<Self>::default();
            random.filled.add((0, there));
            random
        })
    }

    /// What is asked for and missing, in the order of fetching: from the position on, then the rest.
    fn outstanding(&self) -> Vec<(u64, u64)> {
        let mut wanted = self.asked.clone();
        wanted.add((self.to_end.unwrap_or(u64::MAX), u64::MAX));
        let gaps: Vec<_> =
            wanted.iter().flat_map(|range| self.filled.missing(range).to_vec()).collect();
        let position = self.position;
        let behind = gaps.iter().filter(|(_, end)| *end > position);
        let before = gaps.iter().filter(|(first, _)| *first < position);
        behind
            .map(|(first, end)| (position.max(*first), *end))
            .chain(before.map(|(first, end)| (*first, position.min(*end))))
            .collect()
    }

    fn ask(&mut self, range: FileRange, size: Option<u64>) {
        match (range.end(), size) {
            (None, None) => {
                let first = range.initial_offset;
                self.to_end = Some(self.to_end.map_or(first, |known| known.min(first)));
            }
            _ => RangeSet::bounds(range, size).into_iter().for_each(|range| self.asked.add(range)),
        }
    }

    /// The size is known. Says whether all that is asked for lies within.
    fn fit(&mut self, size: u64) -> bool {
        let within = self.asked.iter().all(|(_, end)| end <= size)
            && self.to_end.is_none_or(|first| first < size);
        self.asked.cut(size);
        if let Some(first) = self.to_end.take() {
            self.asked.add((first, size));
        }
        within
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.outstanding().is_empty()
    }

    /// How many bytes are asked for and missing.
    fn missing(&self) -> u64 {
        self.outstanding().iter().fold(0, |sum, (first, end)| sum.saturating_add(end - first))
    }

    /// So many bytes arrived of what is outstanding.
    fn fill(&mut self, mut count: u64) {
        for (first, end) in self.outstanding() {
            let end = first.saturating_add(count).min(end);
            count -= end - first;
            self.filled.add((first, end));
            self.news.add((first, end));
        }
    }

    pub(crate) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    pub(crate) fn forget_news(&mut self) {
        self.news.clear();
    }

    /// The file starts again from zero.
    pub(crate) fn restart(&mut self) {
        self.filled.clear();
        self.news.clear();
    }
}

impl JobStateMachine {
    /// PROP-38: ranges as requested, which dynamic content does not have.
    pub(crate) fn on_demand(&self) -> bool {
        self.settings.on_demand && !self.settings.dynamic_content
    }

    /// PROP-38, NOTIFY-10: over HTTP, and not a file with ranges of its own, our reading.
    pub(crate) fn has_random_access(&self, file: FileIndex) -> bool {
        let fits = |file: &JobFile| file.protocol == Protocol::Http && file.parts.is_none();
        self.on_demand() && self.files.get(file).is_some_and(fits)
    }

    pub(crate) fn admit_random_access(
        &self,
        method: Method,
        file: FileIndex,
        ranges: &[FileRange],
    ) -> Result<(), Error> {
        let rule = const { RuleId::new("PROP-38") };
        let Some(known) = self.files.get(file).filter(|_| self.has_random_access(file)) else {
            let reason = "only files of HTTP downloads in on-demand mode have random access";
            let code = HResult::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
            return Err(Error::Refused { method, reason, code, rule });
        };
        let size = known.bytes.total;
        if ranges.iter().any(|range| RangeSet::bounds(*range, size).is_none()) {
            let (problem, code) =
                ("a range is empty or outside the file", HResult::BG_E_INVALID_RANGE);
            return Err(Error::InvalidArgument { method, problem, code, rule });
        }
        Ok(())
    }

    /// PROP-38: further ranges may overlap earlier ones.
    pub(crate) fn request_ranges(&mut self, file: FileIndex, ranges: &[FileRange]) {
        if let Some(file) = self.files.get_mut(file) {
            let size = file.bytes.total;
            let random = RandomAccess::of(file);
            ranges.iter().for_each(|range| random.ask(*range, size));
        }
    }

    pub(crate) fn move_position(&mut self, file: FileIndex, offset: u64) {
        if let Some(file) = self.files.get_mut(file) {
            RandomAccess::of(file).position = offset;
        }
    }

    /// The size is known: a range that was asked for before and lies outside fails the job.
    pub(crate) fn fit_ranges(&mut self, file: FileIndex, now: Moment, out: &mut Outcome) {
        let Some(file) = self.files.get_mut(file) else { return };
        let (Some(size), Some(random)) = (file.bytes.total, &mut file.random) else { return };
        if !random.fit(size) && self.state.is_active() {
            self.fail_range(now, out);
        }
    }

    /// How many bytes are asked for of an on-demand file and missing.
    pub(crate) fn missing_of(&self, file: FileIndex) -> u64 {
        let random = self.files.get(file).and_then(|file| file.random.as_deref());
        random.map_or(0, RandomAccess::missing)
    }

    /// So many bytes arrived of an on-demand file, no more than were missing.
    pub(crate) fn fill_ranges(&mut self, file: FileIndex, count: u64, now: Moment) {
        let random = self.files.get_mut(file).and_then(|file| file.random.as_deref_mut());
        if let Some(random) = random.filter(|_| count > 0) {
            random.fill(count);
            self.note_ranges(now);
        }
    }

    /// What a job wants of a file of its on-demand mode and has not, in the order of fetching: from
    /// the position on that the client reads at, then the rest. A range to the end has the length
    /// [`BG_LENGTH_TO_EOF`](crate::codes::BG_LENGTH_TO_EOF) while the size is unknown (PROP-38).
    #[must_use]
    pub fn missing_file_ranges(&self, file: FileIndex) -> Vec<FileRange> {
        let random = self.files.get(file).and_then(|file| file.random.as_deref());
        let range = |(first, end)| match end {
            u64::MAX => FileRange::to_eof(first),
            end => FileRange::new(first, end - first),
        };
        random
            .map(|random| random.outstanding().into_iter().map(range).collect())
            .unwrap_or_default()
    }

    /// What arrived of a file and was not told yet: what a FileRangesTransferred that starts now
    /// tells of. No byte is told of twice; that a request does not forget what was not told is our
    /// reading (NOTIFY-10).
    #[must_use]
    pub fn untold_file_ranges(&self, file: FileIndex) -> Vec<FileRange> {
        let random = self.files.get(file).and_then(|file| file.random.as_deref());
        random.map(|random| random.news.to_ranges()).unwrap_or_default()
    }

    /// `GetFilledFileRanges`: what is there of a file of an on-demand job, merged and in order
    /// (PROGRESS-18).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED` unless the job is a download over HTTP in on-demand mode
    /// (PROP-38).
    pub fn filled_file_ranges(&self, file: FileIndex) -> Result<Vec<FileRange>, Error> {
        self.admit_random_access(Method::GetFilledFileRanges, file, &[])?;
        let Some(file) = self.files.get(file) else { return Ok(Vec::new()) };
        let mut in_order = RangeSet::default();
        in_order.add((0, file.bytes.transferred));
        let filled = file.random.as_deref().map_or(&in_order, |random| &random.filled);
        Ok(filled.to_ranges())
    }
}
