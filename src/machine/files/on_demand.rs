//! On-demand jobs: ranges of a file are fetched when the client asks for them (PROP-38).

use super::config::FileConfig;
use super::file_state::FileState;
use super::random_access::RandomAccess;
use super::ranges::{GREATEST_END, RangeSet};
use crate::machine::JobStateMachine;
use crate::machine::time::moment::Moment;
use crate::machine::transitions::context::StepContext;
use crate::vocabulary::{
    Error, FileIndex, FileRange, HResult, Method, Notification, Protocol, rule,
};

impl JobStateMachine {
    /// PROP-38: ranges as requested, which dynamic content does not have.
    pub(crate) fn on_demand(&self) -> bool {
        self.config.settings.on_demand && !self.config.settings.dynamic_content
    }

    /// PROP-38, NOTIFY-10: over HTTP, and not a file with ranges of its own, an interpretation.
    pub(crate) fn has_random_access(&self, file: FileIndex) -> bool {
        let fits = |file: &FileConfig| file.protocol() == Protocol::Http && file.ranges().is_none();
        self.on_demand() && self.file_config(file).is_some_and(fits)
    }

    /// The first file of an on-demand job of which something is asked for and missing. A file with
    /// ranges of its own is asked for whole: an interpretation.
    pub(crate) fn first_waiting(&self) -> Option<FileIndex> {
        let waits = |(index, file): &(FileIndex, FileState)| {
            let asks = match self.live.files.random(*index) {
                Some(random) => random.is_waiting(),
                None => !file.finished && self.has_ranges(*index),
            };
            asks || file.is_ending()
        };
        self.live.files.iter().find(waits).map(|(index, _)| index)
    }

    pub(crate) fn has_ranges(&self, file: FileIndex) -> bool {
        self.file_config(file).is_some_and(|file| file.ranges().is_some())
    }

    pub(crate) fn check_random_access(
        &self,
        method: Method,
        file: FileIndex,
        ranges: &[FileRange],
    ) -> Result<(), Error> {
        let rule = rule!("PROP-38");
        let Some(known) = self.live.files.get(file).filter(|_| self.has_random_access(file)) else {
            let reason = "only files of HTTP downloads in on-demand mode have random access";
            let code = HResult::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
            return Err(Error::refused(method, reason, code, rule));
        };
        let size = known.total();
        if ranges.iter().any(|range| RangeSet::bounds(*range, size).is_none()) {
            let (problem, code) =
                ("a range is empty or outside the file", HResult::BG_E_INVALID_RANGE);
            return Err(Error::invalid(method, problem, code, rule));
        }
        Ok(())
    }

    /// PROP-38: further ranges may overlap earlier ones.
    pub(crate) fn request_ranges(&mut self, file: FileIndex, ranges: &[FileRange]) {
        let size = self.live.files.get(file).and_then(FileState::total);
        if let Some(random) = self.random_access(file) {
            ranges.iter().for_each(|range| random.ask(*range, size));
        }
    }

    fn random_access(&mut self, file: FileIndex) -> Option<&mut RandomAccess> {
        let there = self.live.files.get(file)?.transferred;
        let random = &mut self.live.files.extras_mut(file)?.random;
        Some(random.get_or_insert_with(|| Box::new(RandomAccess::after(there))))
    }

    pub(crate) fn move_position(&mut self, file: FileIndex, offset: u64) {
        if let Some(random) = self.random_access(file) {
            random.position = offset;
        }
    }

    /// The size is known: a range that was asked for before and lies outside fails the job.
    pub(crate) fn fit_ranges(&mut self, file: FileIndex, step: &mut StepContext) {
        let size = self.live.files.get(file).and_then(FileState::total);
        let (Some(size), Some(random)) = (size, self.live.files.random_mut(file)) else { return };
        if !random.fit(size) && self.live.state.is_active() {
            self.fail_range(step);
        }
    }

    /// How many bytes are asked for of an on-demand file and missing.
    pub(crate) fn missing_of(&self, file: FileIndex) -> u64 {
        let random = self.live.files.random(file);
        random.map_or(0, RandomAccess::missing)
    }

    /// That many bytes arrived of an on-demand file, no more than were missing.
    pub(crate) fn fill_ranges(&mut self, file: FileIndex, count: u64, now: Moment) {
        let random = self.live.files.random_mut(file);
        if let Some(random) = random.filter(|_| count > 0) {
            random.fill(count);
            self.note_change(Notification::FileRangesTransferred(file), now);
        }
    }

    /// Returns what a job wants of a file of its on-demand mode and has not, in the order of fetching: from
    /// the position on that the client reads at, then the rest. A range to the end has the length
    /// [`BG_LENGTH_TO_EOF`](crate::codes::BG_LENGTH_TO_EOF) while the size is unknown (PROP-38).
    #[must_use]
    pub fn missing_file_ranges(&self, file: FileIndex) -> Vec<FileRange> {
        let random = self.live.files.random(file);
        let range = |(first, end)| match end {
            GREATEST_END => FileRange::to_eof(first),
            end => FileRange::new(first, end - first),
        };
        random
            .map(|random| random.outstanding().into_iter().map(range).collect())
            .unwrap_or_default()
    }

    /// Returns what arrived of a file and was not told yet: what a FileRangesTransferred that starts now
    /// tells of. No byte is told of twice; that a request does not forget what was not told is an
    /// interpretation (NOTIFY-10).
    #[must_use]
    pub fn untold_file_ranges(&self, file: FileIndex) -> Vec<FileRange> {
        let random = self.live.files.random(file);
        random.map(|random| random.untold.to_ranges()).unwrap_or_default()
    }

    /// Returns what is there of a file of an on-demand job (`GetFilledFileRanges`), merged and in order
    /// (PROGRESS-18).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED` unless the job is a download over HTTP in on-demand mode
    /// (PROP-38).
    pub fn filled_file_ranges(&self, file: FileIndex) -> Result<Vec<FileRange>, Error> {
        self.check_random_access(Method::GetFilledFileRanges, file, &[])?;
        let in_order = self.live.files.get(file).map_or(0, |file| file.transferred);
        let in_order = RandomAccess::after(in_order);
        Ok(self.live.files.random(file).unwrap_or(&in_order).filled.to_ranges())
    }
}
