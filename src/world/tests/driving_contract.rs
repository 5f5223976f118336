//! The driving contract of the world, with a loop of its own.

use super::*;

/// DONE-01: the file has its name after Complete.
#[test]
fn a_transfer_of_many_gigabytes_takes_few_steps() {
    let mut now = DateTime::UNIX_EPOCH;
    let mut world = World::new();
    world.server("https://example.com").resource("/a.exe").content(Content::sized(4 << 30));
    let mut job = JobStateMachine::new(JobOptions::default(), now);
    let file = FileInfo::new("https://example.com/a.exe", r"C:\a.exe");
    job.call(Call::add_file(file), now).unwrap();
    job.call(Call::Resume, now).unwrap();
    let picked = job.handle(Event::Picked, now);
    assert!(picked.effects.contains(Effect::StartTransfer));
    world.start_attempt(&job, now);

    let mut steps = 0;
    while let Some((at, _)) = world.next_event() {
        now = now.max(at);
        for event in world.poll(&job, now) {
            let _ = job.handle(event, now);
            world.reconcile(&job, now);
            steps += 1;
        }
    }
    assert_eq!(job.state(), JobState::Transferred);
    assert!(steps <= 10);

    assert!(!world.disk().exists(r"C:\a.exe"));
    let commit = world.commit_files(&job, job.owner());
    job.call(Call::Complete(commit), now).unwrap();
    assert_eq!(world.disk().size(r"C:\a.exe"), Some(4 << 30));
}
