//! What a client set, which the getters have to tell.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, ComputerEvent, Event, FileIndex, JobOptions, JobStateMachine, TransferItem,
    ValidationInterface,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::readings::DefaultCost;
use bits_emulator::server::RemoteName;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, JobProperty, JobPropertyId, RedirectPolicy,
};
use bits_emulator::{HResult, JobPriority, JobType};

use crate::model::ledger::{has_other_method, is_high_performance};
use crate::model::seen::{Seen, SeenFile, difference, pairs, text};
use crate::trace::Step;

/// What was set, as far as it counts now.
#[derive(Clone, PartialEq)]
pub(crate) struct Memory {
    expected: Seen,
    credentials: BTreeMap<(AuthTarget, AuthScheme), Credentials>,
    headers_write_only: bool,
    /// The client set cost flags, or those by default, with the answer to which they are.
    cost_flags_set: bool,
    default_cost: DefaultCost,
    /// The name of the reply file, if the client chose one.
    reply_name: Option<Arc<str>>,
    /// Remote names as they are persisted, where they differ (FILES-25).
    persisted: BTreeMap<usize, RemoteName>,
    /// Files whose name changed again meanwhile: whether that was persisted is not said.
    unclear: BTreeSet<usize>,
}

impl Memory {
    /// Of a new job (CREATE-07).
    pub(crate) fn new(options: &JobOptions) -> Self {
        let job = JobStateMachine::new(*options, crate::common::start());
        Self {
            expected: Seen::of(&job, &options.owner),
            credentials: BTreeMap::new(),
            headers_write_only: false,
            cost_flags_set: false,
            default_cost: options.readings.default_cost,
            reply_name: None,
            persisted: BTreeMap::new(),
            unclear: BTreeSet::new(),
        }
    }

    /// Follows a step by that caller of a job of that owner. Says which rule it broke, if it did.
    pub(crate) fn follow(&mut self, step: &Step, by: Token, owner: Token) -> Option<String> {
        if let Some(call) = step.accepted() {
            self.note_call(step, call, by);
        }
        self.note_complete(step);
        // DONE-22: what was said of the content of a file goes with the content.
        for (file, seen) in (0..).map(FileIndex).zip(&mut self.expected.files) {
            let bytes = |job: &JobStateMachine| {
                job.file_progress(file).map_or(0, |file| file.bytes_transferred)
            };
            seen.valid &= bytes(&step.before) <= bytes(&step.after);
        }
        if let Some(event) = step.event() {
            self.note_event(step, event);
        }
        let seen = Seen::of(&step.after, &owner);
        self.note_headers_and_credentials();
        self.note_cost_flags(step);
        let rule = match (step.accepted(), step.event()) {
            (Some(Call::TakeOwnership(_)), _) => "INV-52",
            (_, Some(Event::Computer(ComputerEvent::ServiceRestarted))) => "INV-57",
            _ => "INV-53",
        };
        let other = has_other_method(&step.after);
        let foreground = !step.after.priority().is_background();
        let checks = [
            (rule, seen == self.expected),
            ("INV-53, UPLOAD-10", self.reply_name_is_told(&step.after)),
            ("INV-55", !other || foreground && step.after.state() != crate::common::TransientError),
        ];
        let (broken, _) = checks.into_iter().find(|(_, holds)| !holds)?;
        Some(format!("{broken}\n{}", difference(&self.expected, &seen)))
    }

    fn note_headers_and_credentials(&mut self) {
        let known = &self.credentials;
        // PROP-19: those of the logged-on user for the proxy serve the server too.
        let found = |(target, scheme)| {
            let implicit = || {
                let proxy = known.get(&(AuthTarget::Proxy, scheme));
                proxy.filter(|proxy| proxy.user_name.is_none() && target == AuthTarget::Server)
            };
            known.get(&(target, scheme)).or_else(implicit).cloned()
        };
        self.expected.credentials = pairs().map(found).collect();
        self.expected.readable_headers = match self.headers_write_only {
            true => Err(HResult::E_ACCESSDENIED),
            false => Ok(self.expected.headers.clone()),
        };
    }

    /// PROP-31: those by default go with the priority.
    fn note_cost_flags(&mut self, step: &Step) {
        let sets = |call: &Call| matches!(call, Call::SetProperty(JobProperty::CostFlags(_)));
        self.cost_flags_set |= step.accepted().is_some_and(sets);
        if self.cost_flags_set {
            return;
        }
        let always = match self.default_cost {
            DefaultCost::Always => true,
            DefaultCost::ForegroundAlways => !self.expected.priority.is_background(),
            _ => false,
        };
        let flags =
            if always { CostFlags::TRANSFER_ALWAYS } else { CostFlags::TRANSFER_UNRESTRICTED };
        let mut places = JobPropertyId::ALL.iter().zip(&mut self.expected.properties);
        let place = places.find(|(id, _)| **id == JobPropertyId::CostFlags);
        *place.unwrap().1 = Some(JobProperty::CostFlags(flags));
    }

    fn note_call(&mut self, step: &Step, call: &Call, by: Token) {
        let seen = &mut self.expected;
        match call {
            Call::AddFile(file, _) => seen.files.push(SeenFile::new(file, &[])),
            Call::AddFileSet(files, _) => {
                seen.files.extend(files.iter().map(|file| SeenFile::new(file, &[])));
            }
            Call::AddFileWithRanges(file, ranges, _) => {
                seen.files.push(SeenFile::new(file, ranges));
            }
            Call::Resume => {
                self.persisted.clear();
                self.unclear.clear();
            }
            Call::SetDisplayName(name) => seen.texts[0] = text(name.as_deref().unwrap()),
            Call::SetDescription(name) => seen.texts[1] = text(name.as_deref().unwrap()),
            Call::SetPriority(priority) => seen.priority = *priority,
            Call::SetMinimumRetryDelay(seconds) => seen.seconds[0] = *seconds.max(&5), // TIME-03
            Call::SetNoProgressTimeout(seconds) => seen.seconds[1] = *seconds,
            Call::SetMaximumDownloadTime(seconds) => seen.seconds[2] = *seconds,
            Call::SetNotifyFlags(flags) => seen.notify_flags = *flags,
            Call::SetNotifyInterface(interface) => seen.notify_interface = *interface,
            Call::SetNotifyCmdLine { program, parameters } => {
                let texts = [program.as_deref(), parameters.as_deref()];
                seen.command_line = texts.map(|told| text(told.unwrap_or_default()));
            }
            Call::SetFileAclFlags(flags) => seen.acl_flags = *flags,
            Call::SetPeerCachingFlags(flags) => seen.peer_caching = *flags,
            Call::SetHelperTokenFlags(flags) => seen.token_flags = *flags,
            Call::SetHelperToken => seen.token = Some(by.user),
            Call::ClearHelperToken => seen.token = None,
            Call::SetReplyFileName(name, _) => {
                self.reply_name = name.clone().filter(|name| !name.is_empty());
            }
            Call::SetValidationState(FileIndex(file), valid) => {
                seen.files[*file as usize].valid = *valid;
            }
            Call::SetRemoteName(FileIndex(file), name) => {
                let file = *file as usize;
                let old = std::mem::replace(&mut seen.files[file].remote_name, name.clone());
                self.persisted.entry(file).or_insert(old);
            }
            Call::ReplaceRemotePrefix { old, new } => {
                for file in &mut seen.files {
                    if let Some(rest) = file.remote_name.strip_prefix(&**old) {
                        file.remote_name = format!("{new}{rest}").into();
                    }
                }
                self.unclear.extend(self.persisted.keys());
            }
            Call::TakeOwnership(_) => self.note_owner(by),
            other => self.note_http_option(step, other),
        }
    }

    fn note_http_option(&mut self, step: &Step, call: &Call) {
        let seen = &mut self.expected;
        match call {
            Call::SetProxySettings(settings) => seen.proxy = (**settings).clone(),
            Call::SetCredentials(new) => {
                self.credentials.insert((new.target, new.scheme), (**new).clone());
            }
            Call::RemoveCredentials(target, scheme) => {
                self.credentials.remove(&(*target, *scheme));
            }
            Call::SetClientCertificate(new, _) => seen.certificate = Some((**new).clone()),
            Call::RemoveClientCertificate => seen.certificate = None,
            Call::SetCustomHeaders(headers) => seen.headers = headers.as_deref().map(text),
            Call::MakeCustomHeadersWriteOnly => self.headers_write_only = true,
            Call::SetSecurityFlags(flags) => seen.security_flags = *flags,
            Call::SetServerCertificateValidationInterface(interface) => {
                seen.checks_certificates = *interface == ValidationInterface::Callback;
            }
            Call::SetHttpMethod(name) => {
                let default = match step.before.job_type() {
                    JobType::Download => "GET",
                    JobType::Upload | JobType::UploadReply => "BITS_POST",
                };
                if **name != *default {
                    seen.http_method = text(name);
                    seen.priority = JobPriority::Foreground; // PROP-39
                }
            }
            Call::SetProperty(property) => {
                let ids = JobPropertyId::ALL.iter();
                let mut places = ids.zip(&mut seen.properties);
                let place = places.find(|(id, _)| **id == property.id());
                *place.unwrap().1 = Some(*property);
            }
            _ => {}
        }
    }

    /// SEC-07, SEC-14
    fn note_owner(&mut self, by: Token) {
        let seen = &mut self.expected;
        seen.owner = (by.user, by.integrity, by.elevated);
        seen.certificate = None;
        seen.headers = None;
        seen.command_line = [String::new(), String::new()];
        self.credentials.clear();
    }

    /// DONE-22: what `Complete` makes available counts as valid.
    fn note_complete(&mut self, step: &Step) {
        for (file, seen) in (0..).map(FileIndex).zip(&mut self.expected.files) {
            let available = |job: &JobStateMachine| {
                job.job_type() == JobType::Download && job.file_progress(file).unwrap().completed
            };
            if matches!(step.call(), Some(Call::Complete(_))) {
                seen.valid |= available(&step.after) && !available(&step.before);
            }
        }
    }

    fn note_event(&mut self, step: &Step, event: &Event) {
        let present = match step.before.current() {
            Some(TransferItem::File(FileIndex(file))) => self.expected.files.get_mut(file as usize),
            Some(TransferItem::Reply) | None => None,
        };
        let policy = self.expected.security_flags.redirect_policy();
        match (event, present) {
            // HTTP-12, HTTP-13, FILES-29
            (Event::Redirected(_, url), Some(file))
                if policy != Some(RedirectPolicy::AllowSilent) =>
            {
                file.remote_name = url.clone();
                self.unclear.extend(self.persisted.keys());
            }
            (Event::HeadersReceived(headers), Some(file)) => file.headers = Some(text(headers)),
            // NET-12: the token is that of a session.
            (Event::OwnerLoggedOff, _) => self.expected.token = None,
            (Event::ClientExited | Event::CallbackLost, _) => self.expected.notify_interface = None, // NOTIFY-18
            (Event::Computer(ComputerEvent::ServiceRestarted), _) => self.note_restart(step), // NET-13
            _ => {}
        }
    }

    fn note_restart(&mut self, step: &Step) {
        self.expected.notify_interface = None;
        self.expected.token = None;
        let state = step.before.state();
        // PROP-35: what is not transferred any more is not valid any more, an empty file neither.
        if is_high_performance(&step.before)
            && !state.is_final()
            && state != crate::common::Transferred
        {
            self.expected.files.iter_mut().for_each(|file| file.valid = false);
        }
        // A job in a final state is none that persists.
        let persisted = std::mem::take(&mut self.persisted).into_iter();
        for (file, name) in persisted.filter(|_| !step.before.state().is_final()) {
            let seen = &mut self.expected.files[file].remote_name;
            let found = &step.after.file(FileIndex(u32::try_from(file).unwrap())).unwrap();
            if !(self.unclear.remove(&file) && found.remote_name == *seen) {
                *seen = name;
            }
        }
    }

    /// UPLOAD-09, UPLOAD-10: a name that BITS makes is in the directory of the upload file.
    fn reply_name_is_told(&self, job: &JobStateMachine) -> bool {
        let told = job.reply_file_name();
        match (job.job_type(), &self.reply_name) {
            (JobType::Download | JobType::Upload, _) => told.is_err(),
            (JobType::UploadReply, Some(name)) => told == Ok(Some(text(name))),
            (JobType::UploadReply, None) if job.file_count() == 0 => told == Ok(None),
            (JobType::UploadReply, None) => {
                let upload = &job.file(FileIndex(0)).unwrap().local_name;
                let directory = &upload[..=upload.rfind('\\').unwrap()];
                told.is_ok_and(|name| name.is_some_and(|name| name.starts_with(directory)))
            }
        }
    }
}
