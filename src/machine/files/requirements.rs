//! What the next request of a job demands of a server and a proxy.

use super::item::TransferItem;
use crate::machine::JobStateMachine;
use crate::vocabulary::text::names;
use crate::vocabulary::{DynamicHead, HResult, JobType, Protocol, ProxyUsage};

/// Up to this size a foreground job fetches a file without ranges: 2 GB (SCHED-18).
const LARGEST_WITHOUT_RANGES: u64 = 2 * 1024 * 1024 * 1024;

impl JobStateMachine {
    /// Returns whether the server must tell the size of the file, else the attempt fails with
    /// `BG_E_MISSING_FILE_SIZE` (HTTP-02). Only dynamic content goes without (PROP-33, HTTP-04).
    #[must_use]
    pub fn needs_size(&self) -> bool {
        !self.config.settings.dynamic_content
    }

    /// Returns whether each download of a file begins with HEAD, over HTTP (HTTP-18). Not with a custom
    /// method; with dynamic content as the readings say (PROP-33).
    #[must_use]
    pub fn sends_head(&self) -> bool {
        let settings = &self.config.settings;
        let reading = self.config.readings.dynamic_head == DynamicHead::Sends;
        !self.config.http.has_custom_method() && (!settings.dynamic_content || reading)
    }

    /// Returns whether the server must support ranges for a file of that size, else the attempt fails with
    /// `BG_E_INSUFFICIENT_RANGE_SUPPORT` (HTTP-03). Foreground jobs do without up to 2 GB, unless
    /// they resume or want only parts (SCHED-18). Dynamic content and custom methods always do
    /// (PROP-33, PROP-39). When it is noticed is an interpretation (HTTP-03).
    ///
    /// ```
    /// use bits_emulator::{FileInfo, JobPriority};
    /// use bits_emulator::machine::{Call, JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let mut job = JobStateMachine::new(JobOptions::default(), now);
    /// job.call(Call::add_file(FileInfo::new("https://example.com/a", r"C:\a")), now)?;
    /// assert!(job.needs_ranges(1_000));
    ///
    /// job.call(Call::SetPriority(JobPriority::Foreground), now)?;
    /// assert!(!job.needs_ranges(1_000));
    /// assert!(job.needs_ranges(3 << 30));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn needs_ranges(&self, size: u64) -> bool {
        let whole = self.config.settings.dynamic_content || self.config.http.has_custom_method();
        if whole || self.config.job_type != JobType::Download || size == 0 {
            return false;
        }
        let Some(TransferItem::File(file)) = self.current() else { return false };
        if self.file_config(file).is_none_or(|file| file.protocol() != Protocol::Http) {
            return false;
        }
        let files = &self.live.files;
        let begun = files.get(file).is_some_and(|file| file.transferred > 0);
        let parts = begun || self.has_ranges(file) || files.random(file).is_some();
        parts || self.config.settings.priority.is_background() || size > LARGEST_WITHOUT_RANGES
    }

    /// PROP-13: what a given proxy list says is looked at now that it is used.
    pub(crate) fn proxy_failure(&self) -> Option<HResult> {
        let settings = self.config.http.proxy()?;
        let list = settings.proxy_list.as_deref().unwrap_or_default();
        let bypass = settings.bypass_list.as_deref().unwrap_or_default();
        let right =
            names::check_proxy_list(list).is_ok() && names::check_proxy_bypass(bypass).is_ok();
        (settings.usage == ProxyUsage::Override && !right)
            .then_some(HResult::BG_E_INVALID_PROXY_INFO)
    }
}
