//! The proxy between the computer and all servers.

use super::address::Address;
use super::auth::AuthChallenge;
use crate::machine::JobStateMachine;
use crate::vocabulary::{AuthTarget, Protocol, ProxyUsage};
use crate::world::identity::network_user;
use crate::world::setters::setters;

/// The proxy of the network: each job that finds it, and is not set to go without, sends its requests
/// through it. By default the settings of each user name it, automatic discovery finds it, servers can
/// be reached without it too, and it lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Proxy {
    challenge: Option<AuthChallenge>,
    strips_ranges: bool,
    is_no_users_setting: bool,
    is_undiscoverable: bool,
    is_only_way: bool,
}

impl Proxy {
    setters! {
        /// Sets the credentials that the proxy demands; without them it answers 407 (ERR-31). `None`, the
        /// default, demands none.
        challenge(challenge: impl Into<Option<AuthChallenge>>)
            |proxy| proxy.challenge = challenge.into();

        /// Removes the headers of range requests, as if no server behind it had ranges (HTTP-03).
        strip_ranges() |proxy| proxy.strips_ranges = true;

        /// Removes the proxy from the settings of users (PROP-11).
        leave_user_settings() |proxy| proxy.is_no_users_setting = true;

        /// Hides the proxy from automatic discovery (PROP-11).
        hide_from_discovery() |proxy| proxy.is_undiscoverable = true;

        /// Makes the proxy the only way to HTTP servers. A job that goes without fails transiently with
        /// `ERROR_WINHTTP_CANNOT_CONNECT`: an interpretation.
        become_only_way() |proxy| proxy.is_only_way = true;
    }

    /// Whether the job can reach the server.
    pub(crate) fn allows(&self, job: &JobStateMachine, to: &Address) -> bool {
        !self.is_only_way || to.protocol == Protocol::File || self.is_used(job, to)
    }

    /// Whether a request of the job goes through the proxy: not with NO_PROXY, not to a host that the job's
    /// own list excepts, and not if the job does not find it.
    pub(crate) fn is_used(&self, job: &JobStateMachine, to: &Address) -> bool {
        let settings = job.proxy_settings();
        match settings.usage {
            ProxyUsage::NoProxy => false,
            // PROP-11: system accounts have no settings of users; a helper token has those of its user.
            ProxyUsage::Preconfig if network_user(job).is_system_account() => {
                !self.is_undiscoverable
            }
            ProxyUsage::Preconfig => !(self.is_undiscoverable && self.is_no_users_setting),
            ProxyUsage::AutoDetect => !self.is_undiscoverable,
            ProxyUsage::Override => {
                let list = settings.bypass_list.as_deref().unwrap_or_default();
                let host = host_name(to);
                !list.split(' ').filter(|entry| !entry.is_empty()).any(|entry| excepts(entry, host))
            }
        }
    }

    pub(crate) fn rejects(&self, job: &JobStateMachine) -> bool {
        self.challenge
            .as_ref()
            .is_some_and(|challenge| !challenge.is_answered_by(job, AuthTarget::Proxy))
    }

    pub(crate) const fn removes_ranges(&self) -> bool {
        self.strips_ranges
    }
}

/// Without its port.
fn host_name(to: &Address) -> &str {
    let host = to.host();
    if host.ends_with(']') { host } else { host.split(':').next().unwrap_or(host) }
}

/// An interpretation of `<local>`: a name without a dot.
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
