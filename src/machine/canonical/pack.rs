//! One pass over the half of a job that moves, which packs all that decides its future.

use super::words::Words;
use crate::machine::conditions::Hold;
use crate::machine::config::JobConfig;
use crate::machine::files::file_state::{FileState, Size};
use crate::machine::live::LiveState;
use crate::machine::notifications::delivery_state::{Deliveries, DeliveryState};
use crate::machine::settings::values::HelperToken;
use crate::machine::time::clocks::Clocks;
use crate::machine::time::moment::{Moment, Span};
use crate::vocabulary::{CostFlags, JobState, Notification, PeriodEnd, Recipient, Sid};

/// Writes words behind a first one, whose bits say which of them there are.
struct Packer<'state> {
    first: u64,
    used: u32,
    words: &'state mut Words,
}

impl Packer<'_> {
    #[inline]
    fn bits(&mut self, value: u64, width: u32) {
        self.first |= value << self.used;
        self.used += width;
    }

    #[inline]
    fn flag(&mut self, flag: bool) {
        self.bits(u64::from(flag), 1);
    }

    #[inline]
    fn optional(&mut self, word: Option<u64>) {
        self.flag(word.is_some());
        if let Some(word) = word {
            self.words.push(word);
        }
    }
}

/// Everything that decides. Naming every field keeps a new one from being forgotten. The first word says
/// which of the others there are, so that two jobs with the same words are the same.
pub(super) fn fill(words: &mut Words, config: &JobConfig, live: &LiveState, now: Moment) {
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
        // These are compared as they are.
        redirected_to: _,
        certificates: _,
        helper_token,
        deliveries,
        conditions,
        clocks,
        // These are history.
        modification: _,
        transfer_completion: _,
    } = live;
    let mut packer = Packer { first: 0, used: 0, words };
    packer.bits(state.value().into(), 4);
    // The whole error is compared as it is. Its code, but for the top bit of each failure (INV-12), counts
    // for the hash.
    packer.optional(error.last().map(|error| (error.code().value() & (u32::MAX >> 1)).into()));
    packer.bits(held_by.map_or(0, hold), 4);
    for flag in [*retrying, *was_resumed, upload.open, upload.refused] {
        packer.flag(flag);
    }
    let period_ends = config.readings.period_end == PeriodEnd::ClientOrProgress;
    let period_counts = !(*state == JobState::Error && period_ends);
    pack_clocks(clocks, *state, period_counts, now, &mut packer);
    packer.flag(conditions.network);
    packer.flag(conditions.owner_logged_on);
    packer.bits(conditions.blocks.into(), 6);
    let cost = Some(conditions.cost).filter(|cost| *cost != CostFlags::UNRESTRICTED);
    packer.optional(cost.map(|cost| cost.bits().into()));
    packer.flag(*helper_token == HelperToken::Lost);
    packer.optional(match helper_token {
        HelperToken::Held(sid) => Some(account(*sid)),
        HelperToken::None | HelperToken::Lost => None,
    });
    pack_deliveries(deliveries, &mut packer);
    packer.flag(*reply != FileState::default());
    if *reply != FileState::default() {
        push_files(std::slice::from_ref(reply), packer.words);
    }
    push_files(files.all(), packer.words);
    packer.words.seal(packer.first, numbers(config));
}

/// The settings that are numbers, which count for the hash. They are compared with the rest of what is set.
fn numbers(config: &JobConfig) -> [u64; 2] {
    let settings = &config.settings;
    let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    let flags = settings.cost_flags.map_or(0, |flags| flags.bits()).rotate_left(16)
        ^ settings.notify_flags.bits();
    [
        pair(settings.minimum_retry_delay, settings.no_progress_timeout),
        pair(settings.maximum_download_time, flags.rotate_left(4) ^ settings.priority.value()),
    ]
}

fn hold(hold: Hold) -> u64 {
    match hold {
        Hold::Network => 1,
        Hold::LockedVolume => 2,
        Hold::Cost => 3,
        Hold::Block(block) => 4 + block as u64,
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

fn pack_deliveries(deliveries: &Deliveries, packer: &mut Packer<'_>) {
    let Deliveries { callback, result, in_flight, unheard, lost, modification, ranges } =
        *deliveries;
    packer.optional(callback.map(|it| account(it.user) << 2 | it.interface as u64));
    packer.flag(lost);
    for lane in [modification, ranges] {
        packer.flag(lane.pending);
        packer.optional(Some(lane.under_way.into()).filter(|under_way| *under_way > 0));
    }
    let (result, told) = match result {
        DeliveryState::Nothing => (0, None),
        DeliveryState::Pending => (1, None),
        DeliveryState::PendingToCommandLine => (2, None),
        DeliveryState::PendingToObject => (3, None),
        DeliveryState::Told(recipient) => {
            (4, Some((Notification::JobTransferred, recipient, false)))
        }
    };
    packer.bits(result, 3);
    let unheard = unheard.map(|(notification, recipient)| (notification, recipient, false));
    let in_flight = in_flight.map(|call| (call.notification, call.recipient, call.outdated));
    for call in [told, in_flight, unheard] {
        packer.flag(call.is_some());
        let Some((notification, recipient, outdated)) = call else { continue };
        let (way, class) = match recipient {
            Recipient::Callback => (0, None),
            Recipient::CommandLine => (1, None),
            Recipient::ComClass(class) => (2, Some(class.as_u64_pair())),
        };
        let file = match notification {
            Notification::FileTransferred(file) | Notification::FileRangesTransferred(file) => {
                file.0
            }
            _ => 0,
        };
        let about = u64::from(file) << 6 | u64::from(notification.flag().bits());
        packer.words.push(about << 3 | way << 1 | u64::from(outdated));
        if let Some((high, low)) = class {
            packer.words.push(high);
            packer.words.push(low);
        }
    }
}

/// How long ago the clocks began that run. That of the no-progress period decides nothing in ERROR if the
/// client who ends ERROR ends the period too (TIME-12).
fn pack_clocks(
    clocks: &Clocks,
    state: JobState,
    period_counts: bool,
    now: Moment,
    packer: &mut Packer<'_>,
) {
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
        restarted,
    } = *clocks;
    // The clocks of a job in a final state stand, but for two.
    let runs = !state.is_final();
    let elapsed = |since: Moment| now.since(since).to_bits();
    let stamps = [
        Some(activity).filter(|_| runs),
        stopped.filter(|_| runs),
        period.filter(|_| runs && period_counts),
        cancellation,
        repeat.filter(|_| runs),
    ];
    for stamp in stamps {
        packer.optional(stamp.map(|stamp| elapsed(stamp.at)));
    }
    packer.optional(active.filter(|_| runs).map(elapsed));
    packer.optional(modification.map(elapsed));
    packer.optional(ranges.filter(|_| runs).map(elapsed));
    packer.optional(Some(spent).filter(|spent| runs && *spent != Span::ZERO).map(Span::to_bits));
    packer.flag(runs && restarted == Some(now));
    // A restart reads elapsed time from the wall clock (TIME-05).
    let running = || stamps.into_iter().flatten();
    let wall_moved = running().any(|stamp| stamp.wall.since(stamp.at) != wall_ahead);
    packer.flag(wall_moved);
    if wall_moved {
        let wall_now = clocks.wall(now);
        running().for_each(|stamp| packer.words.push(wall_now.since(stamp.wall).to_bits()));
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
