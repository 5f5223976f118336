//! Addresses: the server that a remote name means, and the path on it.

use std::sync::Arc;

use crate::vocabulary::{Protocol, RemoteName};
use crate::world::disk::path::DiskPath;

/// The address of a resource: the origin, by which servers are found, and the path on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) protocol: Protocol,
    pub(crate) origin: Arc<str>,
    pub(crate) path: Arc<str>,
}

impl Address {
    pub(crate) fn of(name: &RemoteName) -> Self {
        let (origin, path) = name.location();
        Self { protocol: name.protocol(), origin: Arc::clone(origin), path: Arc::clone(path) }
    }

    /// Where the file stands if the disk of the computer has it.
    pub(crate) fn disk_path(&self) -> DiskPath {
        DiskPath::of(&format!("{}{}", self.origin, self.path))
    }

    /// Whether it is a path of the computer, not of the network.
    pub(crate) fn is_drive(&self) -> bool {
        self.protocol == Protocol::File && self.origin.ends_with(':')
    }

    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// `host:port`, as a check of certificates names a server (PROP-27).
    pub(crate) fn host_and_port(&self) -> String {
        let host = self.host();
        let port = host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
        match (port, self.is_https()) {
            (true, _) => host.to_owned(),
            (false, true) => format!("{host}:443"),
            (false, false) => format!("{host}:80"),
        }
    }

    /// The server, with its port if that is not the usual one.
    pub(crate) fn host(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, host)| host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_belong_to_a_host_and_port() {
        let host_and_port = |name: &str| Address::of(&name.into()).host_and_port();
        assert_eq!(host_and_port("https://example.com/a"), "example.com:443");
        assert_eq!(host_and_port("https://example.com:444/a"), "example.com:444");
        assert_eq!(host_and_port("https://[::1]/a"), "[::1]:443");
    }
}
