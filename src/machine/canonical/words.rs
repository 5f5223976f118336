//! Packed numbers: a short list that lives where it is used, with its hash.

/// Enough for most jobs of ten files.
const INLINE: usize = 21;
/// The bits of a digit; its top bit says that another follows.
const DIGIT: u32 = 31;
const MORE: u32 = 1 << DIGIT;
/// An odd number whose bits look random.
const MIX: u64 = 0xf135_7aea_2e62_a9c5;

/// Numbers in digits of 31 bits, the lowest first, so that small ones take little room. The first has two
/// digits always, and comes last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    hash: u64,
    len: u32,
    digits: [u32; INLINE],
    /// What does not fit.
    #[allow(
        clippy::box_collection,
        reason = "few have any, so that it takes no more than a pointer"
    )]
    rest: Option<Box<Vec<u32>>>,
}

impl Words {
    pub(crate) const fn new() -> Self {
        Self { hash: 0, len: 2, digits: [0; INLINE], rest: None }
    }

    #[inline]
    pub(crate) fn push(&mut self, number: u64) {
        self.mix(number);
        match self.digits.get_mut(self.len as usize) {
            Some(free) if number < u64::from(MORE) => {
                *free = low(number);
                self.len += 1;
            }
            _ => self.push_long(number),
        }
    }

    /// Lets a number count for the hash: a sum, so that no product waits for another.
    #[inline]
    fn mix(&mut self, number: u64) {
        let place = u64::from(self.len).wrapping_mul(MIX);
        self.hash = self.hash.wrapping_add(folded(number ^ place, MIX));
    }

    #[cold]
    #[inline(never)]
    fn push_long(&mut self, mut number: u64) {
        while number >= u64::from(MORE) {
            self.push_digit(MORE | low(number));
            number >>= DIGIT;
        }
        self.push_digit(low(number));
    }

    fn push_digit(&mut self, digit: u32) {
        match self.digits.get_mut(self.len as usize) {
            Some(free) => *free = digit,
            None => self.rest.get_or_insert_default().push(digit),
        }
        self.len += 1;
    }

    /// Sets the first number, of at most 62 bits. Others count for the hash too, but not for equality.
    pub(crate) fn seal(&mut self, first: u64, others: [u64; 2]) {
        debug_assert!(first >> (2 * DIGIT) == 0, "{first:#x} has two digits");
        let [low_digit, high_digit, ..] = &mut self.digits;
        *low_digit = MORE | low(first);
        *high_digit = low(first >> DIGIT);
        let [one, other] = others;
        self.hash =
            self.hash.wrapping_add(folded(first, MIX)).wrapping_add(folded(one ^ MIX, other ^ MIX));
    }

    /// The digits, which tell the numbers: those that have a place of their own, and the rest.
    pub(crate) fn digits(&self) -> (&[u32], &[u32]) {
        let (digits, rest) =
            (self.digits.as_slice(), self.rest.as_deref().map_or(&[][..], |it| it));
        (digits.get(..self.len as usize).unwrap_or(digits), rest)
    }

    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

/// The lowest digit of a number.
#[allow(clippy::cast_possible_truncation, reason = "the other bits are masked")]
const fn low(number: u64) -> u32 {
    number as u32 & !MORE
}

/// Both halves of a product.
#[allow(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
const fn folded(one: u64, other: u64) -> u64 {
    let product = one as u128 * other as u128;
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(first: u64, list: &[u64]) -> Words {
        let mut words = Words::new();
        list.iter().for_each(|number| words.push(*number));
        words.seal(first, [0, 0]);
        words
    }

    /// The numbers, from the first on.
    fn numbers(words: &Words) -> Vec<u64> {
        let rest = words.rest.iter().flat_map(|rest| rest.iter());
        let (mut all, mut number, mut shift) = (Vec::new(), 0, 0);
        for digit in words.digits.iter().take(words.len as usize).chain(rest) {
            number |= u64::from(digit & !MORE).checked_shl(shift).unwrap_or_default();
            shift += DIGIT;
            if digit & MORE == 0 {
                all.push(number);
                (number, shift) = (0, 0);
            }
        }
        all
    }

    #[test]
    fn numbers_come_back_whatever_their_size() {
        let list: Vec<_> = (0..64).flat_map(|bit| [1 << bit, u64::MAX >> bit]).collect();
        for first in [0, 7, (1 << 62) - 1] {
            let all: Vec<_> = [first].into_iter().chain(list.clone()).collect();
            assert_eq!(numbers(&words(first, &list)), all);
        }
    }

    #[test]
    fn the_order_of_numbers_counts() {
        let (one, other) = (words(0, &[1, 2, 1 << 40]), words(0, &[2, 1, 1 << 40]));
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one, words(0, &[1, 2, 1 << 40]));
    }

    #[test]
    fn each_digit_counts_for_the_hash() {
        let hashes: std::collections::BTreeSet<_> = (0..40)
            .map(|place| {
                let mut list = [0; 40];
                list[place] = 1;
                words(0, &list).hash()
            })
            .collect();
        assert_eq!(hashes.len(), 40);
    }
}
