//! One pass over the half of a job that moves, which packs all that decides its future into words.

use uuid::Uuid;

use super::words::{Numbers, Words};
use crate::machine::conditions::{Block, Hold};
use crate::machine::config::JobConfig;
use crate::machine::files::file_state::{FileState, Size};
use crate::machine::live::LiveState;
use crate::machine::notifications::delivery_state::{Callback, Deliveries, DeliveryState};
use crate::machine::settings::values::HelperToken;
use crate::machine::time::clocks::{Clocks, Stamp};
use crate::machine::time::moment::{Moment, Span};
use crate::vocabulary::{CostFlags, HResult, JobState, Notification, Protocol, Recipient, Sid};

/// In the first word, behind the state.
const HAS_ERROR: u64 = 1 << 4;
/// The top bit of the code of a failure.
const FAILURE: u32 = 1 << 31;

/// The bits of the first word, one field after the other.
struct Bits {
    word: u64,
    used: u32,
}

impl Bits {
    #[inline]
    fn add(&mut self, value: u64, width: u32) {
        self.word |= value << self.used;
        self.used += width;
    }

    #[inline]
    fn flag(&mut self, flag: bool) {
        self.add(u64::from(flag), 1);
    }
}

/// State and error code, of which the first words tell.
pub(crate) fn state_and_code(words: &Words) -> (u32, Option<HResult>) {
    let mut words = words.iter();
    let first = words.next().unwrap_or_default();
    let code = words.next().filter(|_| first & HAS_ERROR != 0);
    let code = code.and_then(|code| u32::try_from(code).ok());
    let state = u32::try_from(first & 0xf).unwrap_or_default();
    (state, code.map(|code| HResult::new(FAILURE | code)))
}

/// Everything that decides. Naming every field keeps a new one from being forgotten. The first word says
/// which of the others there are, so that two jobs with the same words are the same.
pub(crate) fn words(config: &JobConfig, live: &LiveState, now: Moment) -> Words {
    let LiveState {
        state,
        error,
        error_count: _,
        held_by,
        retrying,
        was_resumed,
        files,
        reply,
        upload,
        // The certificates, and where to, are compared as they are.
        redirected_to,
        certificates: _,
        helper_token,
        deliveries,
        conditions,
        clocks,
        // These are history.
        modification: _,
        transfer_completion: _,
    } = live;
    let mut words = Numbers::new();
    let class = config.notify.class.map(|(class, _)| class);
    let last = error.last();
    let ages = Ages::of(clocks, *state, now);
    let (file, protocol) = last.map_or((None, None), |last| last.place());
    let mut bits = Bits { word: 0, used: 0 };
    bits.add(state.value().into(), 4);
    bits.flag(last.is_some());
    bits.add(hold(*held_by), 4);
    for flag in [*retrying, *was_resumed, error.dropped, file.is_some()] {
        bits.flag(flag);
    }
    bits.add(protocol.map_or(0, |protocol| 1 + u64::from(protocol == Protocol::File)), 2);
    bits.add(last.map_or(0, |last| last.context().value().into()), 4);
    ages.add_presence(&mut bits);
    bits.flag(!conditions.network);
    bits.flag(!conditions.owner_logged_on);
    // What few jobs have comes last, so that the number of most is short.
    bits.flag(conditions.cost != CostFlags::UNRESTRICTED);
    bits.add(conditions.blocks.into(), 5);
    bits.add(token(*helper_token), 2);
    bits.flag(upload.open);
    bits.flag(upload.refused);
    bits.flag(*reply != FileState::default());
    bits.flag(redirected_to.is_some());
    bits.add(delivery_bits(deliveries, class), 10);
    debug_assert!(bits.used <= u64::BITS, "the fields have room: {} bits", bits.used);
    words.push(bits.word);
    if let Some(last) = last {
        // The code of a failure has its top bit set (INV-12).
        words.push((last.code().value() & !FAILURE).into());
    }
    if conditions.cost != CostFlags::UNRESTRICTED {
        words.push(conditions.cost.bits().into());
    }
    for file in file.into_iter().chain(redirected_to.as_ref().map(|(file, _)| *file)) {
        words.push(file.0.into());
    }
    if let HelperToken::Held(sid) = helper_token {
        words.push(account(*sid));
    }
    push_deliveries(deliveries, class, &mut words);
    ages.push(&mut words);
    if *reply != FileState::default() {
        push_files(std::slice::from_ref(reply), &mut words);
    }
    push_files(files.all(), &mut words);
    Words::pack(&words, numbers(config))
}

/// The settings that are numbers, which count for the hash. They are compared with the rest of what is set.
fn numbers(config: &JobConfig) -> [u64; 2] {
    let settings = &config.settings;
    let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    let flags = settings.cost_flags.bits().rotate_left(16) ^ settings.notify_flags.bits();
    [
        pair(settings.minimum_retry_delay, settings.no_progress_timeout),
        pair(settings.maximum_download_time, flags.rotate_left(4) ^ settings.priority.value()),
    ]
}

fn hold(held_by: Option<Hold>) -> u64 {
    match held_by {
        None => 0,
        Some(Hold::Network) => 1,
        Some(Hold::LockedVolume) => 2,
        Some(Hold::Cost) => 3,
        Some(Hold::Block(Block::BandwidthPolicy)) => 4,
        Some(Hold::Block(Block::BatterySaver)) => 5,
        Some(Hold::Block(Block::BatteryPolicy)) => 6,
        Some(Hold::Block(Block::GameMode)) => 7,
        Some(Hold::Block(Block::Standby)) => 8,
    }
}

fn token(token: HelperToken) -> u64 {
    match token {
        HelperToken::None => 0,
        HelperToken::Held(_) => 1,
        HelperToken::Lost => 2,
    }
}

fn account(sid: Sid) -> u64 {
    match sid {
        Sid::LocalSystem => 0,
        Sid::LocalService => 1,
        Sid::NetworkService => 2,
        Sid::User(relative) => 3 + u64::from(relative),
    }
}

fn delivery_bits(deliveries: &Deliveries, class: Option<Uuid>) -> u64 {
    let Deliveries { callback, result, in_flight, unheard, lost, modification, ranges } =
        deliveries;
    let result = match result {
        DeliveryState::Nothing => 0,
        DeliveryState::Owed => 1,
        DeliveryState::OwedToCommandLine => 2,
        DeliveryState::OwedToObject => 3,
        DeliveryState::Told(recipient) => 4 + way(*recipient, class),
    };
    let flags = [
        callback.is_some(),
        in_flight.is_some(),
        unheard.is_some(),
        *lost,
        modification.pending,
        ranges.pending,
        modification.under_way > 0 || ranges.under_way > 0,
    ];
    flags.into_iter().fold(result, |bits, flag| bits << 1 | u64::from(flag))
}

/// A class is mostly the one that is set.
fn way(recipient: Recipient, set: Option<Uuid>) -> u64 {
    match recipient {
        Recipient::Callback => 0,
        Recipient::ComClass(class) if set == Some(class) => 1,
        Recipient::CommandLine => 2,
        Recipient::ComClass(_) => 3,
    }
}

fn push_deliveries(deliveries: &Deliveries, class: Option<Uuid>, words: &mut Numbers) {
    let Deliveries { callback, result, in_flight, unheard, lost: _, modification, ranges } =
        deliveries;
    if let DeliveryState::Told(recipient) = result {
        push_class(*recipient, class, words);
    }
    if let Some(Callback { interface, user }) = callback {
        words.push(account(*user) << 2 | *interface as u64);
    }
    let unheard = unheard.map(|(notification, recipient)| (notification, recipient, false));
    let in_flight = in_flight.map(|call| (call.notification, call.recipient, call.outdated));
    for (notification, recipient, outdated) in in_flight.into_iter().chain(unheard) {
        let (kind, file) = match notification {
            Notification::FileTransferred(file) => (0, file.0),
            Notification::JobTransferred => (1, 0),
            Notification::JobError => (2, 0),
            Notification::FileRangesTransferred(file) => (3, file.0),
            Notification::JobModification => (4, 0),
        };
        let kinds = kind << 3 | way(recipient, class) << 1 | u64::from(outdated);
        words.push(u64::from(file) << 6 | kinds);
        push_class(recipient, class, words);
    }
    if modification.under_way > 0 || ranges.under_way > 0 {
        words.push(u64::from(ranges.under_way) << 32 | u64::from(modification.under_way));
    }
}

fn push_class(recipient: Recipient, set: Option<Uuid>, words: &mut Numbers) {
    if let Recipient::ComClass(class) = recipient
        && set != Some(class)
    {
        let (high, low) = class.as_u64_pair();
        words.push(high);
        words.push(low);
    }
}

/// How long ago the clocks began that run.
struct Ages {
    now: Moment,
    wall_now: Moment,
    stamps: [Option<Stamp>; 5],
    moments: [Option<Moment>; 3],
    spent: Span,
    /// Whether the wall clock was moved while one of them ran.
    wall_moved: bool,
}

impl Ages {
    fn of(clocks: &Clocks, state: JobState, now: Moment) -> Self {
        let Clocks {
            wall_ahead,
            activity,
            stopped,
            period,
            active,
            spent,
            cancellation,
            repeat,
            modification,
            ranges,
        } = *clocks;
        // The clocks of a job in a final state stand, but for that of its cancellation.
        let (stamps, moments, spent) = if state.is_final() {
            ([None, None, None, cancellation, None], [None, modification, None], Span::ZERO)
        } else {
            let stamps = [Some(activity), stopped, period, cancellation, repeat];
            (stamps, [active, modification, ranges], spent)
        };
        let moved = |stamp: Stamp| stamp.wall.since(stamp.at) != wall_ahead;
        let wall_moved = stamps.into_iter().flatten().any(moved);
        Self { now, wall_now: clocks.wall(now), stamps, moments, spent, wall_moved }
    }

    fn add_presence(&self, bits: &mut Bits) {
        bits.flag(self.spent != Span::ZERO);
        self.stamps.iter().for_each(|stamp| bits.flag(stamp.is_some()));
        self.moments.iter().for_each(|moment| bits.flag(moment.is_some()));
        bits.flag(self.wall_moved);
    }

    fn push(&self, words: &mut Numbers) {
        for stamp in self.stamps.into_iter().flatten() {
            words.push(self.now.since(stamp.at).to_bits());
            if self.wall_moved {
                words.push(self.wall_now.since(stamp.wall).to_bits());
            }
        }
        for at in self.moments.into_iter().flatten() {
            words.push(self.now.since(at).to_bits());
        }
        if self.spent != Span::ZERO {
            words.push(self.spent.to_bits());
        }
    }
}

/// The flags of seven files make a number; then come the numbers that are not clear from these.
fn push_files(files: &[FileState], words: &mut Numbers) {
    let mut before = None;
    let mut flags =
        |file: &FileState| file_flags(*file, std::mem::replace(&mut before, file.total));
    for chunk in files.chunks(7) {
        words.push(chunk.iter().fold(0, |all, file| all << 8 | flags(file)));
    }
    let mut before = None;
    for file in files {
        if let Some(total) = file.total.filter(|_| before != file.total) {
            words.push(total.into());
        }
        before = file.total;
        if is_part(*file) {
            words.push(file.transferred);
        }
        if let Some(whole) = file.whole {
            words.push(whole.into());
        }
    }
}

/// What is so of a file of which the one before has that size.
fn file_flags(file: FileState, before: Option<Size>) -> u64 {
    let FileState { total, transferred: _, whole, finished, completed, validated, untold } = file;
    let flags = [
        total.is_some(),
        total.is_some() && total == before,
        is_part(file),
        whole.is_some(),
        finished,
        completed,
        validated,
        untold,
    ];
    flags.into_iter().fold(0, |bits, flag| bits << 1 | u64::from(flag))
}

/// Whether something is there, and not all of a finished file.
const fn is_part(file: FileState) -> bool {
    file.transferred > 0 && !file.finished
}
