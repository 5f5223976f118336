//! Files come in, and change their remote names.

use std::sync::Arc;

use super::config::FileConfig;
use super::file_state::{FileState, Size};
use crate::machine::JobStateMachine;
use crate::machine::input::call::Directory;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::text::names;
use crate::vocabulary::text::names::RangeProblem;
use crate::vocabulary::{
    Error, FileIndex, FileInfo, FileRange, HResult, JobType, Method, Protocol, RemoteName, RuleId,
    Token, rule,
};

/// FILES-04
const NO_RANGES_OF_SHARES: &str = "ranges are for HTTP only, not for a share";

impl JobStateMachine {
    /// The checks in a fixed order, which is an interpretation: state, type and one-file limit,
    /// names, access, policy limits (FILES-11). One bad file refuses all of a set, for every cause:
    /// an interpretation (FILES-10).
    pub(crate) fn check_files(
        &self,
        by: &Token,
        method: Method,
        files: &[FileInfo],
        ranges: Option<&[FileRange]>,
        directory: Directory,
    ) -> Result<(), Error> {
        if ranges.is_some() {
            self.check_download(method, rule!("FILES-17"))?;
        }
        if self.config.job_type != JobType::Download
            && (files.len() > 1 || !self.live.files.is_empty())
        {
            let rule = match method {
                Method::AddFileSet => rule!("FILES-08"),
                _ => rule!("FILES-07"),
            };
            return Err(Error::TooManyFiles { method, job_type: self.config.job_type, rule });
        }
        files.iter().try_for_each(|file| self.check_names(method, file, ranges))?;
        ranges.map_or(Ok(()), |ranges| self.check_ranges(ranges))?;
        // FILES-06, FILES-33: an upload only reads there.
        if self.config.job_type == JobType::Download || directory == Directory::Missing {
            check_directory(method, directory)?;
        }
        self.check_limits(by, method, files.len(), ranges)
    }

    /// FILES-02 to FILES-05; UPLOAD-25: an upload may go to a share, an upload-reply may not.
    fn check_names(
        &self,
        method: Method,
        file: &FileInfo,
        ranges: Option<&[FileRange]>,
    ) -> Result<(), Error> {
        let invalid = |problem, rule| Error::invalid(method, problem, HResult::E_INVALIDARG, rule);
        let remote = file.remote_name.check(self.config.readings.illegal_characters);
        let protocol = remote.map_err(|problem| invalid(problem, rule!("FILES-03")))?;
        names::check_local_name(&file.local_name)
            .map_err(|problem| invalid(problem, rule!("FILES-05")))?;
        let problem = match protocol {
            Protocol::File if self.config.job_type == JobType::UploadReply => {
                "an upload-reply goes to HTTP servers only, not to a share"
            }
            Protocol::File if ranges.is_some() => NO_RANGES_OF_SHARES,
            Protocol::File | Protocol::Http => return Ok(()),
        };
        Err(invalid(problem, rule!("FILES-04")))
    }

    /// FILES-17, FILES-18, FILES-20
    fn check_ranges(&self, ranges: &[FileRange]) -> Result<(), Error> {
        let method = Method::AddFileWithRanges;
        if self.config.settings.dynamic_content {
            let (problem, code) = ("dynamic content has no ranges", HResult::E_INVALIDARG);
            return Err(Error::invalid(method, problem, code, rule!("PROP-33")));
        }
        names::check_ranges(ranges).map_err(|found| {
            let (code, rule) = match found {
                RangeProblem::Empty => (HResult::E_INVALIDARG, rule!("FILES-17")),
                RangeProblem::Invalid => (HResult::BG_E_INVALID_RANGE, rule!("FILES-18")),
                RangeProblem::Overlapping => (HResult::BG_E_OVERLAPPING_RANGES, rule!("FILES-20")),
            };
            Error::invalid(method, found.text(), code, rule)
        })
    }

    /// FILES-09, FILES-19: administrators and services are exempt.
    fn check_limits(
        &self,
        by: &Token,
        method: Method,
        added: usize,
        ranges: Option<&[FileRange]>,
    ) -> Result<(), Error> {
        let limits = self.config.limits;
        let exceeds = |count, limit| !by.is_exempt_from_limits() && exceeds(count, limit);
        let (reason, code, rule) = if exceeds(self.live.files.len() + added, limits.files_per_job) {
            let reason = "the job would have more files than the policy MaxFilesPerJob allows";
            (reason, HResult::BG_E_TOO_MANY_FILES_IN_JOB, rule!("FILES-09"))
        } else if exceeds(ranges.map_or(0, <[FileRange]>::len), limits.ranges_per_file) {
            let reason = "the file would have more ranges than the policy MaxRangesPerFile allows";
            (reason, HResult::BG_E_TOO_MANY_RANGES_IN_FILE, rule!("FILES-19"))
        } else {
            return Ok(());
        };
        Err(Error::refused(method, reason, code, rule))
    }

    /// Refuses what only downloads have.
    pub(crate) fn check_download(&self, method: Method, rule: RuleId) -> Result<(), Error> {
        let job_type = self.config.job_type;
        ensure(job_type == JobType::Download, Error::NotForJobType { method, job_type, rule })
    }

    /// Appends files: they are transferred in this order (FILES-12), also in a run that goes on
    /// (FILES-15, an interpretation), and stay for the life of the job (FILES-16, ERR-35). The same
    /// name twice is accepted: an interpretation (FILES-13).
    pub(crate) fn add_files(&mut self, files: &[FileInfo], ranges: Option<&Arc<[FileRange]>>) {
        let config = self.config_mut();
        // Most jobs have one file only.
        config.files.reserve_exact(if config.files.is_empty() { files.len() } else { 0 });
        let wanted = || ranges.map(Arc::clone);
        config.files.extend(files.iter().map(|info| FileConfig::new(info.clone(), wanted())));
        // PROGRESS-04: that it is known before the first Resume is an interpretation.
        let total = ranges.and_then(|ranges| total_of(ranges)).map(Size::from);
        files
            .iter()
            .for_each(|_| self.live.files.push(FileState { total, ..FileState::default() }));
    }

    /// A file that the job does not have cannot be meant by any client: an interpretation.
    pub(crate) fn check_index(&self, method: Method, file: FileIndex) -> Result<(), Error> {
        let (problem, code) = ("the job has no such file", HResult::E_INVALIDARG);
        let error = Error::invalid(method, problem, code, rule!("FILES-28"));
        ensure(self.file_config(file).is_some(), error)
    }

    /// FILES-24
    pub(crate) fn check_remote_name(
        &self,
        file: FileIndex,
        name: &RemoteName,
    ) -> Result<(), Error> {
        let method = Method::SetRemoteName;
        let rule = rule!("FILES-24");
        self.check_download(method, rule)?;
        self.check_index(method, file)?;
        let invalid = |problem| Error::invalid(method, problem, HResult::E_INVALIDARG, rule);
        self.file_config(file)
            .map_or(Ok(()), |file| self.check_new_name(file, name))
            .map_err(invalid)
    }

    /// FILES-27: nothing is changed if one of several results is invalid, an interpretation.
    pub(crate) fn check_remote_prefix(&self, old: &str, new: &str) -> Result<(), Error> {
        let method = Method::ReplaceRemotePrefix;
        let rule = rule!("FILES-27");
        self.check_download(method, rule)?;
        let invalid = |problem| Error::invalid(method, problem, HResult::E_INVALIDARG, rule);
        if old.is_empty() || new.is_empty() {
            return Err(invalid("the old and the new prefix must not be empty"));
        }
        self.config
            .files
            .iter()
            .filter_map(|file| Some((file, replaced(&file.info.remote_name, old, new)?)))
            .try_for_each(|(file, name)| self.check_new_name(file, &name).map_err(invalid))
    }

    /// FILES-03; FILES-04: no ranges of a file on a share.
    fn check_new_name(&self, file: &FileConfig, name: &RemoteName) -> Result<(), &'static str> {
        match name.check(self.config.readings.illegal_characters)? {
            Protocol::File if file.ranges().is_some() => Err(NO_RANGES_OF_SHARES),
            Protocol::File | Protocol::Http => Ok(()),
        }
    }

    /// FILES-24, FILES-25: the new name is not persisted before the next `Resume`. A transfer under
    /// way goes on with the old one.
    pub(crate) fn change_remote_name(&mut self, file: FileIndex, name: RemoteName) {
        if let Some(file) = self.file_config_mut(file) {
            file.rename_for_now(name);
        }
    }

    /// FILES-27: case-sensitive; says whether a name began with the old prefix. Files transferred
    /// already get the new name too, but are not transferred again (FILES-26).
    pub(crate) fn replace_remote_prefix(&mut self, old: &str, new: &str) -> bool {
        let found = self.config.files.iter().any(|file| file.info.remote_name.starts_with(old));
        if found {
            for file in &mut self.config_mut().files {
                if let Some(name) = replaced(&file.info.remote_name, old, new) {
                    file.info.remote_name = name;
                }
            }
        }
        found
    }

    /// FILES-25: `Resume` persists changed names.
    pub(crate) fn persist_names(&mut self) {
        if self.config.files.iter().any(FileConfig::has_persisted_name) {
            self.config_mut().files.iter_mut().for_each(|file| drop(file.take_persisted_name()));
        }
    }

    /// FILES-25: a restart loses names that were not persisted.
    pub(crate) fn restore_names(&mut self) {
        if self.config.files.iter().any(FileConfig::has_persisted_name) {
            for file in &mut self.config_mut().files {
                if let Some(name) = file.take_persisted_name() {
                    file.info.remote_name = name;
                }
            }
        }
    }
}

/// PROGRESS-04: the bytes of ranges, `None` if one goes to the end of the file.
fn total_of(ranges: &[FileRange]) -> Option<u64> {
    let length = |range: &FileRange| Some(range.end()? - range.initial_offset);
    ranges.iter().try_fold(0_u64, |sum, range| sum.checked_add(length(range)?))
}

/// FILES-05, FILES-06: what the disk says. That a missing directory makes the name invalid is an
/// interpretation.
pub(crate) fn check_directory(method: Method, directory: Directory) -> Result<(), Error> {
    match directory {
        Directory::Writable => Ok(()),
        Directory::Missing => {
            let problem = "the directory of the local name does not exist; create it first";
            Err(Error::invalid(method, problem, HResult::E_INVALIDARG, rule!("FILES-05")))
        }
        Directory::Denied => {
            let reason = "the caller may not write to the directory of the local name";
            Err(Error::denied(method, reason, rule!("FILES-06")))
        }
    }
}

fn exceeds(count: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| count > limit)
}

fn replaced(name: &str, old: &str, new: &str) -> Option<RemoteName> {
    name.strip_prefix(old).map(|rest| format!("{new}{rest}").into())
}
