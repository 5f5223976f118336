//! One pass over the half of a job that moves, which packs all that decides its future into words.

use uuid::Uuid;

use super::words::Words;
use crate::machine::conditions::{Block, Hold};
use crate::machine::config::JobConfig;
use crate::machine::error_object::ErrorRecord;
use crate::machine::files::file_state::{FileState, Size};
use crate::machine::live::LiveState;
use crate::machine::notifications::delivery_state::{Callback, Deliveries, DeliveryState};
use crate::machine::settings::values::HelperToken;
use crate::machine::time::clocks::Clocks;
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
pub(crate) fn fill(words: &mut Words, config: &JobConfig, live: &LiveState, now: Moment) {
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
    let class = config.notify.class.map(|(class, _)| class);
    let mut bits = Bits { word: 0, used: 0 };
    bits.add(state.value().into(), 4);
    bits.flag(error.last().is_some());
    bits.add(hold(*held_by), 4);
    for flag in [*retrying, *was_resumed, error.dropped, upload.open, upload.refused] {
        bits.flag(flag);
    }
    push_error(error, &mut bits, words);
    push_clocks(clocks, *state, now, &mut bits, words);
    bits.flag(conditions.network);
    bits.flag(conditions.owner_logged_on);
    bits.add(conditions.blocks.into(), 5);
    bits.flag(conditions.cost != CostFlags::UNRESTRICTED);
    if conditions.cost != CostFlags::UNRESTRICTED {
        words.push(conditions.cost.bits().into());
    }
    bits.add(token(*helper_token), 2);
    if let HelperToken::Held(sid) = helper_token {
        words.push(account(*sid));
    }
    bits.flag(redirected_to.is_some());
    if let Some((file, _)) = redirected_to {
        words.push(file.0.into());
    }
    push_elapsed(deliveries.modification.since, now, &mut bits, words);
    // No ranges are told of in a final state.
    let ranges = deliveries.ranges.since.filter(|_| !state.is_final());
    push_elapsed(ranges, now, &mut bits, words);
    bits.add(delivery_bits(deliveries, class), 10);
    push_deliveries(deliveries, class, words);
    bits.flag(*reply != FileState::default());
    if *reply != FileState::default() {
        push_files(std::slice::from_ref(reply), words);
    }
    push_files(files.all(), words);
    words.seal(bits.word, numbers(config));
}

fn push_error(error: &ErrorRecord, bits: &mut Bits, words: &mut Words) {
    let last = error.last();
    let (file, protocol) = last.map_or((None, None), |last| last.place());
    bits.flag(file.is_some());
    bits.add(protocol.map_or(0, |protocol| 1 + u64::from(protocol == Protocol::File)), 2);
    bits.add(last.map_or(0, |last| last.context().value().into()), 4);
    if let Some(last) = last {
        // The code of a failure has its top bit set (INV-12).
        words.push((last.code().value() & !FAILURE).into());
    }
    if let Some(file) = file {
        words.push(file.0.into());
    }
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
        DeliveryState::Pending => 1,
        DeliveryState::PendingToCommandLine => 2,
        DeliveryState::PendingToObject => 3,
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

fn push_deliveries(deliveries: &Deliveries, class: Option<Uuid>, words: &mut Words) {
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

fn push_class(recipient: Recipient, set: Option<Uuid>, words: &mut Words) {
    if let Recipient::ComClass(class) = recipient
        && set != Some(class)
    {
        let (high, low) = class.as_u64_pair();
        words.push(high);
        words.push(low);
    }
}

/// How long ago the clocks began that run.
fn push_clocks(clocks: &Clocks, state: JobState, now: Moment, bits: &mut Bits, words: &mut Words) {
    let Clocks { wall_ahead, activity, stopped, period, active, spent, cancellation, repeat } =
        *clocks;
    // The clocks of a job in a final state stand, but for that of its cancellation.
    let runs = !state.is_final();
    let stamps = [
        Some(activity).filter(|_| runs),
        stopped.filter(|_| runs),
        period.filter(|_| runs),
        cancellation,
        repeat.filter(|_| runs),
    ];
    let mut wall_moved = false;
    for stamp in stamps {
        bits.flag(stamp.is_some());
        if let Some(stamp) = stamp {
            words.push(now.since(stamp.at).to_bits());
            wall_moved |= stamp.wall.since(stamp.at) != wall_ahead;
        }
    }
    push_elapsed(active.filter(|_| runs), now, bits, words);
    let spent = if runs { spent } else { Span::ZERO };
    bits.flag(spent != Span::ZERO);
    if spent != Span::ZERO {
        words.push(spent.to_bits());
    }
    // A restart reads elapsed time from the wall clock (TIME-05).
    bits.flag(wall_moved);
    if wall_moved {
        let wall_now = clocks.wall(now);
        stamps.into_iter().flatten().for_each(|it| words.push(wall_now.since(it.wall).to_bits()));
    }
}

fn push_elapsed(since: Option<Moment>, now: Moment, bits: &mut Bits, words: &mut Words) {
    bits.flag(since.is_some());
    if let Some(since) = since {
        words.push(now.since(since).to_bits());
    }
}

/// The flags of seven files make a number; then come the numbers that are not clear from these.
fn push_files(files: &[FileState], words: &mut Words) {
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
