//! What `Complete` and `Cancel` do to files.

use super::*;
use crate::machine::Success;

/// DONE-07, DONE-08
#[test]
fn a_refused_rename_leaves_what_was_renamed() {
    let mut bench = Bench::download("one");
    bench.server().resource("/two").content("two");
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.resume_until(JobState::Transferred);
    bench.world.disk_mut().lock_file(r"C:\app\two");
    let refused = bench.complete().unwrap_err();
    assert_eq!(refused.code(), HResult::ERROR_SHARING_VIOLATION);
    assert_eq!(bench.job.state(), JobState::Transferred);
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe", "BIT0002.tmp"]);
    bench.world.disk_mut().unlock_file(r"C:\app\two");
    assert_eq!(bench.complete().unwrap().success, Success::Ok);
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe", "two"]);
}

/// DONE-14: what is the user's stays.
#[test]
fn cancel_after_a_refused_rename_leaves_what_was_renamed() {
    let mut bench = Bench::download("one");
    bench.server().resource("/two").content("two");
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.resume_until(JobState::Transferred);
    bench.world.disk_mut().lock_file(r"C:\app\two");
    bench.complete().unwrap_err();
    bench.cancel();
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
}

/// DONE-02, DONE-04: what is whole is kept, the rest is gone.
#[test]
fn complete_on_the_way_keeps_what_is_whole() {
    let mut bench = Bench::download("one");
    bench.server().resource("/two").content(10 * MIB);
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(5));
    assert_eq!(bench.world.disk().list(r"C:\app").len(), 2);
    assert_eq!(bench.complete().unwrap().success, Success::Partial);
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
    assert_eq!(bench.world.next_event(), None);
}

/// DONE-12, DONE-16
#[test]
fn cancel_leaves_nothing() {
    let mut bench = Bench::download("one");
    bench.server().resource("/two").content(10 * MIB);
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(5));
    assert_eq!(bench.cancel().success, Success::Ok);
    assert_eq!(bench.world.disk().list(r"C:\app"), Vec::<String>::new());
    assert_eq!(bench.world.next_event(), None);
}

/// DONE-06, DONE-24: what cannot be deleted is left, and said.
#[test]
fn undeletable_files_are_left() {
    for denied in [false, true] {
        let mut bench = Bench::download("one");
        bench.resume_until(JobState::Transferred);
        if denied {
            bench.world.disk_mut().deny(r"C:\app");
        } else {
            bench.world.disk_mut().make_undeletable(r"C:\app");
        }
        assert_eq!(bench.cancel().success, Success::UnableToDeleteFiles);
        assert_eq!(bench.world.disk().list(r"C:\app"), ["BIT0001.tmp"]);
    }
}

/// PROP-35: the destination is written itself, and stays.
#[test]
fn a_high_performance_job_writes_the_destination() {
    let mut bench = Bench::new(JobType::Download);
    bench.resource().content("hello").rate(1);
    bench.call(Call::SetProperty(JobProperty::HighPerformance(true)));
    bench.call(Call::add_file(FileInfo::new(URL, LOCAL)));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
    assert_eq!(bench.cancel().success, Success::Ok);
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"hel");
}

#[test]
fn a_file_that_is_there_is_replaced() {
    let mut bench = Bench::download("new");
    bench.world.disk_mut().write(LOCAL, "old");
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"old");
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"new");
}

/// The file was never made: the world does not pretend.
#[test]
fn a_file_that_never_arrived_cannot_be_renamed() {
    let mut bench = Bench::download("hello");
    bench.call(Call::Resume);
    for event in [Event::Picked, Event::Connected, Event::SizeKnown(5), Event::FileTransferred] {
        let _ = bench.job.handle(event, bench.now);
    }
    let commit = bench.world.commit_files(&bench.job, bench.job.owner());
    assert_ne!(commit, Commit::default());
    assert_eq!(commit.deletion, Deletion::Done);
}
