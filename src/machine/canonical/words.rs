//! Packed numbers: a short list that lives where it is used, with its hash.

use std::fmt;

/// Enough for most jobs of ten files.
const INLINE: usize = 21;
/// The bits of a digit; its top bit says that another follows.
const DIGIT: u32 = 31;
const MORE: u32 = 1 << DIGIT;
/// How many numbers are gathered without memory of their own.
const GATHERED: usize = 24;
/// Numbers whose bits look random, one for each pair of digits.
const KEYS: [u64; 14] = [
    0x6c62_272e_07bb_0142,
    0xc2b2_ae3d_27d4_eb4f,
    0x9e37_79b9_7f4a_7c15,
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
    0x5899_65cc_7537_4cc3,
    0x1d8e_4e27_c47d_124f,
    0xeb44_acca_b455_d165,
    0x2d35_8dcc_aa6c_78a5,
    0x8bb8_4b93_962e_acc9,
];

/// Numbers on their way to be packed.
pub(crate) struct Numbers {
    list: [u64; GATHERED],
    len: usize,
    rest: Vec<u64>,
}

impl Numbers {
    pub(crate) const fn new() -> Self {
        Self { list: [0; GATHERED], len: 0, rest: Vec::new() }
    }

    #[inline]
    pub(crate) fn push(&mut self, number: u64) {
        match self.list.get_mut(self.len) {
            Some(free) => {
                *free = number;
                self.len += 1;
            }
            None => self.rest.push(number),
        }
    }

    fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.list.iter().take(self.len).chain(&self.rest).copied()
    }
}

/// Numbers in digits of 31 bits, the lowest first, so that small ones take little room.
#[derive(Clone, PartialEq, Eq)]
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
    /// Packs numbers. Others count for the hash too, but not for equality.
    pub(crate) fn pack(numbers: &Numbers, others: [u64; 2]) -> Self {
        let mut words = Self { hash: 0, len: 0, digits: [0; INLINE], rest: None };
        for number in numbers.iter() {
            words.push(number);
        }
        words.hash = words.hash_with(others);
        words
    }

    fn push(&mut self, mut number: u64) {
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

    /// The sum of products of pairs, which do not wait for each other; what did not fit comes one by one.
    fn hash_with(&self, [first, second]: [u64; 2]) -> u64 {
        let d = |place: usize| u64::from(self.digits.get(place).copied().unwrap_or(self.len));
        let pair = |place| d(place) | d(place + 1) << 32;
        let words: [u64; KEYS.len()] = std::array::from_fn(|place| match place {
            0..=10 => pair(2 * place),
            11 => first,
            12 => second,
            _ => 0,
        });
        let mut keyed = words.iter().zip(KEYS).map(|(word, key)| word ^ key);
        let mut hash = 0_u64;
        while let (Some(one), Some(other)) = (keyed.next(), keyed.next()) {
            hash = hash.wrapping_add(folded(one, other));
        }
        let rest = self.rest.iter().flat_map(|rest| rest.iter());
        rest.fold(hash, |hash, digit| folded(hash ^ u64::from(*digit), KEYS[0]))
    }

    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    /// The numbers that were packed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let rest = self.rest.iter().flat_map(|rest| rest.iter());
        let mut digits = self.digits.iter().take(self.len as usize).chain(rest);
        std::iter::from_fn(move || {
            let (mut number, mut shift) = (0, 0);
            for digit in digits.by_ref() {
                number |= u64::from(digit & !MORE).checked_shl(shift).unwrap_or_default();
                if digit & MORE == 0 {
                    return Some(number);
                }
                shift += DIGIT;
            }
            None
        })
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

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[u64]) -> Words {
        let mut numbers = Numbers::new();
        list.iter().for_each(|number| numbers.push(*number));
        Words::pack(&numbers, [0, 0])
    }

    #[test]
    fn numbers_come_back_whatever_their_size() {
        let numbers: Vec<_> = (0..64).flat_map(|bit| [1 << bit, u64::MAX >> bit]).collect();
        assert_eq!(words(&numbers).iter().collect::<Vec<_>>(), numbers);
    }

    #[test]
    fn the_order_of_numbers_counts() {
        let (one, other) = (words(&[1, 2, 1 << 40]), words(&[2, 1, 1 << 40]));
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one, words(&[1, 2, 1 << 40]));
    }

    #[test]
    fn each_digit_counts_for_the_hash() {
        let hashes: std::collections::BTreeSet<_> = (0..40)
            .map(|place| {
                let mut list = [0; 40];
                list[place] = 1;
                words(&list).hash()
            })
            .collect();
        assert_eq!(hashes.len(), 40);
    }
}
