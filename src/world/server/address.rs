//! Which server a remote name means, and what of it.

use crate::vocabulary::Protocol;
use crate::vocabulary::text::names;
use crate::world::disk::path::DiskPath;

/// A remote name taken apart: the origin, by which servers are found, and the path on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) protocol: Protocol,
    pub(crate) origin: String,
    pub(crate) path: String,
}

impl Address {
    /// Our reading of what is the same: scheme and host in any case of letters, the usual port
    /// named or not. A drive counts as a server of its own.
    pub(crate) fn of(remote_name: &str) -> Self {
        match Protocol::of(remote_name) {
            Protocol::Http => Self::of_url(remote_name),
            Protocol::File => Self::of_path(remote_name),
        }
    }

    fn of_url(url: &str) -> Self {
        let (scheme, rest) = url.split_once(':').unwrap_or(("http", url));
        let rest = rest.trim_start_matches('/');
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let scheme = scheme.to_ascii_lowercase();
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(usual).unwrap_or(&host);
        Self {
            protocol: Protocol::Http,
            origin: format!("{scheme}://{host}"),
            path: path_of_url(path),
        }
    }

    fn of_path(path: &str) -> Self {
        let path = path.get(..7).map_or(path, |start| {
            let url = start.eq_ignore_ascii_case("file://");
            if url { path.get(7..).unwrap_or_default() } else { path }
        });
        let path = path.replace('/', "\\").to_lowercase();
        let rest = path.trim_start_matches('\\');
        let (first, rest) = rest.split_once('\\').unwrap_or((rest, ""));
        let origin = if first.ends_with(':') { first.to_owned() } else { format!(r"\\{first}") };
        Self { protocol: Protocol::File, origin, path: format!(r"\{rest}") }
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
        names::is_https(&self.origin)
    }

    /// `host:port`, as a check of certificates names a server (PROP-27).
    pub(crate) fn host_and_port(&self) -> String {
        let host = self.host();
        let port = host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
        match (port && host != "::", self.is_https()) {
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

/// The path by which a server knows a resource, with its query and without what follows `#`.
fn path_of_url(path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// The path of a resource as a test gives it to the server of an origin.
pub(crate) fn resource_path(protocol: Protocol, path: &str) -> String {
    match protocol {
        Protocol::Http => path_of_url(path),
        Protocol::File => {
            let path = path.replace('/', "\\").to_lowercase();
            format!(r"\{}", path.trim_start_matches('\\'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, origin: &str, path: &str) {
        let address = Address::of(name);
        assert_eq!((address.origin.as_str(), address.path.as_str()), (origin, path));
    }

    #[test]
    fn remote_names_are_taken_apart() {
        check("https://Example.com/App?v=1#top", "https://example.com", "/App?v=1");
        check("HTTP://host:8080", "http://host:8080", "/");
        check("https://example.com:443/a", "https://example.com", "/a");
        check("http://user:secret@host/a", "http://host", "/a");
        check(r"\\Server\Share\A.txt", r"\\server", r"\share\a.txt");
        check("file://server/share/a.txt", r"\\server", r"\share\a.txt");
        check(r"file:///C:/data/a.txt", "c:", r"\data\a.txt");
        check("https://[::1]:8443/a", "https://[::1]:8443", "/a");
    }

    #[test]
    fn certificates_belong_to_a_host_and_port() {
        assert_eq!(Address::of("https://example.com/a").host_and_port(), "example.com:443");
        assert_eq!(Address::of("https://example.com:444/a").host_and_port(), "example.com:444");
        assert_eq!(Address::of("https://[::1]/a").host_and_port(), "[::1]:443");
    }
}
