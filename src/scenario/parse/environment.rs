//! The computer: disk, proxy, certificate store, and the order of what could happen.

use std::sync::Arc;

use winnow::ascii::dec_uint;
use winnow::combinator::{alt, cut_err, opt, peek, preceded, repeat, separated};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::quantities::{amount, code, duration, expected, number, phrase, sign, size};
use super::texts::{label, name};
use super::world::{asking, times};
use crate::machine::Directory;
use crate::scenario::ast::{
    DiskChange, Order, Programs, ProxyChange, Replies, Reply, Statement, Times,
};
use crate::scenario::phrases::REMOVED;
use crate::vocabulary::CertificateLookup;

/// `seed 7`, or `choices 0 2 1`
pub(super) fn order(input: &mut &str) -> ModalResult<Statement> {
    let choice = preceded(winnow::ascii::space0, dec_uint::<_, usize, _>);
    let choices = repeat(1.., choice).context(expected("numbers such as 0 2 1"));
    alt((
        preceded(phrase("seed"), cut_err(number("a number"))).map(Order::Seed),
        preceded(phrase("choices"), cut_err(choices)).map(Order::Choices),
    ))
    .map(Statement::Order)
    .parse_next(input)
}

/// `local file …`, `folder …`, `disk …`
pub(super) fn disk(input: &mut &str) -> ModalResult<Statement> {
    alt((
        preceded(phrase("local file"), cut_err(local_file)),
        preceded(phrase("folder"), cut_err(folder)),
        preceded(phrase("disk"), cut_err(volume)),
    ))
    .map(Statement::Disk)
    .parse_next(input)
}

fn local_file(input: &mut &str) -> ModalResult<DiskChange> {
    let path = name.parse_next(input)?;
    if opt(sign(",")).parse_next(input)?.is_some() {
        let size = cut_err(size).parse_next(input)?;
        return Ok(DiskChange::Written(path, size));
    }
    alt((
        phrase(REMOVED).map(|()| DiskChange::Removed(Arc::clone(&path))),
        phrase("opened").map(|()| DiskChange::Open(Arc::clone(&path), true)),
        phrase("closed").map(|()| DiskChange::Open(Arc::clone(&path), false)),
        phrase("undeletable").map(|()| DiskChange::Undeletable(Arc::clone(&path), true)),
        phrase("deletable").map(|()| DiskChange::Undeletable(Arc::clone(&path), false)),
    ))
    .context(expected(
        "a comma and a size, or `removed`, `opened`, `closed`, `undeletable` or `deletable`",
    ))
    .parse_next(input)
}

fn folder(input: &mut &str) -> ModalResult<DiskChange> {
    let is = alt((
        phrase("missing").value(Directory::Missing),
        phrase("denied").value(Directory::Denied),
        phrase("writable").value(Directory::Writable),
    ))
    .context(expected("`missing`, `denied` or `writable`"));
    (name, is).map(|(path, is)| DiskChange::Folder(path, is)).parse_next(input)
}

fn volume(input: &mut &str) -> ModalResult<DiskChange> {
    let volume = name.parse_next(input)?;
    if opt(phrase("full")).parse_next(input)?.is_some() {
        return Ok(DiskChange::Free(volume, 0));
    }
    if opt(peek(amount)).parse_next(input)?.is_some() {
        let free = phrase("free").context(expected("`free`"));
        let (free, ()) = cut_err((size, free)).parse_next(input)?;
        return Ok(DiskChange::Free(volume, free));
    }
    let locked = alt((phrase("locked").value(true), phrase("unlocked").value(false)))
        .context(expected("`full`, `10 MiB free`, `locked` or `unlocked`"))
        .parse_next(input)?;
    Ok(DiskChange::Locked(volume, locked))
}

/// `proxy server …`
pub(super) fn proxy(input: &mut &str) -> ModalResult<Statement> {
    let change = alt((
        phrase("asks for nothing").value(ProxyChange::AsksNothing),
        preceded(phrase("asks for"), cut_err(asking)).map(ProxyChange::Asks),
        phrase("strips ranges").value(ProxyChange::StripsRanges),
    ))
    .context(expected("`asks for` and a scheme, `asks for nothing` or `strips ranges`"));
    preceded(phrase("proxy server"), cut_err(change)).map(Statement::Proxy).parse_next(input)
}

/// `certificate store …`
pub(super) fn certificate_store(input: &mut &str) -> ModalResult<Statement> {
    let answers = alt((
        phrase("has everything").value(CertificateLookup::Found),
        phrase("missing").value(CertificateLookup::NoStore),
        phrase("has no such certificate").value(CertificateLookup::NoCertificate),
        phrase("denied").value(CertificateLookup::AccessDenied),
    ))
    .context(expected("`missing`, `denied`, `has no such certificate` or `has everything`"));
    preceded(phrase("certificate store"), cut_err(answers))
        .map(Statement::CertificateStore)
        .parse_next(input)
}

/// What the programs of the clients answer, of every job or of one.
pub(super) fn programs(input: &mut &str) -> ModalResult<Statement> {
    let job = opt(label).parse_next(input)?;
    let exit = || number("an exit code such as 0 or 1");
    let programs = alt((
        preceded(phrase("callback returns"), cut_err(replies(|| code))).map(Programs::Callback),
        preceded(phrase("certificate callback returns"), cut_err(replies(|| code)))
            .map(Programs::CertificateCallback),
        preceded(phrase("program exits with"), cut_err(replies(exit))).map(Programs::Program),
    ))
    .parse_next(input)?;
    Ok(Statement::Programs(job, programs))
}

/// `CODE [TIMES] [after DURATION] {, then CODE …}`; without times, always.
fn replies<'a, T, P: ModalParser<&'a str, T, ContextError>>(
    code: impl Fn() -> P,
) -> impl ModalParser<&'a str, Replies<T>, ContextError> {
    let reply = move |input: &mut &'a str| {
        let code = code().parse_next(input)?;
        let times = opt(times).parse_next(input)?.unwrap_or(Times::Always);
        let mut after = opt(preceded((phrase("after"), peek(amount)), cut_err(duration)));
        let after = after.parse_next(input)?.unwrap_or_default();
        Ok(Reply { code, after, times })
    };
    separated(1.., reply, (sign(","), phrase("then"))).map(Replies)
}
