//! What the disk refuses, and where files are really kept.

use super::*;
use crate::machine::Directory;

/// FILES-05, FILES-06
#[test]
fn folders_may_be_missing_or_denied() {
    let mut world = World::new();
    world.disk_mut().remove_dir(r"C:\gone").deny(r"C:\secret").create_dir(r"C:\gone\back");
    let directory = |name: &str| world.folder_state(Sid::User(1001), [name]);
    assert_eq!(directory(r"C:\a\b.txt"), Directory::Writable);
    assert_eq!(directory(r"c:\GONE\deep\b.txt"), Directory::Missing);
    assert_eq!(directory(r"C:\gone\back\b.txt"), Directory::Writable);
    assert_eq!(directory(r"C:\secret\b.txt"), Directory::Denied);
    assert_eq!(directory(r"C:\secrets\b.txt"), Directory::Writable);
    assert_eq!(
        world.folder_state(Sid::User(1001), [r"C:\a", r"C:\secret\b", r"C:\gone\c"]),
        Directory::Denied
    );
}

#[test]
fn a_folder_may_go_before_the_transfer() {
    let mut bench = Bench::download("hello");
    bench.world.disk_mut().remove_dir(r"C:\app");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_PATH_NOT_FOUND, ErrorContext::LocalFile);
    bench.world.disk_mut().deny(r"C:\app");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::E_ACCESSDENIED, ErrorContext::LocalFile);
}

#[test]
fn a_full_disk_fails_the_job_where_it_is_full() {
    let mut bench = Bench::download(10 * MIB);
    bench.world.disk_mut().set_free("C:", 3 * MIB);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_DISK_FULL, ErrorContext::LocalFile);
    assert_eq!(bench.transferred(), 3 * MIB);
    bench.world.disk_mut().set_free("C:", 100 * MIB);
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().size(LOCAL), Some(10 * MIB));
}

#[test]
fn room_made_in_time_helps() {
    let mut bench = Bench::download(10 * MIB);
    bench.world.disk_mut().set_free("C:", 3 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(2));
    bench.world.disk_mut().set_free("C:", 100 * MIB);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.job.error_count(), 0);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(10));
}

/// DISK_FULL shows at the instant at which the room ends, also if some was made meanwhile.
#[test]
fn room_that_is_made_and_does_not_suffice_ends_later() {
    let mut bench = Bench::download(10 * MIB);
    bench.world.disk_mut().set_free("C:", 3 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(2));
    bench.world.disk_mut().set_free("C:", 4 * MIB);
    bench.run_until(JobState::Error);
    bench.expect_error(HResult::ERROR_DISK_FULL, ErrorContext::LocalFile);
    assert_eq!(bench.transferred(), 6 * MIB);
    assert_eq!((bench.now - DateTime::UNIX_EPOCH).num_seconds(), 6);
}

/// What is deleted leaves its room to others.
#[test]
fn a_deleted_file_makes_room() {
    let mut bench = Bench::download(10 * MIB);
    bench.world.disk_mut().set_free("C:", 10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(4));
    let _ = bench.cancel();
    let mut next = Bench::download(10 * MIB);
    *next.world.disk_mut() = bench.world.disk().clone();
    next.resume_until(JobState::Transferred);
}

/// NET-07
#[test]
fn a_locked_volume_is_waited_for() {
    let mut bench = Bench::download("hello");
    bench.world.disk_mut().lock_volume("C:");
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::BG_E_DESTINATION_LOCKED, ErrorContext::LocalFile);
    assert_eq!(bench.world.next_event(), None);
    bench.advance(TimeDelta::hours(3));
    assert_eq!(bench.job.state(), JobState::TransientError);
    bench.world.disk_mut().unlock_volume("c:");
    bench.run_until(JobState::Transferred);
    assert!(bench.events.contains(&Event::VolumeUnlocked));
}

/// NET-07: on the way, it is noticed when the next bytes are to be written.
#[test]
fn a_volume_may_be_locked_on_the_way() {
    let mut bench = Bench::download(10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    bench.world.disk_mut().lock_volume("C:");
    bench.advance(TimeDelta::seconds(60));
    bench.expect_error(HResult::BG_E_DESTINATION_LOCKED, ErrorContext::LocalFile);
    assert_eq!(bench.transferred(), 3 * MIB);
    bench.world.disk_mut().unlock_volume("C:");
    bench.run_until(JobState::Transferred);
}

/// DONE-18
#[test]
fn an_open_temporary_file_delays_the_transfer() {
    let mut bench = Bench::download("hello");
    let name = bench.world.assign_temporary_name(&bench.job, FileIndex(0)).unwrap();
    assert_eq!(name, bench.temporary());
    bench.world.disk_mut().lock_file(&name);
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::ERROR_SHARING_VIOLATION, ErrorContext::LocalFile);
    bench.world.disk_mut().unlock_file(&name);
    bench.run_until(JobState::Transferred);
}

#[test]
fn two_jobs_share_a_folder() {
    let mut bench = Bench::download("hello");
    bench.server().resource("/two").content("two");
    let options =
        JobOptions { id: crate::JobId(uuid::Uuid::from_u128(7)), ..JobOptions::default() };
    let mut other = JobStateMachine::new(options, bench.now);
    let file = FileInfo::new("https://example.com/two", r"C:\app\two");
    other.call(Call::add_file(file), bench.now).unwrap();
    bench.resume_until(JobState::Transferred);
    let name = bench.world.assign_temporary_name(&other, FileIndex(0)).unwrap();
    assert_ne!(
        Some(name.clone()),
        other.temporary_name(FileIndex(0)).map(|name| name.to_lowercase())
    );
    assert_ne!(name, bench.temporary());
    let mut second = Bench { job: other, ..bench };
    second.resume_until(JobState::Transferred);
    second.complete().unwrap();
    assert_eq!(second.world.disk().read(r"C:\app\two").unwrap(), b"two");
    assert_eq!(second.world.disk().list(r"C:\app"), ["BIT0001.tmp", "two"]);
}

/// A real directory holds the same files.
#[test]
fn files_may_be_real() {
    let root = std::env::temp_dir().join(format!("bits-emulator-{}", std::process::id()));
    let mut bench = Bench::download("0123456789");
    *bench.world.env.disk = DiskState::in_directory(&root);
    bench.resource().rate(1).modified(DateTime::UNIX_EPOCH + TimeDelta::days(9_000));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(4));
    let temporary = root.join("C").join("app").join("BIT0001.tmp");
    assert_eq!(std::fs::read(&temporary).unwrap(), b"0123");
    bench.run_until(JobState::Transferred);
    assert_eq!(std::fs::read(&temporary).unwrap(), b"0123456789");
    bench.complete().unwrap();
    assert!(!temporary.exists());
    assert_eq!(std::fs::read(root.join("C/app/app.exe")).unwrap(), b"0123456789");
    let disk = bench.world.disk();
    assert_eq!(disk.read("c:/APP/App.EXE").unwrap(), b"0123456789");
    assert_eq!(disk.list(r"C:\App"), ["app.exe"]);
    assert_eq!(disk.modified(LOCAL), Some(DateTime::UNIX_EPOCH + TimeDelta::days(9_000)));
    // No name leads out of the directory.
    bench.world.disk_mut().write(r"C:\..\..\x:y", "inside").write(r"\\server\share\b", "shared");
    assert_eq!(std::fs::read(root.join("C/x_y")).unwrap(), b"inside");
    assert_eq!(std::fs::read(root.join("UNC/server/share/b")).unwrap(), b"shared");
    bench.world.disk_mut().write(r"C:\x:y", "replaced");
    assert_eq!(std::fs::read(root.join("C/x_y")).unwrap(), b"replaced");
    bench.world.disk_mut().delete(r"C:\x:y");
    assert!(!root.join("C/x_y").exists());
    std::fs::remove_dir_all(root).unwrap();
}
