//! What stands between the computer and all servers.

use super::address::Address;
use super::asks::Asks;
use crate::machine::JobStateMachine;
use crate::vocabulary::{AuthScheme, AuthTarget, ProxyUsage};

/// The proxy of the network, which is asked by every job that does not go without one. By default
/// it lets everything through.
#[derive(Debug, Clone, Default)]
pub struct Proxy {
    asks: Option<Asks>,
    strips_ranges: bool,
}

impl Proxy {
    /// It asks for credentials: without the right ones it answers 407 (ERR-31).
    pub fn ask_for_credentials(
        &mut self,
        scheme: AuthScheme,
        user: &str,
        password: &str,
    ) -> &mut Self {
        self.asks = Some(Asks::new(scheme, user, password));
        self
    }

    /// It asks who is logged on: a job that gives the logged-on user's credentials passes
    /// (PROP-19).
    pub fn ask_for_logged_on_user(&mut self, scheme: AuthScheme) -> &mut Self {
        self.asks = Some(Asks::logged_on_user(scheme));
        self
    }

    /// It asks for nothing any more.
    pub fn ask_for_nothing(&mut self) -> &mut Self {
        self.asks = None;
        self
    }

    /// It takes away the headers of range requests, as if no server behind it had ranges (HTTP-03).
    pub fn strip_ranges(&mut self) -> &mut Self {
        self.strips_ranges = true;
        self
    }

    pub(super) fn refuses(&self, job: &JobStateMachine) -> bool {
        self.asks.as_ref().is_some_and(|asks| !asks.is_answered_by(job, AuthTarget::Proxy))
    }

    pub(super) const fn strips(&self) -> bool {
        self.strips_ranges
    }
}

/// Whether a request of the job goes through the proxy: not with NO_PROXY, and not to a host that
/// its own list excepts.
pub(super) fn is_used(job: &JobStateMachine, to: &Address) -> bool {
    let settings = job.proxy_settings();
    match settings.usage {
        ProxyUsage::NoProxy => false,
        ProxyUsage::Preconfig | ProxyUsage::AutoDetect => true,
        ProxyUsage::Override => {
            let host = to.host();
            let host =
                if host.ends_with(']') { host } else { host.split(':').next().unwrap_or(host) };
            let list = settings.bypass_list.as_deref().unwrap_or_default();
            !list.split(' ').filter(|entry| !entry.is_empty()).any(|entry| excepts(entry, host))
        }
    }
}

/// Our reading of `<local>`: a name without a dot.
fn excepts(entry: &str, host: &str) -> bool {
    let entry = entry.to_ascii_lowercase();
    match entry.strip_prefix('*') {
        Some(end) => host.ends_with(end),
        None => entry == host || (entry == "<local>" && !host.contains('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_excepted_by_name_ending_or_nearness() {
        assert!(excepts("*.Example.com", "www.example.com"));
        assert!(!excepts("*.example.com", "example.org"));
        assert!(excepts("<local>", "intranet"));
        assert!(!excepts("<local>", "example.com"));
    }
}
