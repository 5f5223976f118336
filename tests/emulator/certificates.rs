//! Certificates: those of servers, which the client may check, and those of clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bits_emulator::machine::Event;
use bits_emulator::settings::{
    CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
};
use bits_emulator::{
    CertificateCallback, Clock, Emulator, Error, ErrorContext, HResult, Job, JobPriority, JobState,
    JobType, Session, User,
};

use crate::support::{download, world};

/// Looks at the hash, and calls the job while it does.
struct Pinned(&'static [u8]);

impl CertificateCallback for Pinned {
    fn validate_server_certificate(&self, job: &Job, server: &str, hash: &[u8]) -> HResult {
        for _ in 0..10 {
            assert_eq!(job.state().unwrap(), JobState::Connecting);
        }
        let right = server == "example.com:443" && hash == self.0;
        if right { HResult::S_OK } else { HResult::E_ACCESSDENIED }
    }
}

/// PROP-26, PROP-27: the client's check of certificates; a declined one is a transient error. While
/// the client checks, its job waits, however much time that takes.
#[test]
fn a_certificate_is_checked_by_the_client() -> Result<(), Error> {
    let clocks = [Clock::Manual, Clock::PerCall(Duration::from_secs(1))];
    let endings = [([1; 20], JobState::Transferred), ([2; 20], JobState::TransientError)];
    for (clock, (hash, expected)) in clocks.into_iter().flat_map(|c| endings.map(|e| (c, e))) {
        let (emulator, session) = world();
        emulator.set_clock(clock);
        emulator.server("https://example.com").with_state(|server| {
            server.certificate(&hash[..]);
        });
        let job = download(&session)?;
        job.set_server_certificate_validation_interface(Pinned(&[1; 20]))?;
        job.resume()?;
        emulator.advance(Duration::from_secs(60));
        assert_eq!(job.state()?, expected);
    }
    Ok(())
}

/// Takes a minute.
struct Slow(Emulator, Job);

impl CertificateCallback for Slow {
    fn validate_server_certificate(&self, job: &Job, _: &str, _: &[u8]) -> HResult {
        self.0.advance(Duration::from_secs(60));
        assert_eq!(job.state().unwrap(), JobState::Connecting);
        assert_eq!(self.1.state().unwrap(), JobState::Transferred, "other jobs do not wait");
        HResult::S_OK
    }
}

/// PROP-27: only the job waits whose certificate is checked.
#[test]
fn others_transfer_during_a_check() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").with_state(|server| {
        server.certificate(&[1; 20][..]);
    });
    let (job, other) = (download(&session)?, download(&session)?);
    let slow = Slow(emulator.clone(), other.clone());
    job.set_server_certificate_validation_interface(slow)?;
    for job in [&job, &other] {
        job.set_priority(JobPriority::Foreground)?;
        job.resume()?;
    }
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// PROP-21
#[test]
fn the_certificate_store_answers_as_the_test_says() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let choose = || {
        job.set_client_certificate(ClientCertificate {
            location: CertStoreLocation::CurrentUser,
            store_name: Some("MY".into()),
            id: Some(CertificateId::Hash([7; 20][..].into())),
        })
    };
    choose()?;
    assert!(job.client_certificate().is_ok());
    emulator.set_certificate_lookup(CertificateLookup::NoCertificate);
    assert_eq!(choose().unwrap_err().code(), HResult::CRYPT_E_NOT_FOUND);
    assert!(job.remove_client_certificate()?);
    Ok(())
}

/// Kills its client.
struct Dies(Session);

impl CertificateCallback for Dies {
    fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
        self.0.kill();
        HResult::S_OK
    }
}

/// PROP-28, NOTIFY-18: a client that dies while it checks has checked nothing.
#[test]
fn a_check_that_breaks_off_fails_the_job() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").with_state(|server| {
        server.certificate(&[1; 20][..]);
    });
    let job = download(&session)?;
    job.set_server_certificate_validation_interface(Dies(session.clone()))?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let job = emulator.connect(User::new("alice")).job(job.id())?;
    assert_eq!(job.state()?, JobState::Error);
    Ok(())
}

/// Breaks off.
struct Panics;

impl CertificateCallback for Panics {
    fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
        panic!("the client has a bug");
    }
}

/// PROP-27: a check whose panic is contained declines with the code of COM for that.
#[test]
fn a_check_that_panics_declines() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.contain_panics(true);
    emulator.server("https://example.com").with_state(|server| {
        server.certificate(&[1; 20][..]);
    });
    let job = download(&session)?;
    job.set_server_certificate_validation_interface(Panics)?;
    job.resume()?;
    emulator.advance(Duration::from_secs(1));
    assert_eq!(job.state()?, JobState::TransientError);
    assert_eq!(job.error()?.code(), HResult::RPC_E_SERVERFAULT);
    Ok(())
}

/// PROP-27: every HTTPS server shows a certificate, also if no test says which; HTTP has none.
#[test]
fn the_check_is_asked_about_every_https_server() -> Result<(), Error> {
    struct Declining;
    impl CertificateCallback for Declining {
        fn validate_server_certificate(&self, _: &Job, server: &str, hash: &[u8]) -> HResult {
            assert_eq!((server, hash), ("example.com:443", &[0; 20][..]));
            HResult::E_FAIL
        }
    }
    let (emulator, session) = world();
    let job = download(&session)?;
    job.set_server_certificate_validation_interface(Declining)?;
    job.resume()?;
    emulator.advance(Duration::from_secs(60));
    let error = job.error()?;
    assert_eq!(job.state()?, JobState::TransientError);
    let expected = (HResult::E_FAIL, ErrorContext::ServerCertificateCallback);
    assert_eq!((error.code(), error.context()), expected);
    assert_eq!(emulator.server("https://example.com").requests().len(), 0);

    emulator.server("http://example.com").file("/app.exe", 10);
    let plain = session.create_job("plain", JobType::Download)?;
    plain.add_file("http://example.com/app.exe", r"C:\app\plain.exe")?;
    plain.set_server_certificate_validation_interface(Declining)?;
    plain.resume()?;
    emulator.advance(Duration::from_secs(60));
    assert_eq!(plain.state()?, JobState::Transferred);
    Ok(())
}

/// Counts how often it is asked, and changes the file meanwhile if it is to.
struct Counting {
    asked: Arc<AtomicUsize>,
    changes: Option<Emulator>,
}

impl CertificateCallback for Counting {
    fn validate_server_certificate(&self, job: &Job, _: &str, _: &[u8]) -> HResult {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(emulator) = &self.changes {
            assert!(emulator.inject(job, Event::FileChanged));
        }
        HResult::S_OK
    }
}

/// PROP-29: a certificate that was accepted is not asked about again by the job.
#[test]
fn an_accepted_certificate_is_accepted_for_the_job() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").file("/data.cab", 10);
    let asked = Arc::<AtomicUsize>::default();
    for jobs in 1..=2 {
        let job = download(&session)?;
        job.add_file("https://example.com/data.cab", r"C:\app\data.cab")?;
        let counting = Counting { asked: Arc::clone(&asked), changes: None };
        job.set_server_certificate_validation_interface(counting)?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!((job.state()?, job.progress()?.files_transferred), (JobState::Transferred, 2));
        assert_eq!(asked.load(Ordering::SeqCst), jobs);
        job.cancel()?;
    }
    Ok(())
}

/// PROP-29: a certificate that was refused is asked about again, and so is each after the callback was set
/// anew.
#[test]
fn some_certificates_are_asked_about_again() -> Result<(), Error> {
    /// Refuses the first certificate that it is asked about.
    struct Hesitant(Arc<AtomicUsize>);
    impl CertificateCallback for Hesitant {
        fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
            match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => HResult::E_FAIL,
                _ => HResult::S_OK,
            }
        }
    }
    let (emulator, session) = world();
    let asked = Arc::<AtomicUsize>::default();
    let set = |job: &Job| {
        let callback = Arc::new(Hesitant(Arc::clone(&asked)));
        job.set_server_certificate_validation_interface(callback)
    };
    let job = download(&session)?;
    job.set_priority(JobPriority::Foreground)?;
    set(&job)?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    assert_eq!((job.state()?, asked.load(Ordering::SeqCst)), (JobState::TransientError, 1));
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    assert_eq!((job.state()?, asked.load(Ordering::SeqCst)), (JobState::Transferring, 2));
    // Another connection of the job, with the callback of before and then with a new one.
    for (anew, expected) in [(false, 2), (true, 3)] {
        job.suspend()?;
        if anew {
            set(&job)?;
        }
        job.resume()?;
        emulator.advance(Duration::from_secs(1));
        assert_eq!(
            (job.state()?, asked.load(Ordering::SeqCst)),
            (JobState::Transferring, expected)
        );
    }
    Ok(())
}

/// PROP-27, HTTP-08: nothing of the file was asked for before the check, so that it goes on.
#[test]
fn a_file_may_change_during_a_check() -> Result<(), Error> {
    let (emulator, session) = world();
    let asked = Arc::<AtomicUsize>::default();
    let job = download(&session)?;
    let counting = Counting { asked: Arc::clone(&asked), changes: Some(emulator.clone()) };
    job.set_server_certificate_validation_interface(counting)?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!((job.state()?, asked.load(Ordering::SeqCst)), (JobState::Transferred, 1));
    Ok(())
}
