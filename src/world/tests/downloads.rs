//! Downloads and what happens to them on the way.

use super::*;

#[test]
fn a_plain_download_is_there_after_complete() {
    let mut bench = Bench::download("hello");
    bench.resume_until(JobState::Transferred);
    let told: Vec<_> = bench.events.iter().map(std::mem::discriminant).collect();
    let headers = Event::HeadersReceived("".into());
    let expected = [Event::Picked, Event::Connected, Event::SizeKnown(5), headers]
        .iter()
        .chain(&[Event::Progressed(5), Event::FileTransferred])
        .map(std::mem::discriminant)
        .collect::<Vec<_>>();
    assert_eq!(told, expected);
    // DONE-01
    assert!(!bench.world.disk().exists(LOCAL));
    let temporary = bench.temporary();
    assert_eq!(bench.world.disk().read(&temporary).unwrap(), b"hello");
    // DONE-02
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"hello");
}

#[test]
fn a_file_of_gigabytes_costs_a_handful_of_events() {
    let mut bench = Bench::download(4_u64 << 30);
    bench.resume_until(JobState::Transferred);
    assert!(bench.events.len() <= 6, "{:?}", bench.events);
    // FILES-31: larger than any 32-bit number.
    assert_eq!(bench.transferred(), 4 << 30);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(4096));
}

#[test]
fn all_files_of_a_job_follow_each_other() {
    let mut bench = Bench::download("one");
    bench.server().resource("/two").content("two");
    bench.server().resource("/empty").content("");
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.call(Call::add_file(FileInfo::new("https://example.com/empty", r"C:\app\empty")));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe", "empty", "two"]);
    assert_eq!(bench.world.disk().read(r"C:\app\empty").unwrap(), b"");
}

#[test]
fn unavailable_twice_then_well() {
    let mut bench = Bench::download("hello");
    bench.resource().fails(Fault::http(503).times(2));
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_503, ErrorContext::RemoteFile);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.job.error_count(), 2);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::microseconds(1_200_000_005));
    assert_eq!(bench.server().requests().count(), 4, "three times HEAD, and GET");
}

#[test]
fn a_reset_at_forty_percent_goes_on_there() {
    let mut bench = Bench::download(10 * MIB);
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.resource().fails(reset.after_percent(40));
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.transferred(), 4 * MIB);
    bench.run_until(JobState::Transferred);
    // NET-20
    let gets = bench.server().requests().filter(|request| &*request.method == "GET");
    let from: Vec<_> = gets.map(|request| request.from).collect();
    assert_eq!(from, [0, 4 * MIB]);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(4 + 600 + 6));
}

#[test]
fn the_temporary_file_grows_with_the_progress() {
    let mut bench = Bench::download(10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    assert_eq!(bench.transferred(), 3 * MIB);
    let temporary = bench.temporary();
    assert_eq!(bench.world.disk().size(&temporary), Some(3 * MIB));
}

/// HTTP-08, HTTP-10: the file starts again, without error, and all of it is the new one.
#[test]
fn a_file_that_changes_starts_again() {
    let mut bench = Bench::download("old content");
    bench.resource().fails(Fault::changes_to("new").after(4));
    bench.resume_until(JobState::Transferred);
    assert!(bench.events.contains(&Event::FileChanged));
    assert_eq!(bench.job.error_count(), 0);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"new");
}

/// HTTP-08: noticed at the end of the transfer, and by a later attempt.
#[test]
fn a_change_by_the_test_is_noticed() {
    for reset in [false, true] {
        let mut bench = Bench::download(10 * MIB);
        if reset {
            let fault = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
            bench.resource().fails(fault.after(6 * MIB));
        }
        bench.call(Call::Resume);
        bench.advance(TimeDelta::seconds(5));
        bench.resource().content(vec![7; 10 << 20]);
        bench.run_until(JobState::Transferred);
        assert!(bench.events.contains(&Event::FileChanged));
        bench.complete().unwrap();
        assert_eq!(bench.world.disk().read(LOCAL).unwrap(), vec![7; 10 << 20]);
    }
}

/// HTTP-09: jobs that cannot start again silently fail.
#[test]
fn a_change_fails_an_on_demand_job() {
    let mut bench = Bench::new(JobType::Download);
    bench.resource().content(10 * MIB).fails(Fault::changes_to("x").after(MIB));
    bench.call(Call::SetProperty(JobProperty::OnDemandMode(true)));
    bench.call(Call::add_file(FileInfo::new(URL, LOCAL)));
    let range = [crate::FileRange::new(0, 4 * MIB)];
    bench.call(Call::RequestFileRanges(FileIndex(0), range.into()));
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_REMOTE_FILE_CHANGED, ErrorContext::RemoteFile);
}

#[test]
fn an_on_demand_job_gets_what_it_asks_for() {
    let mut bench = Bench::new(JobType::Download);
    bench.resource().content("0123456789").rate(1);
    bench.call(Call::SetProperty(JobProperty::OnDemandMode(true)));
    bench.call(Call::add_file(FileInfo::new(URL, LOCAL)));
    let range = [crate::FileRange::new(2, 3)];
    bench.call(Call::RequestFileRanges(FileIndex(0), range.into()));
    bench.resume_until(JobState::Suspended);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(3));
    let temporary = bench.temporary();
    assert_eq!(bench.world.disk().read(&temporary).unwrap(), b"\x00\x00234");
}

/// HTTP-18: ranges that are requested during an attempt need no other HEAD.
#[test]
fn an_attempt_sends_one_head_for_all_ranges_of_a_file() {
    let mut bench = Bench::new(JobType::Download);
    bench.resource().content("0123456789").rate(1);
    bench.call(Call::SetProperty(JobProperty::OnDemandMode(true)));
    bench.call(Call::add_file(FileInfo::new(URL, LOCAL)));
    let request =
        |first| Call::RequestFileRanges(FileIndex(0), [crate::FileRange::new(first, 2)].into());
    bench.call(request(2));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(1));
    bench.call(request(6));
    bench.run_until(JobState::Suspended);
    assert_eq!(bench.transferred(), 4);
    let methods: Vec<_> = bench.server().requests().map(|it| it.method.to_string()).collect();
    assert_eq!(methods.iter().filter(|method| *method == "HEAD").count(), 1, "{methods:?}");
    assert_eq!(methods.iter().filter(|method| *method == "GET").count(), 2);
}

/// FILES-21: the ranges stand back to back in the order given.
#[test]
fn ranges_stand_back_to_back() {
    use crate::FileRange;
    let mut bench = Bench::new(JobType::Download);
    bench.resource().content("0123456789");
    let ranges = [FileRange::new(6, 2), FileRange::new(0, 3), FileRange::to_eof(9)];
    bench.call(Call::add_file_with_ranges(FileInfo::new(URL, LOCAL), ranges));
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.transferred(), 6);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"670129");
}

/// FILES-26: under another name the file goes on if it is the same and ranges are supported.
#[test]
fn a_mirror_goes_on_or_starts_again() {
    for (size, ranges, from) in
        [(10 * MIB, true, 4 * MIB), (11 * MIB, true, 0), (10 * MIB, false, 0)]
    {
        let mut bench = Bench::download(10 * MIB);
        bench.call(Call::SetPriority(JobPriority::Foreground));
        let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
        bench.resource().fails(reset.after(4 * MIB));
        bench.resume_until(JobState::TransientError);
        let mirror = bench.world.server("https://mirror");
        mirror.resource("/app.exe").content(size);
        if !ranges {
            mirror.without_ranges();
        }
        bench.call(Call::SetRemoteName(FileIndex(0), "https://mirror/app.exe".into()));
        bench.resume_until(JobState::Transferred);
        let request = bench.world.server("https://mirror").requests().last().cloned();
        assert_eq!(request.unwrap().from, from);
        assert_eq!(bench.transferred(), size);
    }
}

/// FILES-30: the file has the time stamp of the server.
#[test]
fn the_file_has_the_time_stamp_of_the_server() {
    let stamp = DateTime::UNIX_EPOCH - TimeDelta::days(400);
    let mut bench = Bench::download("hello");
    bench.resource().modified(stamp);
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    let disk = bench.world.disk();
    assert_eq!((disk.created(LOCAL), disk.modified(LOCAL)), (Some(stamp), Some(stamp)));
    let headers = bench.job.http_response_headers(FileIndex(0)).unwrap();
    assert!(headers.contains("Last-Modified: Wed, 27 Nov 1968 00:00:00 GMT"), "{headers}");
}

#[test]
fn servers_and_files_that_are_not_there() {
    let mut bench = Bench::download("hello");
    bench.server().remove_resource("/app.exe");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_404, ErrorContext::RemoteFile);

    bench.world.remove_server("https://example.com");
    bench.resume_until(JobState::TransientError);
    let code = HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED;
    bench.expect_error(code, ErrorContext::RemoteFile);

    let mut bench = Bench::new(JobType::Download);
    bench.world.server(r"\\server").resource(r"share\a.txt").content("shared");
    bench.call(Call::add_file(FileInfo::new(r"\\SERVER\Share\A.txt", r"C:\a.txt")));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(r"C:\a.txt").unwrap(), b"shared");
}

#[test]
fn without_a_network_nothing_is_reached() {
    let mut bench = Bench::download("hello");
    bench.world.set_network(false);
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.job.error().unwrap().code(), HResult::BG_E_NETWORK_DISCONNECTED);
    assert_eq!(bench.server().requests().count(), 0);
}

#[test]
fn a_suspended_job_stops_and_goes_on() {
    let mut bench = Bench::download(10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    bench.call(Call::Suspend);
    assert_eq!(bench.world.next_event(), None);
    bench.advance(TimeDelta::hours(1));
    assert_eq!(bench.transferred(), 3 * MIB);
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.server().requests().last().unwrap().from, 3 * MIB);
}

/// PROP-36: the job fails at the byte that is one too many, not at the end of the file.
#[test]
fn a_job_may_download_only_so_much() {
    let mut bench = Bench::download(10 * MIB);
    bench.call(Call::SetProperty(JobProperty::MaxDownloadSize(4 * MIB)));
    bench.resume_until(JobState::Error);
    let code = HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED;
    bench.expect_error(code, ErrorContext::RemoteFile);
    assert_eq!(bench.transferred(), 4 * MIB);
    assert_eq!((bench.now - DateTime::UNIX_EPOCH).num_seconds(), 4);
}

#[test]
fn a_server_may_be_silent() {
    let mut bench = Bench::download("hello");
    bench.resource().fails(Fault::silence());
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::ERROR_WINHTTP_TIMEOUT, ErrorContext::GeneralTransport);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::minutes(5));
}

#[test]
fn a_fault_before_the_connection_reaches_no_server() {
    let mut bench = Bench::download("hello");
    let refused = code(HResult::ERROR_WINHTTP_CANNOT_CONNECT);
    bench.server().fails(refused.before_connection());
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.server().requests().count(), 0);
    bench.run_until(JobState::Transferred);
}

#[test]
fn nothing_missing_needs_a_connection_only() {
    let mut bench = Bench::download("hello");
    bench.resume_until(JobState::Transferred);
    bench.server().resource("/two").content("two");
    bench.call(Call::add_file(FileInfo::new("https://example.com/two", r"C:\app\two")));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe", "two"]);
}

/// A test may leave out the bytes of some files.
#[test]
fn a_size_is_content_enough() {
    let mut bench = Bench::download(Content::sized(5));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(LOCAL), None);
    assert_eq!(bench.world.disk().size(LOCAL), Some(5));
}

/// The file on the disk is made again if it is removed.
#[test]
fn a_file_taken_away_comes_back() {
    let mut bench = Bench::download("0123456789");
    bench.resource().rate(1);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    let temporary = bench.temporary();
    bench.world.disk_mut().delete(&temporary);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.world.disk().read(&temporary).unwrap(), b"0123456789");
}

/// FILES-03: the remote file may be one of the computer itself.
#[test]
fn a_file_of_the_own_disk_is_copied() {
    for (remote, path) in [
        (r"C:\src\app.exe", r"c:\SRC\app.exe"),
        ("file:///C:/src/app.exe", r"C:\src\app.exe"),
        (r"\\server\share\app.exe", r"\\server\share\app.exe"),
    ] {
        let mut bench = Bench::download_from(remote);
        bench.world.disk_mut().write(path, "hello");
        bench.resume_until(JobState::Transferred);
        bench.complete().unwrap();
        assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"hello");
        assert!(bench.world.disk().exists(path));
    }
}

#[test]
fn a_file_of_the_own_disk_that_is_not_there_fails_for_good() {
    let mut bench = Bench::download_from(r"C:\src\app.exe");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_FILE_NOT_FOUND, ErrorContext::RemoteFile);
    bench.world.disk_mut().write(r"C:\src\app.exe", "hello");
    bench.resume_until(JobState::Transferred);
    // Of what is deleted again nothing is kept.
    let mut bench = Bench { world: bench.world, ..Bench::download_from(r"C:\src\app.exe") };
    bench.world.disk_mut().delete(r"C:\src\app.exe");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_FILE_NOT_FOUND, ErrorContext::RemoteFile);
}

/// SCHED-12, NOTIFY-12: others come and go on the link faster than a client wants to hear of progress,
/// and it hears of it as often as it wants.
#[test]
fn progress_is_told_in_time_however_often_the_rate_changes() {
    let mut bench = Bench::download(100 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::milliseconds(1));
    let (id, begun) = (bench.job.id(), bench.now);
    bench.world.set_report_interval(id, Some(TimeDelta::seconds(1)), bench.now);
    for change in 1..=30 {
        let now = begun + TimeDelta::milliseconds(100 * change);
        while bench.world.next_event().is_some_and(|(at, _)| at <= now) {
            assert!(bench.step(now));
        }
        bench.now = now;
        bench.world.set_link(Link::new(1_000 + change.unsigned_abs()), now);
    }
    let told = bench.events.iter().filter(|event| matches!(event, Event::Progressed(_))).count();
    assert!(told >= 2, "{told} in three seconds: {:?}", bench.events);
}

/// NOTIFY-12: of a transfer that is slower than the reports each byte is one.
#[test]
fn each_byte_of_a_slow_transfer_is_reported_when_it_arrives() {
    let mut bench = Bench::download("0123456789");
    bench.resource().rate(1);
    bench.resume_until(JobState::Transferring);
    bench.advance(TimeDelta::zero());
    let (id, begun) = (bench.job.id(), bench.now);
    bench.world.set_report_interval(id, Some(TimeDelta::milliseconds(500)), begun);
    for second in 1..=3 {
        assert!(bench.step(DateTime::<Utc>::MAX_UTC));
        let seen = (bench.now - begun, bench.transferred());
        assert_eq!(seen, (TimeDelta::seconds(second), second.unsigned_abs()));
    }
}
