//! Messages about broken lines, and what names may hold.

use bits_emulator::JobState;
use bits_emulator::scenario::Scenario;
use bits_emulator::scenario::ast::Statement;

/// The message about a text with one broken line.
#[track_caller]
fn message(text: &str) -> String {
    text.parse::<Scenario>().unwrap_err().render("a.bits")
}

#[test]
fn messages_name_the_place_the_cause_and_the_mend() {
    let job = "job update, DOWNLOAD, by alice";
    for (line, place, mend) in [
        ("server example.com, latenci 5 s", "2:21", "`latency`, `rate`, `without ranges`"),
        ("/app.exe 10 MiB", "2:1", "write for example `server example.com` above"),
        ("picked", "2:1", "`by hand` at the top"),
        ("/a 10 MB", "2:7", "a unit of size: B, KiB, MiB"),
        ("no-progress timeout 1 hour", "2:23", "a unit of time: d, h, m, s"),
        ("minimum retry delay 60 seconds", "2:24", "a unit of time"),
        ("advance untill ERROR", "2:9", "`until`"),
        ("network loss", "2:9", "`lost`, `restored` or `cost`"),
        ("redirect 404 to https://example.org/", "2:10", "300, 301, 302, 303 or 307"),
        ("file ACL flags OWNR", "2:16", "OWNER, GROUP, DACL, SACL"),
        ("notify JOB_ERRR", "2:8", "JOB_TRANSFERRED"),
        ("callback level 4", "2:16", "`1`, `2` or `3`"),
        ("by bob resume", "2:8", "expected `:`"),
        ("by bob: resum", "2:9", "did you mean `resume`?"),
        ("by restricted : resume", "2:15", "an account such as alice"),
        ("cost policy CHEAP", "2:13", "NO_SURCHARGE"),
        ("blocked by cost policy", "2:12", "`network cost ROAMING`"),
        ("on-demand mode maybe", "2:16", "`on` or `off`"),
        ("credentials SERVER PLAIN", "2:20", "BASIC, DIGEST"),
        ("custom headers X-Channel: beta", "2:16", "header lines in quotes"),
        ("remote name of file 0 becomes x", "2:21", "counted from 1"),
        ("remote name of file 1 is x", "2:23", "expected `becomes`"),
        ("notification class 7", "2:20", "a GUID in braces"),
        ("notification interval 5 us", "2:23", "whole milliseconds"),
        ("client certificate MY", "2:20", "CURRENT_USER, LOCAL_MACHINE"),
        ("certificate callback sett", "2:22", "`set`, `removed`"),
        ("server b.example.com, without sound", "2:31", "`ranges` or `sizes`"),
        ("server b.example.com, rate 1 B/s, rate 2 B/s", "2:35", "already set"),
        ("server b.example.com, answers 503 always, then 404 once", "2:1", "end the script there"),
        ("callback returns S_OK, then E_ACCESSDENIED", "2:1", "end the script there"),
        ("callback returns maybe", "2:18", "a code such as"),
        ("program exits with grace", "2:20", "a number"),
        ("JobError starts", "2:10", "`begins` or `returns`"),
        ("expect told JobErrors", "2:13", "`JobError`"),
        ("expect told FileTransferred", "2:28", "expected `of`"),
        ("expect filled ranges of file 1 all", "2:32", "a range such as 0:100"),
        ("JobError begins", "2:1", "`by hand` at the top"),
        ("complete, rename 1 fails with S_OK", "2:1", "ERROR_SHARING_VIOLATION"),
        ("resum", "2:1", "`resume`"),
        ("finish", "2:1", "such as `resume`, `complete`"),
        ("still by alice: GetError returns error 404", "2:17", "`GetState returns TRANSFERRED`"),
        ("advance 10", "2:11", "a unit of time: d, h, m, s"),
        ("advance until SOON", "2:15", "TRANSIENT_ERROR"),
        ("minimum retry delay 99999999999 s", "2:21", "at most 4294967295 s"),
        ("add https://example.com/app.exe", "2:32", "expected `as`"),
        ("complete -> S_OKAY", "2:13", "a code such as BG_E_HTTP_ERROR_404"),
        ("reading error object: lax", "2:23", "`latched` or `strict`"),
        ("failed S_OK", "2:8", "a failure code such as"),
        ("retry delay elapsed", "2:1", "`advance until STATE`"),
        ("network lost -> S_OK", "2:1", "`=> STATE`"),
        ("job update, DOWNLOAD, by bob", "2:1", "`job update as second,"),
        ("other: resume", "2:1", "or name `update`"),
        ("update: network lost", "2:1", "without the name"),
        ("update: advance 10 m", "2:1", "without a name"),
        ("expect running update other", "2:1", "`job other, DOWNLOAD, by alice`"),
        ("seed 7", "2:1", "above the first job"),
        ("complete, files left", "2:1", "undeletable` above"),
        ("disk C: fill", "2:9", "`full`, a size such as 10 MiB"),
        ("folder C:\\app gone", "2:15", "`missing`, `denied` or `writable`"),
        ("server b.example.com removed", "2:1", "a `server` line above"),
        ("server b.example.com, asks for BASIC", "2:37", "`from the logged-on user`"),
        ("proxy server asks", "2:18", "`for nothing`"),
        ("policy jobs", "2:12", "`per user`"),
        ("alice logs of", "2:1", "`alice logs off`"),
        ("local file \"C:\\a", "2:", "a closing quote"),
    ] {
        let message = message(&format!("{job}\n{line}\n"));
        assert!(message.contains(&format!("a.bits:{place}")), "{message}");
        assert!(message.contains(mend), "{message}");
    }
}

/// A slip of the pen, a word in the wrong case, and a sign that was forgotten or written for another.
#[test]
fn messages_suggest_what_was_probably_meant() {
    let job = "job update, DOWNLOAD, by alice";
    for (line, meant) in [
        ("srever example.com", "`server`?"),
        ("srever a.b", "`server`?"),
        ("Resume", "`resume`?"),
        ("polcy time slice 10 s", "`policy`? write for example `policy time slice 10 s`"),
        ("advence 10 m", "`advance`?"),
        ("expct TRANSFERRED", "`expect`?"),
        ("advance until TRANSFERED", "`TRANSFERRED`?"),
        ("expect Purged", "`purged`?"),
        ("expect TRANSFERED", "`TRANSFERRED`?"),
        ("resume => QEUED", "`QUEUED`?"),
        ("resume -> BG_E_NOPE", "`BG_E_EMPTY`?"),
        ("resume -> BG_E_HTTP_404", "`BG_E_HTTP_ERROR_404`?"),
        ("expect error BG_E_EMTPY", "`BG_E_EMPTY`?"),
        ("failed ERROR_WINHTTP_TIMOUT", "`ERROR_WINHTTP_TIMEOUT`?"),
        ("unavailable service returns RPC_S_SERVER_UNAVAILBLE", "`RPC_S_SERVER_UNAVAILABLE`?"),
        ("expect eror count 2", "`error count`?"),
        ("minimum rety delay 3 s", "`retry delay`?"),
        ("reading eror object: strict", "`error object`?"),
        ("notify JOB_ERRR", "`JOB_ERROR`?"),
        ("complete ACKNOWLEDGED", "`complete => ACKNOWLEDGED`?"),
        ("complete -> ACKNOWLEDGED", "`complete => ACKNOWLEDGED`?"),
        ("complete = ACKNOWLEDGED", "`complete => ACKNOWLEDGED`?"),
        ("complete BG_E_EMPTY", "`complete -> BG_E_EMPTY`?"),
        ("complete => S_OK", "`complete -> S_OK`?"),
        ("failed 404 ERROR", "`failed 404 => ERROR`?"),
        ("update resume", "`update: resume`?"),
        ("by bob resume", "`by bob: resume`?"),
        ("job second DOWNLOAD, by bob", "`job second, DOWNLOAD, by bob`?"),
        ("server example.com latency 5 s", "`server example.com, latency 5 s`?"),
        ("remote name of file 1 x", "`remote name of file 1 becomes x`?"),
    ] {
        let message = message(&format!("{job}\n{line}\n"));
        assert!(message.contains(&format!("did you mean {meant}")), "{message}");
    }
    for line in ["zzz yyy", "advance until SOON", "expect BG_E"] {
        let message = message(&format!("{job}\n{line}\n"));
        assert!(!message.contains("did you mean"), "{message}");
    }
}

#[test]
fn all_states_are_listed_where_one_is_expected() {
    let job = "job update, DOWNLOAD, by alice";
    for line in ["advance until TRANSFERED", "expect TRANSFERED", "resume => TRANSFERED"] {
        let message = message(&format!("{job}\n{line}\n"));
        for state in JobState::ALL {
            assert!(message.contains(state.short_name()), "{message}");
        }
    }
}

/// Lines without a name are about the job that was just created, until another is named or time passes.
#[test]
fn a_line_that_could_be_about_several_jobs_says_so() {
    let jobs = "job first, DOWNLOAD, by alice\njob second, DOWNLOAD, by bob\npriority LOW\n";
    for (text, line) in [
        ("first: suspend\npriority HIGH\n", 5),
        ("advance 1 s\nexpect SUSPENDED\n", 5),
        ("advance 1 s\nadvance until ERROR\n", 5),
        ("network lost => SUSPENDED\n", 4),
        ("job third, DOWNLOAD, by bob -> E_ACCESSDENIED\nfirst: suspend\nresume\n", 6),
    ] {
        let message = message(&format!("{jobs}{text}"));
        assert!(message.contains(&format!("a.bits:{line}:1")), "{message}");
        assert!(message.contains("`first: resume`") || line == 4, "{message}");
    }
    let fine = "second: suspend\npriority HIGH\njob third, DOWNLOAD, by bob\nexpect SUSPENDED\n\
                advance 1 s\nsecond: expect SUSPENDED\nexpect 3 jobs in the queue\n";
    assert!(format!("{jobs}{fine}").parse::<Scenario>().is_ok());
}

#[test]
fn every_broken_line_gets_a_message() {
    let error = "resum\njob a, DOWNLOAD, by b\nadvance\n".parse::<Scenario>().unwrap_err();
    let lines: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.line("resum\njob a, DOWNLOAD, by b\nadvance\n"))
        .collect();
    assert_eq!(lines, [1, 3]);
}

/// The time to render them does not grow with the square of their number.
#[test]
fn of_many_problems_the_first_twenty_are_shown_and_the_others_counted() {
    let error = "resum\n".repeat(12_000).parse::<Scenario>().unwrap_err();
    assert_eq!(error.problems().len(), 12_000);
    let message = error.render("a.bits");
    assert_eq!(message.matches("no statement begins like this").count(), 20);
    assert!(message.contains("a.bits:20:1") && !message.contains("a.bits:21:1"), "{message}");
    assert!(message.ends_with("error: 11980 more problems in a.bits are not shown"), "{message}");
}

#[test]
fn texts_and_lines_have_a_limit() {
    let line = |bytes: usize| {
        format!("job update, DOWNLOAD, by alice\ndescription {}\n", "x".repeat(bytes))
    };
    let most = Scenario::LINE_BYTES_MAX - "description ".len();
    assert!(line(most).parse::<Scenario>().is_ok());
    let message = message(&line(most + 1));
    assert!(message.contains("a.bits:2:1"), "{message}");
    assert!(message.contains("the line has 1048577 bytes"), "{message}");
    assert!(message.contains("a line has at most 1048576 bytes"), "{message}");

    let comment = "#".repeat(Scenario::BYTES_MAX);
    assert!(comment.parse::<Scenario>().is_ok());
    let error = format!("{comment}\n").parse::<Scenario>().unwrap_err();
    assert!(error.render("a.bits").contains("the text has 67108865 bytes"));
}

/// No clock of Windows shows a leap second, and no printed instant has one.
#[test]
fn an_instant_has_no_second_60() {
    for instant in ["2024-01-01 00:00:60", "2016-12-31 23:59:60.5", "2024-01-01 24:00:00"] {
        let message = message(&format!("start {instant}\n"));
        assert!(message.contains("an instant in UTC such as"), "{message}");
    }
}

/// Otherwise the list of flags would take the number of the expectation behind it.
#[test]
fn a_list_of_flags_ends_before_a_decimal_number() {
    let jobs = "job update, DOWNLOAD, by alice\n";
    let line = "expect cost flags UNRESTRICTED, 0x100, 0 jobs in the queue";
    let scenario: Scenario = format!("{jobs}{line}\n").parse().unwrap();
    assert!(scenario.to_string().ends_with(&format!("{line}\n")), "{scenario}");
    let message = message(&format!("{jobs}notify 3\n"));
    assert!(message.contains("JOB_TRANSFERRED"), "{message}");
}

// PROGRESS-12: FILETIME ticks; what a name may hold; where a comment begins.
#[test]
fn names_may_hold_what_windows_names_hold() {
    let text = "job \"say \"\"#1\"\", twice\", UPLOAD, by \"DOMAIN\\al ice\"  # a comment\n";
    let scenario: Scenario = text.parse().unwrap();
    let [line] = scenario.lines() else { panic!("{scenario}") };
    let Statement::Job(job) = &line.statement else { panic!("{scenario}") };
    assert_eq!(job.name.as_deref(), Some("say \"#1\", twice"));
    assert_eq!(&*job.owner.name, "DOMAIN\\al ice");
}

/// Bare it would be the colon behind the name of a job.
#[test]
fn a_name_that_begins_with_a_colon_is_printed_in_quotes() {
    let scenario: Scenario =
        "job update, DOWNLOAD, by alice\nadd \":\" as \":a\"\n".parse().unwrap();
    assert!(scenario.to_string().ends_with("add \":\" as \":a\"\n"), "{scenario}");
    assert!(scenario.to_string().parse::<Scenario>().is_ok());
}

/// In a scenario by hand no client answers by itself, so that its script would be ignored.
#[test]
fn scripts_of_programs_do_not_stand_in_a_scenario_by_hand() {
    for line in
        ["callback returns S_OK", "program exits with 0", "certificate callback returns S_OK"]
    {
        let message = message(&format!("by hand\n{line}\n"));
        assert!(message.contains("`JobError returns E_ACCESSDENIED`"), "{message}");
    }
}
