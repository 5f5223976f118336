//! Redirects: the URLs that redirected an attempt, and whether the client follows (HTTP-12).

use super::PendingRequest;
use super::attempt::Attempt;
use super::refusal::Refusal;
use crate::machine::Failure;
use crate::vocabulary::{HResult, JobType, RemoteName};
use crate::world::server::address::Address;

/// How many redirects are followed in a row, an interpretation.
const MOST_REDIRECTS: usize = 10;

/// The URLs that redirected an attempt, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redirects {
    urls: Vec<RemoteName>,
    /// How many of the first ones GET was sent to, too.
    fetched: usize,
}

impl Redirects {
    /// Adds the URL that redirected a HEAD, or a GET.
    pub(crate) fn add(&mut self, url: RemoteName, is_head: bool) {
        self.urls.push(url);
        if !is_head {
            self.fetched = self.urls.len();
        }
    }

    /// How many redirects were followed.
    pub(crate) const fn count(&self) -> usize {
        self.urls.len()
    }

    /// The URLs that redirected HEAD, and which GET has yet to be sent to.
    pub(crate) fn only_head(&self) -> &[RemoteName] {
        self.urls.get(self.fetched..).unwrap_or_default()
    }
}

impl Attempt<'_> {
    /// HTTP-12: a resource may redirect all requests.
    pub(crate) fn follow_redirect(
        &mut self,
        address: &Address,
        request: &PendingRequest,
    ) -> Result<(), Refusal> {
        match self.env.resource(address)?.redirect.clone() {
            Some((status, url)) => self.redirect(status, &url, request.redirects.count()),
            None => Ok(()),
        }
    }

    /// HTTP-12: only downloads follow a redirect, or hear of it.
    pub(crate) fn redirect(
        &self,
        status: u16,
        url: &RemoteName,
        followed: usize,
    ) -> Result<(), Refusal> {
        Err(match self.job.job_type() {
            JobType::Download if followed >= MOST_REDIRECTS => {
                HResult::ERROR_WINHTTP_REDIRECT_FAILED.into()
            }
            JobType::Download => Refusal::Redirect(status, url.clone()),
            JobType::Upload | JobType::UploadReply => Failure::http(status).into(),
        })
    }
}
