//! Where the nine states stand in the picture, and which way each arrow takes.

use JobState::{
    Acknowledged, Cancelled, Connecting, Error, Queued, Suspended, Transferred, Transferring,
    TransientError,
};

use crate::vocabulary::JobState;

/// Half the width and half the height of a state.
pub(super) const HALF: (i32, i32) = (78, 21);
/// The size of the picture.
pub(super) const SIZE: (i32, i32) = (1180, 920);
/// The box around the states that are not final: left, top, width, height.
pub(super) const BOX: (i32, i32, i32, i32) = (20, 20, 1140, 724);
/// From where the arrows to final states start: the lower edge of the box.
pub(super) const EXIT: i32 = BOX.1 + BOX.3;
/// Where the notes begin.
pub(super) const NOTES: (i32, i32) = (44, 690);
/// From where a new job comes.
pub(super) const START: (i32, i32) = (710, 105);

/// The middle of a state.
pub(super) const fn place(state: JobState) -> (i32, i32) {
    match state {
        Suspended => (530, 105),
        Queued => (140, 320),
        Connecting => (530, 320),
        Transferring => (890, 320),
        Transferred => (1060, 105),
        TransientError => (400, 570),
        Error => (800, 570),
        Cancelled => (400, 860),
        Acknowledged => (800, 860),
    }
}

/// The way of an arrow: the point to which its curve bends, and where its label begins.
pub(super) struct Way {
    pub(super) from: JobState,
    pub(super) to: JobState,
    pub(super) bend: (i32, i32),
    pub(super) label: (i32, i32),
}

const fn way(from: JobState, to: JobState, bend: (i32, i32), label: (i32, i32)) -> Way {
    Way { from, to, bend, label }
}

/// A row for each arrow between states that are not final. A test holds that it is each arrow of the table.
pub(super) const WAYS: &[Way] = &[
    way(Suspended, Queued, (290, 165), (268, 176)),
    way(Error, Queued, (290, 800), (478, 674)),
    way(TransientError, Queued, (205, 470), (48, 460)),
    way(Transferred, Queued, (420, -70), (640, 58)),
    way(Queued, Suspended, (390, 240), (362, 240)),
    way(Connecting, Suspended, (530, 210), (538, 212)),
    way(Transferring, Suspended, (720, 195), (742, 206)),
    way(TransientError, Suspended, (420, 320), (436, 246)),
    way(Connecting, Queued, (335, 352), (246, 362)),
    way(Transferring, Queued, (520, 470), (246, 362)),
    way(Queued, Connecting, (335, 302), (272, 298)),
    way(Connecting, Transferring, (710, 320), (674, 312)),
    way(Transferring, Transferred, (990, 220), (994, 226)),
    way(Connecting, TransientError, (510, 470), (514, 484)),
    way(Transferring, TransientError, (780, 530), (514, 484)),
    way(Connecting, Error, (720, 420), (604, 366)),
    way(Transferring, Error, (890, 460), (886, 470)),
    way(TransientError, Error, (600, 570), (520, 586)),
    way(Queued, TransientError, (260, 430), (300, 474)),
];
