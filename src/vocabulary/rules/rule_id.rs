//! The ids of documented rules.

use std::fmt;

/// The areas in which the rules are catalogued.
const AREAS: &[&str] = &[
    "LIFE", "ERR", "TIME", "CREATE", "FILES", "DONE", "SCHED", "NET", "NOTIFY", "PROGRESS", "PROP",
    "UPLOAD", "SEC", "HTTP", "LOG", "TOOL", "T", "INV",
];

/// The id of a documented rule, such as `ERR-05`, or of one of the tables `T1` to `T4`.
///
/// ```
/// use bits_emulator::rules::RuleId;
///
/// const LATCHED: RuleId = RuleId::new("ERR-05");
/// assert_eq!(LATCHED.to_string(), "ERR-05");
/// assert_eq!(LATCHED.area(), "ERR");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    area: u8,
    number: u8,
}

/// The rule with that name. A wrong name does not compile.
macro_rules! rule {
    ($id:literal) => {
        const { $crate::vocabulary::RuleId::new($id) }
    };
}
pub(crate) use rule;

impl RuleId {
    /// The rule with that name.
    ///
    /// # Panics
    ///
    /// If the text is not an area and a number. Written as a constant, a wrong name does not
    /// compile; [`RuleId::parse`] serves names that come from outside.
    #[must_use]
    #[allow(clippy::panic, reason = "a constant with a wrong name must not compile")]
    pub const fn new(id: &str) -> Self {
        match Self::parse(id) {
            Some(rule) => rule,
            None => panic!("a rule is named by its area and number, such as ERR-05"),
        }
    }

    /// The rule with that name, if it is well formed.
    #[must_use]
    pub const fn parse(id: &str) -> Option<Self> {
        let id = id.as_bytes();
        let mut area = 0;
        let mut areas = AREAS;
        while let [name, rest @ ..] = areas {
            if let Some(number) = number_after(id, name.as_bytes()) {
                return Some(Self { area, number });
            }
            areas = rest;
            area += 1;
        }
        None
    }

    /// The area of the rule, such as `ERR`.
    #[must_use]
    pub fn area(self) -> &'static str {
        AREAS.get(usize::from(self.area)).copied().unwrap_or_default()
    }

    /// The number of the rule within its area.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }
}

/// The number in `id` if it is `area` and a number: two digits behind a hyphen, or for the
/// tables one digit without.
const fn number_after(id: &[u8], area: &[u8]) -> Option<u8> {
    let Some((name, digits)) = id.split_at_checked(area.len()) else { return None };
    if !same(name, area) {
        return None;
    }
    match digits {
        [b'-', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] if area.len() > 1 => {
            Some((*tens - b'0') * 10 + (*ones - b'0'))
        }
        [one @ b'1'..=b'4'] if area.len() == 1 => Some(*one - b'0'),
        _ => None,
    }
}

const fn same(mut left: &[u8], mut right: &[u8]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        left = left_rest;
        right = right_rest;
    }
    left.is_empty() && right.is_empty()
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.area() {
            "T" => write!(f, "T{}", self.number),
            area => write!(f, "{area}-{:02}", self.number),
        }
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
