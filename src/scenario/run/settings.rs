//! What getters yield, written as the call that would set it.

use std::fmt;
use std::sync::Arc;

use crate::machine::{Call, Directory, JobStateMachine};
use crate::scenario::print::write_call;
use crate::vocabulary::{CertificateLookup, Error, Token};

/// What a getter yields instead of what the call would set; `None` if that is so.
pub(super) fn setting(call: &Call, job: &JobStateMachine) -> Option<String> {
    match actual(call, job) {
        Ok(was) if was == *call => None,
        Ok(was) => Some(Shown(&was).to_string()),
        Err(what) => Some(what),
    }
}

/// The call that would set what is so, or why that cannot be read.
fn actual(call: &Call, job: &JobStateMachine) -> Result<Call, String> {
    let refused = |error: Error| error.to_string();
    let text = |text: &str| Some(Arc::from(text));
    Ok(match call {
        Call::SetDisplayName(_) => Call::SetDisplayName(text(job.display_name())),
        Call::SetDescription(_) => Call::SetDescription(text(job.description())),
        Call::SetPriority(_) => Call::SetPriority(job.priority()),
        Call::SetNotifyFlags(_) => Call::SetNotifyFlags(job.notify_flags()),
        Call::SetNotifyInterface(_) => Call::SetNotifyInterface(job.notify_interface()),
        Call::SetNotifyCmdLine { .. } => {
            let some = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
            let (program, parameters) = job.notify_cmd_line();
            Call::SetNotifyCmdLine { program: some(program), parameters: some(parameters) }
        }
        Call::SetMinimumRetryDelay(_) => Call::SetMinimumRetryDelay(job.minimum_retry_delay()),
        Call::SetNoProgressTimeout(_) => Call::SetNoProgressTimeout(job.no_progress_timeout()),
        Call::SetMaximumDownloadTime(_) => {
            Call::SetMaximumDownloadTime(job.maximum_download_time())
        }
        Call::SetProxySettings(_) => Call::SetProxySettings(Arc::new(job.proxy_settings())),
        Call::SetReplyFileName(..) => {
            let name = job.reply_file_name().map_err(refused)?;
            Call::SetReplyFileName(name.map(Arc::from), Directory::Writable)
        }
        Call::SetFileAclFlags(_) => Call::SetFileAclFlags(job.file_acl_flags()),
        Call::SetPeerCachingFlags(_) => Call::SetPeerCachingFlags(job.peer_caching_flags()),
        Call::SetHelperTokenFlags(_) => Call::SetHelperTokenFlags(job.helper_token_flags()),
        Call::SetSecurityFlags(_) => Call::SetSecurityFlags(job.security_flags()),
        Call::SetHttpMethod(_) => Call::SetHttpMethod(job.http_method().into()),
        Call::SetProperty(property) => {
            let value = job.property(property.id());
            value.map(Call::SetProperty).ok_or("no value")?
        }
        Call::SetClientCertificate(..) => {
            let certificate = job.client_certificate().map_err(refused)?;
            Call::SetClientCertificate(Arc::new(certificate.clone()), CertificateLookup::Found)
        }
        Call::SetCustomHeaders(_) | Call::MakeCustomHeadersWriteOnly => {
            match (job.custom_headers(&owner(job)), call) {
                (Err(_), Call::MakeCustomHeadersWriteOnly) => Call::MakeCustomHeadersWriteOnly,
                (headers, _) => Call::SetCustomHeaders(headers.map_err(refused)?.map(Arc::from)),
            }
        }
        Call::SetValidationState(file, _) => {
            let valid = job.validation_state(*file).ok_or_else(|| format!("no {file}"))?;
            Call::SetValidationState(*file, valid)
        }
        _ => return Err("nothing that can be read".to_owned()),
    })
}

/// A token of the owner, as far as getters look at it.
fn owner(job: &JobStateMachine) -> Token {
    Token { user: job.owner(), ..Token::default() }
}

struct Shown<'a>(&'a Call);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_call(f, self.0)
    }
}
