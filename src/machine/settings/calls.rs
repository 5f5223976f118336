//! What each call is checked for, and what it stores.

use super::http_options::{
    check_certificate, check_credentials, check_headers, check_proxy, check_security_flags,
};
use super::plain::{
    check_acl_flags, check_description, check_display_name, check_peer_caching_flags,
    check_token_flags,
};
use super::values::HelperToken;
use std::sync::Arc;

use crate::machine::JobStateMachine;
use crate::machine::input::call::Call;
use crate::machine::input::outcome::Success;
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{Error, HttpSecurityFlags, Token, rule};

impl JobStateMachine {
    pub(crate) fn trigger_of(&self, call: &Call) -> Trigger {
        match call {
            Call::Resume => Trigger::Resume,
            Call::Suspend => Trigger::Suspend,
            Call::Cancel(_) => Trigger::Cancel,
            Call::Complete(commit) => self.complete_trigger(commit),
            Call::AddFile(..) | Call::AddFileSet(..) | Call::AddFileWithRanges(..) => {
                Trigger::AddFile
            }
            Call::SetFileAclFlags(_) => Trigger::SetFileAclFlags,
            Call::SetReplyFileName(..) => Trigger::SetReplyFileName,
            Call::SetServerCertificateValidationInterface(_) => Trigger::SetCertificateCallback,
            Call::SetSecurityFlags(flags) => {
                let check = HttpSecurityFlags::ENABLE_CRL_CHECK;
                let begins =
                    flags.contains(check) && !self.config.settings.security_flags.contains(check);
                if begins { Trigger::CheckSwitchedOn } else { Trigger::Set }
            }
            Call::SetValidationState(_, false) => Trigger::ValidationFailed,
            Call::MakeCustomHeadersWriteOnly => Trigger::MakeCustomHeadersWriteOnly,
            // To the table all other setters are alike.
            _ => Trigger::Set,
        }
    }

    /// The checks that come before the state: what another type does not have is not a matter of
    /// its state, an interpretation.
    pub(crate) fn check_type(&self, call: &Call) -> Result<(), Error> {
        match call {
            Call::SetReplyFileName(..) if !self.live.state.is_final() => {
                self.check_reply(call.method(), rule!("UPLOAD-10"))
            }
            _ => Ok(()),
        }
    }

    /// The checks that come after the state: type and values.
    pub(crate) fn check_values(&self, by: &Token, call: &Call) -> Result<(), Error> {
        let method = call.method();
        match call {
            Call::AddFile(file, directory) => {
                self.check_files(by, method, std::slice::from_ref(file), None, *directory)
            }
            Call::AddFileSet(files, directory) => {
                self.check_files(by, method, files, None, *directory)
            }
            Call::AddFileWithRanges(file, ranges, directory) => {
                self.check_files(by, method, std::slice::from_ref(file), Some(ranges), *directory)
            }
            Call::SetDisplayName(name) => check_display_name(method, name.as_deref()),
            Call::SetDescription(description) => check_description(description.as_deref()),
            Call::SetPriority(priority) => self.check_priority(*priority),
            Call::SetNotifyFlags(flags) => Self::check_notify_flags(*flags),
            Call::SetNotifyCmdLine { program, parameters } => {
                Self::check_command_line(program.as_deref(), parameters.as_deref())
            }
            Call::SetProxySettings(settings) => check_proxy(settings),
            Call::TakeOwnership(access) => Self::check_new_owner(*access),
            Call::SetReplyFileName(name, directory) => {
                Self::check_reply_file_name(name.as_deref(), *directory)
            }
            Call::SetCredentials(credentials) => check_credentials(credentials),
            Call::ReplaceRemotePrefix { old, new } => self.check_remote_prefix(old, new),
            Call::SetFileAclFlags(flags) => check_acl_flags(*flags),
            Call::SetPeerCachingFlags(flags) => check_peer_caching_flags(*flags),
            Call::SetProperty(property) => self.check_property(*property),
            Call::SetClientCertificate(certificate, lookup) => {
                check_certificate(method, certificate, *lookup)
            }
            Call::SetCustomHeaders(headers) => check_headers(headers.as_deref()),
            Call::SetSecurityFlags(flags) => check_security_flags(*flags),
            Call::SetHttpMethod(name) => self.check_http_method(name),
            Call::SetServerCertificateValidationInterface(interface) => {
                Self::check_validation(*interface)
            }
            Call::SetHelperTokenFlags(flags) => check_token_flags(*flags),
            Call::SetRemoteName(file, name) => self.check_remote_name(*file, name),
            Call::SetValidationState(file, _) => self.check_validation_state(*file),
            Call::RequestFileRanges(file, ranges) => {
                self.check_random_access(method, *file, ranges)
            }
            Call::UpdateDownloadPosition(file, _) => self.check_random_access(method, *file, &[]),
            // The others take every value.
            _ => Ok(()),
        }
    }

    /// Stores what an accepted call sets. Deadlines follow at once, from their original start: an
    /// interpretation (TIME-14).
    pub(crate) fn store(&mut self, by: &Token, call: &Call, step: &mut StepContext) {
        let user = by.user;
        match call {
            Call::AddFile(file, _) => self.add_files(std::slice::from_ref(file), None),
            Call::AddFileSet(files, _) => self.add_files(files, None),
            Call::AddFileWithRanges(file, ranges, _) => {
                self.add_files(std::slice::from_ref(file), Some(ranges));
            }
            // TIME-19; also in an action state, an interpretation.
            Call::Resume => {
                self.live.was_resumed = true;
                self.live.clocks.restart_download_time(step.now);
                self.persist_names();
            }
            Call::Cancel(deletion) => step.out.success = deletion.success(),
            Call::Complete(commit) => step.out.success = self.completion(commit.deletion),
            Call::SetDisplayName(name) => self.config_mut().display_name.clone_from(name),
            Call::SetDescription(text) => self.config_mut().description.clone_from(text),
            Call::SetPriority(priority) => self.change_settings(|known| known.priority = *priority),
            Call::SetNotifyFlags(flags) => self.change_notify_flags(*flags),
            Call::SetNotifyInterface(interface) => self.change_callback(*interface, user),
            Call::SetNotifyCmdLine { program, parameters } => {
                self.change_command_line(program.as_ref(), parameters.as_ref(), user);
            }
            Call::SetMinimumRetryDelay(seconds) => {
                step.out.rules.add(rule!("TIME-02"));
                self.change_settings(|known| known.set_minimum_retry_delay(*seconds));
            }
            Call::SetNoProgressTimeout(seconds) => {
                step.out.rules.add(rule!("TIME-06"));
                self.change_settings(|known| known.no_progress_timeout = *seconds);
            }
            Call::SetMaximumDownloadTime(seconds) => {
                step.out.rules.add(rule!("TIME-15"));
                self.change_settings(|known| known.maximum_download_time = *seconds);
            }
            Call::SetProxySettings(settings) => {
                self.config_mut().http.change().proxy = (**settings).clone();
            }
            Call::TakeOwnership(_) => self.change_owner(by),
            // An empty name leaves the choice to BITS, as null does (UPLOAD-09).
            Call::SetReplyFileName(name, _) => {
                self.config_mut().reply_file_name = name.clone().filter(|name| !name.is_empty());
            }
            Call::SetCredentials(credentials) => {
                self.config_mut().http.set_credentials(credentials)
            }
            Call::RemoveCredentials(target, scheme) => {
                step.out.success = Success::found(self.remove_credentials(*target, *scheme));
            }
            Call::ReplaceRemotePrefix { old, new } => {
                step.out.success = Success::found(self.replace_remote_prefix(old, new));
            }
            Call::SetFileAclFlags(flags) => {
                self.change_settings(|known| known.file_acl_flags = *flags);
            }
            Call::SetPeerCachingFlags(flags) => {
                self.change_settings(|known| known.peer_caching_flags = *flags);
            }
            Call::SetProperty(property) => self.store_property(*property, user),
            Call::SetClientCertificate(certificate, _) => {
                self.config_mut().http.change().certificate = Some(Arc::clone(certificate));
            }
            Call::RemoveClientCertificate => {
                step.out.success = Success::found(self.remove_certificate());
            }
            Call::SetCustomHeaders(headers) => {
                self.config_mut().http.change().headers.clone_from(headers);
            }
            // PROP-25: nothing undoes it.
            Call::MakeCustomHeadersWriteOnly => {
                self.config_mut().http.change().headers_write_only = true;
            }
            Call::SetSecurityFlags(flags) => {
                self.change_settings(|known| known.security_flags = *flags);
            }
            Call::SetHttpMethod(name) => self.change_http_method(name),
            Call::SetServerCertificateValidationInterface(interface) => {
                self.live.certificates.set(*interface);
            }
            Call::SetHelperTokenFlags(flags) => {
                self.change_settings(|known| known.helper_token_flags = *flags);
            }
            Call::SetHelperToken => self.live.helper_token = HelperToken::Held(user),
            Call::ClearHelperToken => self.live.helper_token = HelperToken::None,
            Call::SetRemoteName(file, name) => self.change_remote_name(*file, name.clone()),
            Call::SetValidationState(file, valid) => self.declare(*file, *valid),
            Call::RequestFileRanges(file, ranges) => self.request_ranges(*file, ranges),
            Call::UpdateDownloadPosition(file, offset) => self.move_position(*file, *offset),
            Call::Suspend => {}
        }
    }
}
