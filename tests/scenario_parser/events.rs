//! Events with arbitrary values.

use bits_emulator::machine::{ComputerEvent, Event};
use bits_emulator::policy::CostFlags;
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::values::*;

pub(crate) fn event() -> BoxedStrategy<Event> {
    let moved = -1_000_000_000_000_i64..1_000_000_000_000;
    prop_oneof![
        any::<u64>().prop_map(Event::SizeKnown),
        headers().prop_map(Event::HeadersReceived),
        any::<u64>().prop_map(Event::Progressed),
        any::<u64>().prop_map(Event::ReplyStarted),
        failure().prop_map(Event::Failed),
        (redirect(), name()).prop_map(|(status, url)| Event::Redirected(status, url.into())),
        (name(), bytes()).prop_map(|(server, hash)| Event::CertificateReceived(server, hash)),
        code().prop_map(Event::CertificateChecked),
        any::<u32>().prop_map(|bits| Event::Computer(ComputerEvent::NetworkCost(
            CostFlags::from_bits_retain(bits)
        ))),
        notification().prop_map(Event::NotificationStarted),
        (notification(), code())
            .prop_map(|(notification, code)| Event::NotificationReturned(notification, code)),
        any::<u32>().prop_map(Event::ProgramExited),
        moved.prop_map(|micros| Event::Computer(ComputerEvent::ClockChanged(
            TimeDelta::microseconds(micros)
        ))),
    ]
    .boxed()
}
