//! How outcomes are serialised (feature `serde`).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::machine::input::inline_vec::InlineVec;
use crate::machine::{Block, Deadline, Success, Trigger};
use crate::vocabulary::HResult;
use crate::vocabulary::text::serial::{listed_words, words};

listed_words! {
    Block, "a block", name;
    Deadline, "a clock of a job", name;
    Trigger, "what a row of the transition table is keyed by", name;
}

words! {
    Success, "the success code of a call", |success| success.code().text(),
        |text| HResult::from_text(text).and_then(|code| Self::from_number(code.value())),
        |number| {
            let code = HResult::new(number);
            let all = [Self::Ok, Self::Partial, Self::UnableToDeleteFiles, Self::NothingFound];
            let known = all.into_iter().find(|known| known.code() == code);
            known.ok_or_else(|| format!("{code} is not {}", Self::EXPECTED))
        };
}

impl<T: Serialize + Copy + PartialEq, const N: usize> Serialize for InlineVec<T, N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de> + Copy + PartialEq, const N: usize> Deserialize<'de>
    for InlineVec<T, N>
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Copy + PartialEq, const N: usize> serde::de::Visitor<'de>
    for ListVisitor<T, N>
{
    type Value = InlineVec<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {N}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<InlineVec<T, N>, A::Error> {
        let mut list = InlineVec::new();
        while let Some(item) = from.next_element()? {
            if list.len() == N && !list.contains(item) {
                return Err(A::Error::invalid_length(N.saturating_add(1), &self));
            }
            list.add(item);
        }
        Ok(list)
    }
}
