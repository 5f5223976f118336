//! Remote names, parsed once: whether a name can be used, and which server and path it means.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use super::protocol::Protocol;
use crate::vocabulary::rules::readings::IllegalCharacters;
use crate::vocabulary::text::names;

/// The remote name of a file: a URL, or the path of a file on a share or drive. It is parsed once, when
/// it is made, and clones share the result. Names are equal if their texts are.
///
/// ```
/// use bits_emulator::server::{Protocol, RemoteName};
///
/// let name = RemoteName::from("https://Example.com:443/App?v=1#top");
/// assert_eq!(name.protocol(), Protocol::Http);
/// assert_eq!((name.origin(), name.path()), ("https://example.com", "/App?v=1#top"));
/// assert_eq!(name.as_str(), "https://Example.com:443/App?v=1#top");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Arc<str>", into = "Arc<str>"))]
pub struct RemoteName(Arc<Parsed>);

#[derive(PartialEq, Eq)]
struct Parsed {
    text: Arc<str>,
    /// The check by the first answer about illegal characters.
    check: Result<Protocol, &'static str>,
    protocol: Protocol,
    origin: Arc<str>,
    path: Arc<str>,
}

impl RemoteName {
    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The protocol by which the file is transferred.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.0.protocol
    }

    /// The server: scheme and host in small letters without the usual port, or `\\server`. A drive
    /// counts as a server of its own. Which names are the same is an interpretation.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// The path on the server, with the query, and with `#` and what follows: BITS asks for exactly that
    /// name (FILES-03). On shares and drives in small letters.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the file is transferred over HTTPS (HTTP-16).
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.origin.starts_with("https:")
    }

    /// Whether a file can have that name (FILES-02, FILES-03, FILES-04), and its protocol; otherwise
    /// what is wrong with it.
    pub(crate) fn check(&self, illegal: IllegalCharacters) -> Result<Protocol, &'static str> {
        match illegal {
            IllegalCharacters::Refused => self.0.check,
            IllegalCharacters::Accepted => names::check_remote_name(self, illegal),
        }
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.0.text
    }

    /// Origin and path, shared with the name.
    pub(crate) fn location(&self) -> (&Arc<str>, &Arc<str>) {
        (&self.0.origin, &self.0.path)
    }
}

impl From<Arc<str>> for RemoteName {
    fn from(text: Arc<str>) -> Self {
        let protocol = Protocol::of(&text);
        let (origin, path) = match protocol {
            Protocol::Http => split_url(&text),
            Protocol::File => split_path(&text),
        };
        let check = names::check_remote_name(&text, IllegalCharacters::Refused);
        Self(Arc::new(Parsed { check, protocol, origin: origin.into(), path: path.into(), text }))
    }
}

fn split_url(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once(':').unwrap_or(("http", url));
    let rest = rest.trim_start_matches('/');
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let scheme = scheme.to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    (format!("{scheme}://{host}"), path_on_server(Protocol::Http, path))
}

fn split_path(path: &str) -> (String, String) {
    let path = names::after(path, "file://").unwrap_or(path);
    let path = path.replace('/', "\\").to_lowercase();
    let rest = path.trim_start_matches('\\');
    let (first, rest) = rest.split_once('\\').unwrap_or((rest, ""));
    let origin = if first.ends_with(':') { first.to_owned() } else { format!(r"\\{first}") };
    (origin, format!(r"\{rest}"))
}

/// Returns the path by which a server knows a resource: with its query; of a share in small letters.
pub(crate) fn path_on_server(protocol: Protocol, path: &str) -> String {
    match protocol {
        Protocol::Http if path.starts_with('/') => path.to_owned(),
        Protocol::Http => format!("/{path}"),
        Protocol::File => {
            let path = path.replace('/', "\\").to_lowercase();
            format!(r"\{}", path.trim_start_matches('\\'))
        }
    }
}

impl From<&str> for RemoteName {
    fn from(text: &str) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl From<String> for RemoteName {
    fn from(text: String) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl From<RemoteName> for Arc<str> {
    fn from(name: RemoteName) -> Self {
        Self::clone(&name.0.text)
    }
}

impl Default for RemoteName {
    fn default() -> Self {
        "".into()
    }
}

impl Deref for RemoteName {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for RemoteName {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for RemoteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for RemoteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Hash for RemoteName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, origin: &str, path: &str) {
        let name = RemoteName::from(name);
        assert_eq!((name.origin(), name.path()), (origin, path));
    }

    #[test]
    fn remote_names_are_taken_apart() {
        check("https://Example.com/App?v=1#top", "https://example.com", "/App?v=1#top");
        check("http://host#top", "http://host", "/#top");
        check("http://host/ü?ä=*?", "http://host", "/ü?ä=*?");
        check("HTTP://host:8080", "http://host:8080", "/");
        check("https://example.com:443/a", "https://example.com", "/a");
        check("http://user:secret@host/a", "http://host", "/a");
        check(r"\\Server\Share\A.txt", r"\\server", r"\share\a.txt");
        check("file://server/share/a.txt", r"\\server", r"\share\a.txt");
        check(r"file:///C:/data/a.txt", "c:", r"\data\a.txt");
        check("https://[::1]:8443/a", "https://[::1]:8443", "/a");
    }
}
