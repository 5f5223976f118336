//! Validation of the names, lists and ranges that a client gives, by their text alone: whether a
//! folder exists or a proxy answers is not asked here.
//!
//! A check returns what is wrong and what would be accepted; the caller adds the code.

use std::net::Ipv6Addr;

use crate::vocabulary::errors::ensure;
use crate::vocabulary::job::file_range::{BG_LENGTH_TO_EOF, FileRange};
use crate::vocabulary::job::protocol::Protocol;
use crate::vocabulary::rules::readings::IllegalCharacters;

/// The most UTF-16 units of a path, and of one segment of a remote name (FILES-03, FILES-05).
pub(crate) const MAX_PATH: usize = 260;
/// The most UTF-16 units of a remote name (FILES-03).
pub(crate) const MAX_REMOTE_NAME: usize = 2_200;

const COLON: &str = "the local name holds a colon behind the drive, as for a stream of a file; \
                     give the name of the file alone";
const CONTROL: &str = "the name holds a control character; give printable characters only";
const IDN: &str = "the server name holds a character outside ASCII; give its IDN form (xn--...)";
const ILLEGAL: &str = "the name holds one of < > \" |; give characters that a file name may have";
const ILLEGAL_IN_URL: &str = "the URL holds a character that is not legal in URLs; escape it, such \
                              as a space as %20";
const LONG_SEGMENT: &str = "a segment of the name is too long; give at most 260 characters between \
                            two separators";
const NUL: &str = "the local name holds the control character NUL, or is not Unicode; give printable \
                   characters only";
const NO_SERVER: &str = "the name has no server, or one that cannot be read; give a host name or \
                         address";
const PORT: &str = "the port cannot be read; give a number from 1 to 65535";
const WILDCARD_BEHIND: &str =
    "a wildcard stands behind the left end of an entry; give it first, as in *.com";
const WILDCARD: &str = "the name holds a wildcard; give the name of one file";

/// The length by which limits are counted: UTF-16 units, without terminator (PROP-05).
pub(crate) fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Whether a file can have that remote name (FILES-02, FILES-03, FILES-04), and its protocol.
///
/// An interpretation: the query of a URL is no segment.
pub(crate) fn check_remote_name(
    name: &str,
    illegal: IllegalCharacters,
) -> Result<Protocol, &'static str> {
    ensure(!name.contains(is_control), CONTROL)?;
    let is_short = utf16_length(name) <= MAX_REMOTE_NAME;
    ensure(is_short, "the remote name is too long; give at most 2,200 characters")?;
    if let Some(rest) = after(name, "http://").or_else(|| after(name, "https://")) {
        return check_url(rest, illegal).map(|()| Protocol::Http);
    }
    let path = match after(name, "file://") {
        Some(rest) => path_of_file_url(rest),
        None => FullPath::of(name),
    };
    let path = path.ok_or(
        "the protocol is not supported; give an http, https or file URL, or the full path of a \
         file on a share or drive",
    )?;
    path.check().map(|()| Protocol::File)
}

/// Whether a file can have that local name (FILES-02, FILES-05, UPLOAD-09). Its folder is not
/// looked for.
pub(crate) fn check_local_name(name: &str) -> Result<(), &'static str> {
    ensure(!name.contains('\0'), NUL)?;
    ensure(!name.contains(is_control), CONTROL)?;
    let is_short = utf16_length(name) <= MAX_PATH;
    ensure(is_short, "the local name is too long; give at most 260 characters")?;
    let path = FullPath::of(name)
        .ok_or(r"the local name is not a full path; give one such as C:\folder\file")?;
    path.check()?;
    ensure(!path.behind_root().contains(':'), COLON)
}

/// A path that depends on no current folder or drive.
#[derive(Clone, Copy)]
enum FullPath<'a> {
    /// What follows `C:\`.
    Drive(&'a str),
    /// What follows `\\`.
    Unc(&'a str),
}

impl<'a> FullPath<'a> {
    fn of(path: &'a str) -> Option<Self> {
        match path.as_bytes() {
            [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic() => {
                path.get(3..).map(Self::Drive)
            }
            [b'\\' | b'/', b'\\' | b'/', ..] => path.get(2..).map(Self::Unc),
            _ => None,
        }
    }

    const fn behind_root(self) -> &'a str {
        match self {
            Self::Drive(rest) | Self::Unc(rest) => rest,
        }
    }

    /// Whether the path names one file, on a drive or share (FILES-03, FILES-04, FILES-05).
    fn check(self) -> Result<(), &'static str> {
        let file = match self {
            Self::Drive(file) => file,
            Self::Unc(rest) => file_on_share(rest)?,
        };
        self.behind_root().split(is_separator).try_for_each(check_component)?;
        let is_device = file.split(is_separator).any(is_device);
        ensure(!is_device, "the name is reserved for a device; give the name of a file")?;
        let is_folder = matches!(file.rsplit(is_separator).next(), None | Some("" | "." | ".."));
        ensure(!is_folder, "the name is that of a folder; give a file in it")
    }
}

/// The path of a `file:` URL, without its `file://`: a server and a share, or an empty server and
/// a drive. The slips `file://C:/` and `file:////server/` are understood.
fn path_of_file_url(rest: &str) -> Option<FullPath<'_>> {
    let full = |path| FullPath::of(path).filter(|path| matches!(path, FullPath::Drive(_)));
    match rest.strip_prefix(is_separator) {
        Some(path) if path.starts_with(is_separator) => FullPath::of(rest),
        Some(path) => full(path),
        None => full(rest).or(Some(FullPath::Unc(rest))),
    }
}

/// The path behind `server\share\`, of what follows `\\` (FILES-04).
fn file_on_share(rest: &str) -> Result<&str, &'static str> {
    let mut parts = rest.splitn(3, is_separator);
    let mut part = || parts.next().unwrap_or_default();
    let (server, share, file) = (part(), part(), part());
    let is_share = |name: &str| share.eq_ignore_ascii_case(name);
    match server {
        "" => Err(NO_SERVER),
        "?" => Err(r"the name begins with \\?; give it without that prefix"),
        "." => Err(r"the name is that of a device; give a file on a share, \\server\share\file"),
        _ if !server.is_ascii() => Err(IDN),
        _ if share.is_empty() => Err(r"the path has no share; give \\server\share\file"),
        _ if is_share("pipe") || is_share("mailslot") => {
            Err(r"the name is that of a pipe; give a file on a share, \\server\share\file")
        }
        _ => Ok(file),
    }
}

fn check_component(component: &str) -> Result<(), &'static str> {
    ensure(!component.contains(['*', '?']), WILDCARD)?;
    ensure(!component.contains(['<', '>', '"', '|']), ILLEGAL)?;
    ensure(utf16_length(component) <= MAX_PATH, LONG_SEGMENT)
}

/// Whether Windows keeps the name for a device, with any ending: `NUL`, `com1.txt`.
fn is_device(component: &str) -> bool {
    let name = component.split(['.', ':']).next().unwrap_or_default().trim_end_matches(' ');
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let is_port = |(port, number): (&str, &str)| {
        let mut digits = number.chars();
        is_one_of(&["COM", "LPT"], port)
            && matches!(digits.next(), Some('1'..='9' | '¹' | '²' | '³'))
            && digits.next().is_none()
    };
    is_one_of(&["CON", "PRN", "AUX", "NUL"], name) || name.split_at_checked(3).is_some_and(is_port)
}

/// Whether a URL, without its `http://`, can be asked for (FILES-03, FILES-04).
fn check_url(rest: &str, illegal: IllegalCharacters) -> Result<(), &'static str> {
    ensure(!rest.contains(char::is_control), CONTROL)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    ensure(authority.is_ascii(), IDN)?;
    let is_legal = illegal == IllegalCharacters::Accepted || rest.chars().all(is_legal_in_url);
    ensure(is_legal && authority.chars().all(is_legal_in_url), ILLEGAL_IN_URL)?;
    let path = rest.split('?').next().unwrap_or_default();
    ensure(!authority.contains('*') && !path.contains('*'), WILDCARD)?;
    let mut segments = path.split('/').chain([authority]);
    ensure(segments.all(|segment| utf16_length(segment) <= MAX_PATH), LONG_SEGMENT)?;
    // A user name before the server is legal.
    let server = authority.rsplit('@').next().unwrap_or_default();
    match port_behind_server(server)? {
        None | Some("") => Ok(()),
        Some(port) => check_port(port),
    }
}

/// Letters outside ASCII are legal in path and query.
const fn is_legal_in_url(character: char) -> bool {
    !matches!(character, ' ' | '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
}

/// The port of `server[:port]`, once the server is found good: a name, an IPv4 address, or an
/// IPv6 address in brackets.
fn port_behind_server(text: &str) -> Result<Option<&str>, &'static str> {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return match rest.strip_prefix(':') {
            _ if !is_ipv6(address) => Err(NO_SERVER),
            None if !rest.is_empty() => Err(PORT),
            port => Ok(port),
        };
    }
    let (server, port) = match text.split_once(':') {
        Some((server, port)) => (server, Some(port)),
        None => (text, None),
    };
    ensure(!server.is_empty() && server.chars().all(is_in_server_name), NO_SERVER)?;
    Ok(port)
}

const fn is_in_server_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_')
}

/// Whether the text is an IPv6 address; a zone behind `%` is not looked at.
fn is_ipv6(text: &str) -> bool {
    text.split('%').next().is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn check_port(port: &str) -> Result<(), &'static str> {
    // Rust would also read a sign.
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    ensure(digits && port.parse().is_ok_and(|port: u16| port > 0), PORT)
}

/// Whether a list of proxies can be used: entries `[protocol=][protocol://]server[:port]` with
/// spaces between them, for HTTP and HTTPS (PROP-10).
pub(crate) fn check_proxy_list(list: &str) -> Result<(), &'static str> {
    let mut proxies = list.split(' ').filter(|entry| !entry.is_empty()).peekable();
    ensure(proxies.peek().is_some(), "the list names no proxy; give at least one server")?;
    proxies.try_for_each(check_proxy)
}

fn check_proxy(proxy: &str) -> Result<(), &'static str> {
    let without_protocol = |text, mark| match str::split_once(text, mark) {
        None => Ok(text),
        Some((protocol, rest)) if is_http(protocol) => Ok(rest),
        Some(_) => Err("the protocol of a proxy is not supported; give http or https"),
    };
    let server = without_protocol(without_protocol(proxy, "=")?, "://")?;
    port_behind_server(server)?.map_or(Ok(()), check_port)
}

fn is_http(protocol: &str) -> bool {
    protocol.eq_ignore_ascii_case("http") || protocol.eq_ignore_ascii_case("https")
}

/// Whether a list of servers without proxy can be used: names and addresses with spaces between
/// them, each with one wildcard at most, at its left end, and `<local>` (PROP-10). An
/// interpretation: an empty list excepts no server.
pub(crate) fn check_proxy_bypass(list: &str) -> Result<(), &'static str> {
    list.split(' ').filter(|entry| !entry.is_empty()).try_for_each(|entry| {
        let name = entry.strip_prefix('*').unwrap_or(entry);
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        ensure(!name.contains('*'), WILDCARD_BEHIND)?;
        let is_readable = entry.eq_ignore_ascii_case("<local>")
            || name.chars().all(is_in_server_name)
            || is_ipv6(address.unwrap_or(name));
        ensure(is_readable, "an entry cannot be read; give a server name, an address or <local>")
    })
}

/// Whether the command line can be set: not parameters alone (NOTIFY-24). The lengths have a code
/// of their own.
pub(crate) fn check_command_line(
    program: Option<&str>,
    parameters: Option<&str>,
) -> Result<(), &'static str> {
    let is_complete = program.is_some() || parameters.is_none();
    ensure(is_complete, "parameters are given without a program; give the program, or neither")
}

/// Why ranges are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeProblem {
    /// There is none: `E_INVALIDARG` (FILES-17).
    Empty,
    /// One of them can be no part of a file: `BG_E_INVALID_RANGE` (FILES-18), for length 0 by an
    /// interpretation.
    Invalid,
    /// Two of them share a byte or begin at the same one: `BG_E_OVERLAPPING_RANGES` (FILES-20).
    Overlapping,
}

impl RangeProblem {
    /// What is wrong, and what would be right.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Empty => "no range is given; give at least one",
            Self::Invalid => {
                "a range has length 0, begins at BG_LENGTH_TO_EOF or ends beyond 64 bits; give \
                 its first byte, and a length of at least 1 or BG_LENGTH_TO_EOF"
            }
            Self::Overlapping => "two ranges overlap or begin at one offset; give each byte once",
        }
    }
}

/// Whether a file can be added with these ranges (FILES-17, FILES-18, FILES-20). They need not be
/// sorted; how many they may be is another matter.
pub(crate) fn check_ranges(ranges: &[FileRange]) -> Result<(), RangeProblem> {
    ensure(!ranges.is_empty(), RangeProblem::Empty)?;
    let has_first_byte = |range: &FileRange| range.initial_offset != BG_LENGTH_TO_EOF;
    ensure(ranges.iter().all(has_first_byte), RangeProblem::Invalid)?;
    let mut sorted = ranges.to_vec();
    sorted.sort_by_key(|range| range.initial_offset);
    let apart = |left: &FileRange, right: &FileRange| {
        left.initial_offset < right.initial_offset
            && left.end().is_some_and(|end| end <= right.initial_offset)
    };
    ensure(sorted.is_sorted_by(apart), RangeProblem::Overlapping)?;
    ensure(ranges.iter().all(is_part_of_file), RangeProblem::Invalid)
}

const fn is_part_of_file(range: &FileRange) -> bool {
    match (range.initial_offset, range.length) {
        (_, 0) => false,
        (_, BG_LENGTH_TO_EOF) => true,
        (offset, length) => offset.checked_add(length).is_some(),
    }
}

/// The name under which a file is kept until `Complete`, in the folder of its local name
/// (DONE-01, DONE-18). The form `BITnnnn.tmp` is that of Windows and stands on no page.
pub(crate) fn temporary_name(local_name: &str, number: u32) -> String {
    format!("{}BIT{number:04X}.tmp", folder_of(local_name))
}

/// Whether a file has a name such as temporary files have, given without its folder.
pub(crate) fn is_temporary_name(name: &str) -> bool {
    let number = name.strip_prefix("BIT").and_then(|rest| rest.strip_suffix(".tmp"));
    number.is_some_and(|number| number.len() >= 4 && u32::from_str_radix(number, 16).is_ok())
}

/// The folder of a local name, with the separator at its end.
pub(crate) fn folder_of(local_name: &str) -> &str {
    let folder = local_name.rfind(is_separator).and_then(|end| local_name.get(..=end));
    folder.unwrap_or_default()
}

/// What follows a scheme, in any case of letters.
pub(crate) fn after<'a>(name: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = name.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Windows takes a slash for a backslash.
const fn is_separator(character: char) -> bool {
    matches!(character, '\\' | '/')
}

/// What no file name may hold on Windows; NUL would also end the text early.
const fn is_control(character: char) -> bool {
    character < ' '
}
