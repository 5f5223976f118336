//! Whose a file is after `Complete`, and what is kept of its rights.

use std::time::Duration;

use bits_emulator::server::Acl;
use bits_emulator::settings::FileAclFlags;
use bits_emulator::{
    Completion, Emulator, Error, ErrorContext, HResult, Job, JobState, JobType, User,
};

const LOCAL: &str = r"C:\app\app.exe";

/// A share whose file belongs to bob, who alone may write it.
fn world() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", "hello");
    let bob = emulator.sid("bob");
    for file in ["app.exe", "second.exe"] {
        emulator.server(r"\\server").file(&format!(r"share\{file}"), "hello").with_state(|file| {
            file.owner(bob).acl(Acl::everyone().written_by([bob]));
        });
    }
    emulator
}

fn job(emulator: &Emulator, user: User, flags: FileAclFlags) -> Result<Job, Error> {
    let job = emulator.connect(user).create_job("update", JobType::Download)?;
    job.set_file_acl_flags(flags)?;
    job.add_file(r"\\server\share\app.exe", LOCAL)?;
    job.resume()?;
    Ok(job)
}

fn administrator() -> User {
    User::new("carol").administrator()
}

/// DONE-09: the owner of the file is who called `Complete`; before that it is the job's.
#[test]
fn a_file_belongs_to_who_completes_the_job() -> Result<(), Error> {
    let emulator = world();
    let alice = User::new("alice");
    let job = job(&emulator, alice.clone(), FileAclFlags::empty())?;
    assert!(emulator.run_until_idle().is_at_rest());
    let temporary = job.files()?[0].temporary_name()?.unwrap();
    assert_eq!(emulator.disk().owner(&temporary), Some(emulator.sid(&alice)));
    assert_eq!(emulator.connect(administrator()).job(job.id())?.complete()?, Completion::All);
    assert_eq!(emulator.disk().owner(LOCAL), Some(emulator.sid(administrator())));
    assert_eq!(emulator.disk().owner(&temporary), None);
    Ok(())
}

/// FILES-32, DONE-09: the flags say what is kept of a file of a share. Its list is added to that of the
/// folder.
#[test]
fn flags_keep_owner_and_list() -> Result<(), Error> {
    let (none, owner, dacl) = (FileAclFlags::empty(), FileAclFlags::OWNER, FileAclFlags::DACL);
    for flags in [none, owner, dacl, FileAclFlags::all()] {
        let emulator = world();
        let (bob, carol) = (emulator.sid("bob"), emulator.sid(administrator()));
        let folder = Acl::only([carol]);
        emulator.disk().set_acl(r"C:\app", folder.clone());
        let job = job(&emulator, administrator(), flags)?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.complete()?, Completion::All);
        let kept = if flags.contains(owner) { bob } else { carol };
        assert_eq!(emulator.disk().owner(LOCAL), Some(kept), "{flags:?}");
        let both = Acl::everyone().written_by([bob, carol]);
        let expected = if flags.contains(dacl) { both } else { folder };
        assert_eq!(emulator.disk().acl(LOCAL), expected, "{flags:?}");
    }
    Ok(())
}

/// FILES-32: they apply to files that finish afterwards, a new call replaces them, and 0 clears them.
#[test]
fn flags_hold_for_files_that_finish_afterwards() -> Result<(), Error> {
    let emulator = world();
    let (bob, carol) = (emulator.sid("bob"), emulator.sid(administrator()));
    let job = job(&emulator, administrator(), FileAclFlags::OWNER)?;
    job.set_file_acl_flags(FileAclFlags::empty())?;
    job.add_file(r"\\server\share\second.exe", r"C:\app\second.exe")?;
    emulator.server(r"\\server").resource(r"share\second.exe").with_state(|file| {
        file.rate(1);
    });
    emulator.advance(Duration::from_secs(2));
    assert_eq!(job.files()?[0].progress()?.bytes_transferred, 5);
    job.set_file_acl_flags(FileAclFlags::OWNER)?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(emulator.disk().owner(LOCAL), Some(carol));
    assert_eq!(emulator.disk().owner(r"C:\app\second.exe"), Some(bob));
    Ok(())
}

/// FILES-32, T3: who lacks the privilege to copy an owner, a group or auditing meets a transient error
/// until the flags are cleared. The list alone needs none.
#[test]
fn some_flags_need_privileges() -> Result<(), Error> {
    for (flag, needs) in [
        (FileAclFlags::OWNER, true),
        (FileAclFlags::GROUP, true),
        (FileAclFlags::SACL, true),
        (FileAclFlags::DACL, false),
    ] {
        for user in [User::new("alice"), administrator().not_elevated()] {
            let emulator = world();
            let job = job(&emulator, user, flag)?;
            emulator.advance(Duration::from_secs(10));
            if needs {
                assert_eq!(job.state()?, JobState::TransientError, "{flag:?}");
                let error = job.error()?;
                let expected = (HResult::E_ACCESSDENIED, ErrorContext::LocalFile);
                assert_eq!((error.code(), error.context()), expected);
                job.set_file_acl_flags(FileAclFlags::empty())?;
                assert!(emulator.run_until_idle().is_at_rest());
            }
            assert_eq!(job.state()?, JobState::Transferred, "{flag:?}");
        }
    }
    Ok(())
}

/// FILES-32: HTTP has no owners; the flags are ignored, privileges or not.
#[test]
fn flags_mean_nothing_to_http() -> Result<(), Error> {
    let emulator = world();
    let alice = User::new("alice");
    let bob = emulator.sid("bob");
    emulator.server("https://example.com").resource("/app.exe").with_state(|file| {
        file.owner(bob).acl(Acl::only([bob]));
    });
    let job = emulator.connect(alice.clone()).create_job("update", JobType::Download)?;
    job.set_file_acl_flags(FileAclFlags::all())?;
    job.add_file("https://example.com/app.exe", LOCAL)?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(emulator.disk().owner(LOCAL), Some(emulator.sid(&alice)));
    assert_eq!(emulator.disk().acl(LOCAL), Acl::everyone());
    Ok(())
}

/// FILES-32: uploads to a share keep owner and list too.
#[test]
fn an_upload_to_a_share_keeps_what_the_flags_say() -> Result<(), Error> {
    for flags in [FileAclFlags::empty(), FileAclFlags::OWNER | FileAclFlags::DACL] {
        let emulator = world();
        let (bob, carol) = (emulator.sid("bob"), emulator.sid(administrator()));
        let share = emulator.server(r"\\server").resource(r"share\in.txt");
        share.with_state(|resource| {
            resource.uploads();
        });
        let mine = Acl::everyone().written_by([bob]);
        emulator.disk().write(LOCAL, "hello").set_owner(LOCAL, bob).set_acl(LOCAL, mine.clone());
        let job = emulator.connect(administrator()).create_job("report", JobType::Upload)?;
        job.set_file_acl_flags(flags)?;
        job.add_file(r"\\server\share\in.txt", LOCAL)?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred);
        let keeps = !flags.is_empty();
        assert_eq!(share.with_state(|file| file.owned_by()), Some(if keeps { bob } else { carol }));
        assert_eq!(share.with_state(|file| file.own_acl().cloned()), keeps.then_some(mine));
    }
    Ok(())
}
