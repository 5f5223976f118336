//! The async downloader, under faults.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/async_client.rs"]
mod example;

use bits_emulator::{Emulator, Error, Fault, HResult};
use example::fetch;

/// A virtual client comes to its end whatever the server does, and waits as long as BITS does.
#[test]
fn an_async_client_hears_of_its_job() -> Result<(), Error> {
    for (fault, ending, seconds) in [
        (None, Ok(()), 10),
        (Some(Fault::http(503).times(3)), Ok(()), 1_810),
        (Some(Fault::http(503).times(1_000)), Err(HResult::E_ABORT), 86_400),
        (Some(Fault::http(404)), Err(HResult::BG_E_HTTP_ERROR_404), 0),
    ] {
        let emulator = Emulator::new();
        let resource = emulator.server("https://example.com").file("/app.exe", 10 << 20);
        if let Some(fault) = fault {
            resource.fails(fault);
        }
        let session = emulator.connect("alice");
        let begin = emulator.now();
        let client = fetch(&session, "https://example.com/app.exe", r"C:\app\app.exe");
        assert_eq!(session.block_on(client)?, ending);
        let took = (emulator.now() - begin).num_seconds();
        assert_eq!(took, seconds);
        assert_eq!(session.jobs()?.total(), 0);
    }
    Ok(())
}
