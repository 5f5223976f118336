//! Whose rights count: those of the job's owner, at the disk and at servers.

use bits_emulator::accounts::{IntegrityLevel, Sid};
use bits_emulator::server::{Acl, AuthChallenge};
use bits_emulator::settings::{AuthScheme, AuthTarget, Credentials, HelperTokenFlags};
use bits_emulator::{
    Completion, Emulator, Error, ErrorContext, HResult, Job, JobState, JobType, Session, User,
};

use crate::support::URL;

const SHARED: &str = r"\\server\share\app.exe";

fn world() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", "hello");
    emulator.server(r"\\server").file(r"share\app.exe", "hello");
    emulator
}

fn alice() -> User {
    User::new("alice")
}

fn download(session: &Session, remote: &str, local: &str) -> Result<Job, Error> {
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(remote, local)?;
    job.resume()?;
    Ok(job)
}

#[track_caller]
fn expect_error(job: &Job, code: HResult, context: ErrorContext) {
    assert_eq!(job.state().unwrap(), JobState::Error);
    let error = job.error().unwrap();
    assert_eq!((error.code(), error.context()), (code, context));
}

/// SEC-01, FILES-06: a folder into which only alice may write is there for the jobs of alice, whoever
/// adds files to them.
#[test]
fn the_rights_of_the_owner_count_when_files_are_added() -> Result<(), Error> {
    let emulator = world();
    emulator.disk().set_acl(r"C:\alice", Acl::only([emulator.sid(alice())]));
    let local = r"C:\alice\sub\app.exe";
    let job = download(&emulator.connect(alice()), URL, local)?;
    let denied = download(&emulator.connect(User::new("bob")), URL, local).unwrap_err();
    assert_eq!(denied.code(), HResult::E_ACCESSDENIED);
    // SEC-03
    let administrator = emulator.connect(User::new("carol").administrator());
    administrator.job(job.id())?.add_file(URL, r"C:\alice\2.exe")?;
    assert!(download(&administrator, URL, r"C:\alice\3.exe").is_err());
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(administrator.job(job.id())?.complete()?, Completion::All);
    Ok(())
}

/// SEC-01: rights that are taken away later are missed when the file is written, renamed and deleted.
#[test]
fn the_rights_of_the_owner_count_when_files_are_written() -> Result<(), Error> {
    let emulator = world();
    let (alice, bob) = (emulator.sid(alice()), emulator.sid("bob"));
    let session = emulator.connect(User::new("alice"));
    let job = download(&session, URL, r"C:\data\app.exe")?;
    emulator.disk().set_acl(r"C:\data", Acl::only([bob]));
    assert!(emulator.run_until_idle().is_at_rest());
    expect_error(&job, HResult::ERROR_ACCESS_DENIED, ErrorContext::LocalFile);

    emulator.disk().set_acl(r"C:\data", Acl::only([alice]));
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    emulator.disk().set_acl(r"C:\data", Acl::everyone().written_by([bob]));
    assert_eq!(job.complete().unwrap_err().code(), HResult::ERROR_ACCESS_DENIED);
    assert_eq!(job.state()?, JobState::Transferred);
    // DONE-06
    assert_eq!(job.cancel()?, bits_emulator::Cancellation::FilesLeft);
    assert_eq!(emulator.disk().list(r"C:\data").len(), 1);
    Ok(())
}

/// SEC-01: what is uploaded must be readable for the owner.
#[test]
fn the_rights_of_the_owner_count_when_files_are_read() -> Result<(), Error> {
    let emulator = world();
    emulator.server("https://example.com").resource("/in").with_state(|resource| {
        resource.uploads();
    });
    let disk = emulator.disk();
    disk.write(r"C:\secret.txt", "hello").write(r"C:\open.txt", "hello");
    disk.set_acl(r"C:\secret.txt", Acl::only([emulator.sid("bob")]));
    for (file, expected) in
        [(r"C:\secret.txt", JobState::Error), (r"C:\open.txt", JobState::Transferred)]
    {
        let job = emulator.connect(alice()).create_job("report", JobType::Upload)?;
        job.add_file("https://example.com/in", file)?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, expected);
        if expected == JobState::Error {
            expect_error(&job, HResult::ERROR_ACCESS_DENIED, ErrorContext::LocalFile);
        }
    }
    Ok(())
}

/// SEC-01: a file server knows the owner of the job; the rights of a file come before those of the
/// server.
#[test]
fn a_share_is_there_for_some() -> Result<(), Error> {
    let emulator = world();
    let (alice, bob) = (emulator.sid(alice()), emulator.sid("bob"));
    let server = emulator.server(r"\\server");
    server.file(r"share\for-bob.exe", "hello").with_state(|file| {
        file.acl(Acl::only([bob]));
    });
    server.with_state(|server| {
        server.acl(Acl::only([alice]));
    });
    let sessions = ["alice", "bob"].map(|name| emulator.connect(User::new(name)));
    for (session, remote, may) in [
        (&sessions[0], SHARED, true),
        (&sessions[1], SHARED, false),
        (&sessions[0], r"\\server\share\for-bob.exe", false),
        (&sessions[1], r"\\server\share\for-bob.exe", true),
    ] {
        let job = download(session, remote, r"C:\app.exe")?;
        assert!(emulator.run_until_idle().is_at_rest());
        if may {
            assert_eq!(job.state()?, JobState::Transferred);
        } else {
            expect_error(&job, HResult::ERROR_ACCESS_DENIED, ErrorContext::RemoteFile);
        }
    }
    Ok(())
}

/// SEC-01, PROP-19: so does a server that asks who is logged on, of jobs that say so. One that asks
/// for a password does not care.
#[test]
fn a_server_lets_some_of_those_who_are_logged_on() -> Result<(), Error> {
    let emulator = world();
    let bob = emulator.sid("bob");
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Negotiate);
    emulator.server("https://example.com").with_state(|server| {
        server.challenge(AuthChallenge::logged_on_user(scheme)).acl(Acl::only([bob]));
    });
    for (name, expected) in [("alice", JobState::Error), ("bob", JobState::Transferred)] {
        let job = emulator.connect(User::new(name)).create_job("update", JobType::Download)?;
        job.add_file(URL, r"C:\app.exe")?;
        job.set_credentials(Credentials::of_logged_on_user(target, scheme))?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, expected, "{name}");
        if expected == JobState::Error {
            expect_error(&job, HResult::BG_E_HTTP_ERROR_401, ErrorContext::RemoteFile);
        }
    }
    emulator.server("https://example.com").with_state(|server| {
        server.challenge(AuthChallenge::new(AuthScheme::Basic, "reader", "secret"));
    });
    let job = emulator.connect(alice()).create_job("update", JobType::Download)?;
    job.add_file(URL, r"C:\app.exe")?;
    job.set_credentials(Credentials::new(target, AuthScheme::Basic, "reader", "secret"))?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// SEC-01, SEC-12: a helper token lends its rights for what its flags say.
#[test]
fn a_helper_token_lends_its_rights() -> Result<(), Error> {
    let (none, both) = (HelperTokenFlags::empty(), HelperTokenFlags::all());
    for (flags, local, remote) in [
        (none, false, false),
        (HelperTokenFlags::LOCAL_FILE, true, false),
        (HelperTokenFlags::NETWORK, false, true),
        (both, true, true),
    ] {
        let emulator = world();
        let helper = alice().administrator().with_integrity(IntegrityLevel::System);
        let only_alice = Acl::only([emulator.sid(alice())]);
        let service = emulator.connect(User::local_system());
        let job = service.create_job("update", JobType::Download)?;
        job.set_helper_token_flags(flags)?;
        emulator.connect(helper).job(job.id())?.set_helper_token()?;
        job.add_file(SHARED, r"C:\alice\app.exe")?;
        if local {
            emulator.disk().set_acl(r"C:\alice", only_alice.clone());
        }
        if remote {
            emulator.server(r"\\server").with_state(|server| {
                server.acl(only_alice.clone());
            });
        }
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred, "{flags:?}");
        // The other right is the owner's.
        emulator.disk().set_acl(r"C:\", only_alice.clone());
        let again = job.add_file(SHARED, r"C:\app.exe");
        assert_eq!(again.is_ok(), local, "{flags:?}");
    }
    Ok(())
}

/// SEC-13: a temporary file has the list of its folder, as deep as that lies, and so has the file that
/// it becomes (DONE-01).
#[test]
fn a_temporary_file_inherits_the_list_of_its_folder() -> Result<(), Error> {
    let emulator = world();
    let disk = emulator.disk();
    let (alice, bob) = (emulator.sid(alice()), emulator.sid("bob"));
    let mine = Acl::everyone().written_by([alice]);
    disk.set_acl(r"C:\data", Acl::only([bob])).set_acl(r"C:\data\alice", mine.clone());
    let job = download(&emulator.connect(User::new("alice")), URL, r"C:\data\alice\app.exe")?;
    assert!(emulator.run_until_idle().is_at_rest());
    let temporary = job.files()?[0].temporary_name()?.unwrap();
    assert!(disk.exists(&temporary));
    assert_eq!((disk.acl(&temporary), disk.owner(&temporary)), (mine.clone(), Some(alice)));
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(disk.acl(r"C:\data\alice\app.exe"), mine);
    Ok(())
}

/// SEC-06: an administrator takes over only what they may write, or of an upload read, by letters of
/// drives that mean the same.
#[test]
fn a_new_owner_needs_rights_and_drives() -> Result<(), Error> {
    let emulator = world();
    let disk = emulator.disk();
    let carol = User::new("carol").administrator();
    let (alice, carol_sid) = (emulator.sid(alice()), emulator.sid(&carol));
    disk.map_drive("Z:", alice, r"\\server\home").map_drive("Y:", alice, r"\\server\all");
    disk.map_drive("Y:", carol_sid, r"\\server\all");
    disk.write(r"C:\alice\report.txt", "hello");
    disk.set_acl(r"C:\alice", Acl::everyone().written_by([alice]));
    let session = emulator.connect(User::new("alice"));
    for (job_type, local, refusal) in [
        (JobType::Download, r"C:\alice\app.exe", Some(HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS)),
        (JobType::Upload, r"C:\alice\report.txt", None),
        (JobType::Download, r"Z:\app.exe", Some(HResult::BG_E_NEW_OWNER_DIFF_MAPPING)),
        (JobType::Download, r"Y:\app.exe", None),
        (JobType::Download, r"C:\app.exe", None),
    ] {
        let job = session.create_job("update", job_type)?;
        job.add_file(URL, local)?;
        let taken = emulator.connect(carol.clone()).job(job.id())?.take_ownership();
        assert_eq!(taken.err().map(|error| error.code()), refusal, "{local}");
    }
    // What a letter means to the owner is where the file comes to stand.
    let job = download(&session, URL, r"Z:\app.exe")?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    assert!(disk.exists(r"\\server\home\app.exe"));
    Ok(())
}

/// SEC-15: on shares LocalSystem and NetworkService are the computer, by either name; LocalService is
/// anonymous.
#[test]
fn services_are_the_computer_or_anonymous_on_shares() -> Result<(), Error> {
    let computer = [Sid::NetworkService, Sid::LocalSystem];
    let cases = [
        (User::local_system(), true, true),
        (User::network_service(), true, true),
        (User::local_service(), false, false),
        (alice(), false, true),
    ];
    for (user, is_computer, has_name) in cases {
        for (acl, denies_anonymous, may) in [
            (Acl::everyone(), false, true),
            (Acl::everyone(), true, has_name),
            (Acl::only([computer[0]]), false, is_computer),
            (Acl::only([computer[1]]), false, is_computer),
            (Acl::only([Sid::LocalService]), false, false),
        ] {
            let emulator = world();
            emulator.server(r"\\server").resource(r"share\app.exe").with_state(|file| {
                file.acl(acl.clone()).allow_anonymous(!denies_anonymous);
            });
            let session = emulator.connect(user.clone());
            let job = download(&session, SHARED, r"C:\app.exe")?;
            let _ = emulator.run_until_idle();
            if may {
                assert_eq!(job.state()?, JobState::Transferred, "{acl:?}");
            } else {
                expect_error(&job, HResult::ERROR_ACCESS_DENIED, ErrorContext::RemoteFile);
            }
        }
    }
    Ok(())
}

/// SEC-15, UPLOAD-25: the same for uploads to a share that is on the disk; on a drive each has its name.
#[test]
fn services_are_the_computer_or_anonymous_where_they_upload() -> Result<(), Error> {
    for (user, may_on_share, may_on_drive) in [
        (User::local_system(), true, true),
        (User::network_service(), true, false),
        (User::local_service(), false, false),
    ] {
        for (folder, may) in [(r"\\nas\in", may_on_share), (r"D:\in", may_on_drive)] {
            let emulator = Emulator::new();
            emulator.disk().write(r"C:\report.txt", "all is well").with_state(|disk| {
                disk.create_dir(folder).set_acl(folder, Acl::only([Sid::LocalSystem]));
            });
            let job = emulator.connect(user.clone()).create_job("report", JobType::Upload)?;
            let remote = format!(r"{folder}\report.txt");
            job.add_file(&remote, r"C:\report.txt")?;
            job.resume()?;
            let _ = emulator.run_until_idle();
            if may {
                assert_eq!(job.state()?, JobState::Transferred, "{user:?}");
            } else {
                expect_error(&job, HResult::ERROR_ACCESS_DENIED, ErrorContext::RemoteFile);
            }
            assert_eq!(emulator.disk().exists(&remote), may);
        }
    }
    Ok(())
}

/// SEC-15: the same at a server that asks who is logged on. On the computer itself each has its name.
#[test]
fn a_server_does_not_know_local_service() -> Result<(), Error> {
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Negotiate);
    for (user, sid, expected) in [
        (User::local_system(), Sid::LocalSystem, JobState::Transferred),
        (User::network_service(), Sid::NetworkService, JobState::Transferred),
        (User::local_service(), Sid::LocalService, JobState::Error),
    ] {
        let emulator = world();
        emulator.server("https://example.com").with_state(|server| {
            server.challenge(AuthChallenge::logged_on_user(scheme));
        });
        emulator.disk().set_acl(r"C:\own", Acl::only([sid]));
        let job = emulator.connect(user).create_job("update", JobType::Download)?;
        job.add_file(URL, r"C:\own\app.exe")?;
        job.set_credentials(Credentials::of_logged_on_user(target, scheme))?;
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, expected, "{sid}");
        if expected == JobState::Error {
            expect_error(&job, HResult::BG_E_HTTP_ERROR_401, ErrorContext::RemoteFile);
        }
    }
    Ok(())
}
