//! The files of a random world, as their servers have them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The largest file of these worlds.
pub(super) const LARGEST: u64 = 60;
/// Where the files come from: servers, and the disk of the computer itself.
pub(super) const ORIGINS: [&str; 3] = ["https://example.com", "https://mirror.example.com", DISK];
pub(super) const DISK: &str = "D:";
/// The first file, if it comes from the disk.
pub(super) const SOURCE: &str = "D:/0";
/// Codes of connections, and of holds whose cause may or may not be in force.
pub(super) const CODES: [HResult; 6] = [
    HResult::ERROR_INTERNET_CONNECTION_RESET,
    HResult::ERROR_WINHTTP_CANNOT_CONNECT,
    HResult::BG_E_NETWORK_DISCONNECTED,
    HResult::BG_E_DESTINATION_LOCKED,
    HResult::BG_E_BLOCKED_BY_GAME_MODE,
    HResult::BG_E_INVALID_SERVER_RESPONSE,
];

/// A file of a random world, as its server has it.
#[derive(Debug, Clone)]
pub(super) struct RandomFile {
    pub(super) origin: &'static str,
    pub(super) content: Vec<u8>,
    pub(super) rate: u64,
    pub(super) latency: u64,
    pub(super) head: Option<HeadAnswer>,
    pub(super) redirects: bool,
    pub(super) ranges: bool,
    /// With the content to which each changes the file.
    pub(super) faults: Vec<(Fault, Option<Vec<u8>>)>,
}

pub(super) fn content() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..usize::try_from(LARGEST).unwrap_or_default())
}

pub(super) fn head() -> impl Strategy<Value = HeadAnswer> {
    prop_oneof![
        4 => Just(HeadAnswer::AsGet),
        1 => prop::sample::select(vec![403_u16, 405, 503]).prop_map(HeadAnswer::Status),
        1 => Just(HeadAnswer::WithoutLength),
        1 => (0..LARGEST).prop_map(HeadAnswer::Length),
    ]
}

fn fault() -> impl Strategy<Value = (Fault, Option<Vec<u8>>)> {
    let what = prop_oneof![
        prop::sample::select(vec![403_u16, 404, 429, 503])
            .prop_map(|status| (Fault::http(status), None)),
        prop::sample::select(CODES.to_vec()).prop_map(|failure| (code(failure), None)),
        content().prop_map(|content| (Fault::changes_to(&*content), Some(content))),
        Just((Fault::silence(), None)),
        Just((Fault::none(), None)),
    ];
    (what, 0..8, 0..LARGEST, 1_u64..4).prop_map(|((fault, content), phase, bytes, times)| {
        let fault = match phase {
            0 => fault.before_connection(),
            1 => fault.at_head(),
            2 => fault.at_get(),
            3 => fault.at_end(),
            4 | 5 => fault.after(bytes),
            _ => fault,
        };
        (fault.times(times), content)
    })
}

pub(super) fn file() -> impl Strategy<Value = RandomFile> {
    let origin = prop::sample::select(ORIGINS.to_vec());
    let server = (origin, 1_u64..12, 0_u64..5, prop::option::of(head()));
    (server, content(), any::<(bool, bool)>(), vec(fault(), 0..5)).prop_map(
        |((origin, rate, latency, head), content, (redirects, whole), faults)| RandomFile {
            origin,
            content,
            rate,
            latency,
            head,
            redirects,
            ranges: !whole,
            faults,
        },
    )
}

/// The contents that a file has, and that faults give it.
pub(super) fn versions_of(file: &RandomFile) -> Vec<Vec<u8>> {
    let changed = file.faults.iter().filter_map(|(_, content)| content.clone());
    std::iter::once(file.content.clone()).chain(changed).collect()
}
