//! Whatever happens to uploads, the server gets the file.

use super::hostile::Dice;
use super::*;

const NODES: [&str; 2] = ["https://node1.example.com", "https://node2.example.com"];
const KINDS: [PacketKind; 4] = [
    PacketKind::CreateSession,
    PacketKind::Fragment,
    PacketKind::CloseSession,
    PacketKind::CancelSession,
];

fn fault(dice: &mut Dice) -> Fault {
    let fault = match dice.roll(7) {
        0 => Fault::http(503),
        1 => Fault::silence(),
        2 => Fault::session_lost(),
        3 => Fault::rolled_back(dice.roll(40)),
        _ => code(HResult::ERROR_INTERNET_CONNECTION_RESET),
    };
    let fault = match dice.roll(3) {
        0 => fault.losing_acks_of(dice.roll(10)),
        _ => fault,
    };
    match dice.roll(8) {
        0 => fault.before_connection(),
        1 => fault.at_end(),
        2 => fault.at_packet(KINDS[dice.roll(4) as usize]),
        3 => fault.at_answer(),
        _ => fault.after(dice.roll(40)),
    }
}

/// What a test may do to a server while it works.
fn meddle(bench: &mut Bench, dice: &mut Dice) {
    let now = bench.now;
    let node = NODES[dice.roll(2) as usize];
    match dice.roll(6) {
        0 => {
            let uploads = |server: &mut ServerState| {
                server.resource("/app.exe").uploads().forget_sessions();
            };
            bench.world.with_server(node, now, uploads);
        }
        1 => {
            let next = dice.roll(40);
            bench.world.with_server(node, now, |server| {
                server.resource("/app.exe").uploads().roll_back(next);
            });
        }
        2 => {
            bench.server().host_id(node);
        }
        3 => {
            bench.world.server(node).fails(Fault::http(503));
        }
        _ => {}
    }
}

/// UPLOAD-02: one packet at a time. UPLOAD-03: a client sends the byte that the last Ack named.
#[track_caller]
fn check_packets(bench: &mut Bench, seed: u64) {
    let mut exchanges: Vec<_> = NODES
        .iter()
        .flat_map(|node| bench.world.server(node).exchanges().cloned().collect::<Vec<_>>())
        .collect();
    exchanges.sort_by_key(|exchange| exchange.sent);
    let mut busy_until = DateTime::<Utc>::MIN_UTC;
    for exchange in &exchanges {
        assert!(exchange.sent >= busy_until, "seed {seed}: {exchanges:#?}");
        assert!(exchange.answered >= exchange.sent, "seed {seed}");
        busy_until = exchange.answered;
    }
    for node in NODES {
        let mut next = BTreeMap::new();
        for exchange in bench.world.server(node).exchanges() {
            let Some(session) = exchange.session.clone() else { continue };
            if let Packet::Fragment(range) = exchange.packet {
                let expected = next.get(&session).copied().unwrap_or_default();
                let all: Vec<_> = exchanges
                    .iter()
                    .map(|it| format!("{} {} {:?} {:?}\n", it.sent, it.answered, it.packet, it.ack))
                    .collect();
                assert_eq!(
                    range.initial_offset,
                    expected,
                    "seed {seed}: {exchange:?} {}",
                    all.concat()
                );
            }
            match &exchange.ack {
                Some(Ack::Received { next: byte, .. } | Ack::Gap { next: byte }) => {
                    next.insert(session, *byte);
                }
                Some(Ack::Created { .. } | Ack::Done | Ack::Refused(_)) | None => {}
            }
        }
    }
}

/// UPLOAD-03, UPLOAD-04, UPLOAD-06, UPLOAD-07: resets, lost sessions, lost Acks, lost bytes, other
/// servers, and a client that suspends: the server gets the file as it is.
#[test]
fn what_a_server_gets_is_the_file() {
    let mut finished = 0;
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let job_type = if dice.roll(2) == 0 { JobType::Upload } else { JobType::UploadReply };
        let file = dice.bytes(40);
        let mut bench = Bench::upload(job_type, file.clone());
        bench.server().host_id(NODES[0]).host_id_fallback(Some(Duration::from_secs(3_600)));
        for node in NODES {
            let latency = Duration::from_secs(dice.roll(3));
            let resource = bench.world.server(node).latency(latency).resource("/app.exe");
            resource.rate(1 + dice.roll(9)).uploads().allow_overwrites(true);
            if dice.roll(2) == 0 {
                resource.uploads().reply("answer").copy_to_destination();
                resource.uploads().application_takes(Duration::from_secs(dice.roll(4)));
            }
            (0..dice.roll(5)).for_each(|_| {
                resource.fails(fault(&mut dice));
            });
        }
        bench.call(Call::Resume);
        let mut told = 0;
        for _ in 0..dice.roll(60) {
            match dice.roll(9) {
                0 => bench.may_call(Call::Suspend),
                1 => bench.may_call(Call::Resume),
                2 => bench.handle(Event::SliceOver),
                3 => bench.advance(TimeDelta::seconds(600)),
                4 => meddle(&mut bench, &mut dice),
                _ => bench.advance(TimeDelta::milliseconds(dice.roll(4_000) as i64)),
            }
            // INV-39
            let there = bench.transferred();
            assert!(there >= told || bench.events.contains(&Event::SessionLost), "seed {seed}");
            told = there;
        }
        if dice.roll(5) == 0 {
            bench.cancel();
            bench.advance(TimeDelta::days(2));
            check_packets(&mut bench, seed);
            continue;
        }
        for _ in 0..200 {
            bench.may_call(Call::Resume);
            bench.advance(TimeDelta::seconds(600));
        }
        check_packets(&mut bench, seed);
        // UPLOAD-05: with its session a reply is gone for good.
        let reply_lost =
            bench.job.state() == JobState::Error && job_type == JobType::UploadReply && {
                let reply = bench.job.reply_progress().unwrap();
                reply.bytes_total.is_some()
            };
        let done = bench.job.state() == JobState::Transferred || reply_lost;
        assert!(done, "seed {seed}: {} {:?}", bench.job.state(), bench.events);
        let received = NODES.map(|node| {
            let resource = bench.world.server(node).resource("/app.exe");
            (resource.uploads().received().cloned(), resource.stored().cloned())
        });
        let all = received.iter().flat_map(|(received, stored)| [received, stored]).flatten();
        assert!(all.clone().all(|got| got.bytes() == Some(&file[..])), "seed {seed}: {received:?}");
        assert!(all.count() > 0, "seed {seed}");
        finished += 1;
    }
    assert!(finished > 200);
}

/// UPLOAD-03: of bytes whose Acks are lost a client does not hear, however often it wants to hear of
/// progress.
#[test]
fn reports_tell_only_what_was_acknowledged() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    let lost = code(HResult::ERROR_INTERNET_CONNECTION_RESET).after(8).losing_acks_of(4);
    bench.resource().rate(1).fails(lost);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::milliseconds(1));
    let id = bench.job.id();
    bench.world.set_report_interval(id, Some(TimeDelta::seconds(1)), bench.now);
    bench.run_until(JobState::TransientError);
    assert_eq!(bench.transferred(), 4);
    assert_eq!(bench.uploads().acknowledged(id), Some(8));
}
