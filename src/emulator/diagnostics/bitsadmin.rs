//! Listings of jobs in the layout of `bitsadmin /list /verbose` and `bitsadmin /info /verbose`.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::emulator::engine::Engine;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::handles::job_ref::JobRef;
use crate::machine::JobStateMachine;
use crate::service::not_found;
use crate::vocabulary::{Error, FileIndex, JobType, Method, PeerCachingFlags, Sid, Token};

/// A listing shows the jobs of all users.
const EVERYTHING: Token = Token::service(Sid::LocalSystem);

impl Emulator {
    /// Returns the jobs in the queue as `bitsadmin /list /allusers /verbose` lists them: a layout for
    /// people, whose exact spaces may change. Owners are named as `HOST\user` if the computer has a
    /// [name](Self::set_host_name) (TOOL-01).
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// let list = emulator.bitsadmin_list();
    /// assert!(list.starts_with(&format!("GUID: {} DISPLAY: 'update'\n", job.id())));
    /// assert!(list.contains("TYPE: DOWNLOAD STATE: SUSPENDED OWNER: alice\n"));
    /// assert!(list.ends_with("Listed 1 job(s).\n"));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn bitsadmin_list(&self) -> String {
        let mut engine = self.lock();
        engine.flush_all_progress();
        let jobs = engine.service.enumerate(&EVERYTHING, true).unwrap_or_default();
        let dumps = jobs.iter().filter_map(|job| engine.service.job(*job));
        let dumps: String = dumps.map(|job| format!("{}\n", engine.dump(job))).collect();
        format!("{dumps}Listed {} job(s).\n", jobs.len())
    }

    /// Returns one job as `bitsadmin /info /verbose` shows it. A job that left the queue is shown, too, as
    /// long as a handle holds it.
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND` if no such job is in the queue and no handle holds one that left it, and for a handle of
    /// a job of [another emulator](crate::emulator::JobRef).
    pub fn bitsadmin_info<'job>(&self, job: impl Into<JobRef<'job>>) -> Result<String, Error> {
        let (job, mut engine) = (self.id_of(job)?, self.lock());
        engine.flush_progress(job);
        let job = engine.service.job(job).ok_or_else(|| not_found(Method::GetJob))?;
        Ok(engine.dump(job).to_string())
    }
}

impl Engine {
    fn dump<'engine>(&self, job: &'engine JobStateMachine) -> Dump<'engine> {
        Dump { job, owner: self.accounts.full_name(job.owner()) }
    }
}

struct Dump<'engine> {
    job: &'engine JobStateMachine,
    owner: String,
}

impl fmt::Display for Dump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, owner } = self;
        let (progress, times) = (job.progress(), job.times());
        writeln!(f, "GUID: {} DISPLAY: '{}'", job.id(), job.display_name())?;
        writeln!(f, "TYPE: {} STATE: {} OWNER: {owner}", job.job_type(), job.state())?;
        let files = format!("{} / {}", progress.files_transferred, progress.files_total);
        let bytes = bytes_of(progress.bytes_transferred, progress.bytes_total);
        writeln!(f, "PRIORITY: {} FILES: {files} BYTES: {bytes}", job.priority())?;
        let (created, modified) = (time(times.creation), time(times.modification));
        writeln!(f, "CREATION TIME: {created} MODIFICATION TIME: {modified}")?;
        let completed = times.transfer_completion.map_or_else(|| "UNKNOWN".to_owned(), time);
        let acl: String =
            job.file_acl_flags().iter_names().map(|(name, _)| initial(name)).collect();
        writeln!(f, "{}", format!("COMPLETION TIME: {completed} ACL FLAGS: {acl}").trim_end())?;
        let registered = job.notify_interface().map_or("UNREGISTERED", |_| "REGISTERED");
        let flags = job.notify_flags().bits();
        writeln!(f, "NOTIFY INTERFACE: {registered} NOTIFICATION FLAGS: {flags}")?;
        let (delay, timeout) = (job.minimum_retry_delay(), job.no_progress_timeout());
        let errors = job.error_count();
        writeln!(f, "RETRY DELAY: {delay} NO PROGRESS TIMEOUT: {timeout} ERROR COUNT: {errors}")?;
        let proxy = job.proxy_settings();
        let (list, bypass) =
            (or_null(proxy.proxy_list.as_deref()), or_null(proxy.bypass_list.as_deref()));
        let usage = proxy.usage;
        writeln!(f, "PROXY USAGE: {usage} PROXY LIST: {list} PROXY BYPASS LIST: {bypass}")?;
        self.write_error(f)?;
        writeln!(f, "{}", format!("DESCRIPTION: {}", job.description()).trim_end())?;
        self.write_files(f)?;
        self.write_reply(f)?;
        match job.notify_cmd_line() {
            ("", _) => writeln!(f, "NOTIFICATION COMMAND LINE: none")?,
            (program, parameters) => {
                let line = format!("NOTIFICATION COMMAND LINE: '{program}' '{parameters}'");
                writeln!(f, "{line}")?;
            }
        }
        let level = job.owner_integrity_level().to_string();
        writeln!(f, "owner MIC integrity level: {}", level.trim_end_matches("_RID"))?;
        writeln!(f, "owner elevated ?           {}", job.owner_elevation_state())?;
        let peers = job.peer_caching_flags();
        writeln!(f, "Peercaching flags")?;
        let from = peers.contains(PeerCachingFlags::ENABLE_CLIENT);
        let to = peers.contains(PeerCachingFlags::ENABLE_SERVER);
        writeln!(f, "    Enable download from peers : {from}")?;
        writeln!(f, "    Enable serving to peers    : {to}")?;
        let headers = job.custom_headers(&Token { user: job.owner(), ..EVERYTHING }).ok().flatten();
        writeln!(f, "CUSTOM HEADERS: {}", or_null(headers).trim_end())
    }
}

impl Dump<'_> {
    fn write_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(error) = self.job.error() else { return Ok(()) };
        if let Some(file) = error.file().ok().and_then(|file| self.job.file(file)) {
            writeln!(f, "ERROR FILE:    {} -> {}", file.remote_name, file.local_name)?;
        }
        let (code, context) = (error.code(), error.context());
        let meaning = code.meaning();
        writeln!(f, "ERROR CODE:    0x{:08x} - {meaning}", code.value())?;
        writeln!(f, "ERROR CONTEXT: 0x{:08x} - {}", context.value(), context.meaning())
    }

    fn write_files(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "JOB FILES:")?;
        for index in (0..self.job.file_count()).map(FileIndex) {
            let file = self.job.file(index).zip(self.job.file_progress(index));
            let Some((file, progress)) = file else { continue };
            let bytes = bytes_of(progress.bytes_transferred, progress.bytes_total);
            // TOOL-01: of a TRANSFERRED download no file is available yet.
            let is = if progress.completed { "COMPLETED" } else { "WORKING" };
            writeln!(f, "        {bytes} {is} {} -> {}", file.remote_name, file.local_name)?;
        }
        Ok(())
    }

    fn write_reply(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.job.job_type() != JobType::UploadReply {
            return Ok(());
        }
        let name = self.job.reply_file_name().ok().flatten();
        let progress = self.job.reply_progress();
        let bytes = progress.map_or_else(
            |_| bytes_of(0, None),
            |reply| bytes_of(reply.bytes_transferred, reply.bytes_total),
        );
        writeln!(f, "REPLY FILE: '{}' {bytes}", name.unwrap_or_default())
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

fn bytes_of(bytes: u64, total: Option<u64>) -> String {
    let total = total.map_or_else(|| "UNKNOWN".to_owned(), |total| total.to_string());
    format!("{bytes} / {total}")
}

fn or_null(text: Option<&str>) -> &str {
    text.unwrap_or("NULL")
}

fn initial(name: &str) -> &str {
    name.get(..1).unwrap_or_default()
}
