//! Events as text.

use std::fmt;

use super::Code;
use super::world::write_failure;
use crate::machine::{ComputerEvent, Event};
use crate::scenario::flags::Names;
use crate::scenario::phrases::EVENTS;
use crate::scenario::words::{Duration, Headers, Hex, Name, Size};

pub(super) fn write_event(f: &mut fmt::Formatter<'_>, event: &Event) -> fmt::Result {
    if let Some((phrase, _)) = EVENTS.iter().find(|(_, known)| known == event) {
        return f.write_str(phrase);
    }
    match event {
        Event::SizeKnown(bytes) => write!(f, "size known {}", Size(*bytes)),
        Event::HeadersReceived(headers) => write!(f, "headers received {}", Headers(headers)),
        Event::Progressed(bytes) => write!(f, "progressed {}", Size(*bytes)),
        Event::ReplyStarted(bytes) => write!(f, "reply started {}", Size(*bytes)),
        Event::Failed(failure) => {
            f.write_str("failed ")?;
            write_failure(f, failure)
        }
        Event::Redirected(status, url) => write!(f, "redirect {status} to {}", Name(url)),
        Event::CertificateReceived(server, hash) => {
            write!(f, "certificate received from {}, hash {}", Name(server), Hex(hash))
        }
        Event::CertificateChecked(code) => write!(f, "certificate checked {}", Code(*code)),
        Event::Computer(ComputerEvent::NetworkCost(cost)) => {
            write!(f, "network cost {}", Names(*cost))
        }
        Event::Computer(ComputerEvent::Blocked(block)) => write!(f, "blocked by {block}"),
        Event::Computer(ComputerEvent::Unblocked(block)) => write!(f, "unblocked by {block}"),
        Event::NotificationStarted(notification) => write!(f, "{notification} begins"),
        Event::NotificationReturned(notification, code) => {
            write!(f, "{notification} returns {}", Code(*code))
        }
        Event::ProgramExited(code) => write!(f, "program exited with {code}"),
        Event::Computer(ComputerEvent::ClockChanged(by)) => {
            write!(f, "clock changes by {}", Duration(*by))
        }
        // The others are phrases of their own.
        Event::Picked
        | Event::Connected
        | Event::FileTransferred
        | Event::FileChanged
        | Event::SessionLost
        | Event::SliceOver
        | Event::VolumeUnlocked
        | Event::OwnerLoggedOff
        | Event::OwnerLoggedOn
        | Event::ClientExited
        | Event::UploadCancelled
        | Event::Computer(
            ComputerEvent::NetworkLost
            | ComputerEvent::NetworkRestored
            | ComputerEvent::ServiceRestarted,
        ) => Ok(()),
    }
}
