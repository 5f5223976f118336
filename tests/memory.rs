//! Jobs are small: a queue of 100,000 fits in a test.

use std::sync::Arc;

use allocation_counter::measure;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::Call;
use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::service::Service;
use bits_emulator::{FileInfo, JobType};
use chrono::DateTime;

/// What a job may take beside its strings, in bytes.
const ROOM: u64 = 940;

#[test]
fn an_idle_job_of_one_file_takes_less_than_1_kib_beside_its_strings() {
    for number in [1_000, 10_000] {
        let bytes = bytes_of(number);
        let each = bytes / u64::from(number);
        assert!(each <= ROOM, "{number} jobs take {bytes} bytes, which is {each} each");
        // That the count counts.
        assert!(each > 500, "{number} jobs take {bytes} bytes, which is {each} each");
    }
}

/// The memory of a service that keeps so many jobs. Their names are shared, so that these do not count.
fn bytes_of(number: u32) -> u64 {
    let policies =
        Policies { jobs_per_computer: u32::MAX, jobs_per_user: u32::MAX, ..Policies::default() };
    let name: Arc<str> = "update".into();
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let mut kept = None;
    let measured = measure(|| {
        let mut service = Service::new(Readings::documented(), policies, DateTime::UNIX_EPOCH);
        for job in 0..number {
            let by = Token::user(1 + job % 50);
            if job < 50 {
                assert!(service.log_on(Sid::User(1 + job)).is_empty());
            }
            let id = service
                .create_job(&by, Some(Arc::clone(&name)), JobType::Download)
                .expect("there is no limit");
            for call in [Call::add_file(file.clone()), Call::Resume] {
                let _ = service.call(&by, id, call).expect("the call is accepted");
            }
        }
        kept = Some(service);
    });
    assert_eq!(kept.map(|service| service.queue_length()), Some(number));
    u64::try_from(measured.bytes_current).expect("the service holds memory")
}
