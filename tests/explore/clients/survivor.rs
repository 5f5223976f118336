//! The downloader that survives as a program to explore, under the whole budget.

use bits_emulator::HResult;
use bits_emulator::explore::{self, Budget, Program};

use super::{PATH, URL, one_file, survives};

pub(crate) fn budget() -> Budget {
    Budget::default()
        .network(2)
        .http([503, 404])
        .operator_cancel(2)
        .operator_suspend(2)
        .service_restart(2)
        .log_off_survived(2)
        .disk_full(2)
        .kill(2)
        .call_fails(HResult::RPC_S_SERVER_UNAVAILABLE, 2)
        .log_off(2)
}

pub(crate) fn survivor() -> Program {
    explore::program(survives).world(one_file).wants(URL, PATH).budget(budget())
}
