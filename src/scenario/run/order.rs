//! Which of several things that could happen at once comes first in a run.

use crate::emulator::NextStep;
use crate::scenario::ast::ChoiceOrder;
use crate::service::{Chooser, FirstInFirstOut, Scripted, Seeded};

#[derive(Debug, Clone)]
pub(super) enum Order {
    First,
    Seeded(Seeded),
    Scripted(Scripted),
}

impl Order {
    pub(super) fn new(order: Option<&ChoiceOrder>) -> Self {
        match order {
            Some(ChoiceOrder::Seed(seed)) => Self::Seeded(Seeded::new(*seed)),
            Some(ChoiceOrder::Choices(choices)) => {
                Self::Scripted(Scripted::new(choices.iter().copied()))
            }
            None => Self::First,
        }
    }
}

impl Chooser<NextStep> for Order {
    fn choose(&mut self, first: NextStep, others: &mut dyn Iterator<Item = NextStep>) -> NextStep {
        match self {
            Self::First => FirstInFirstOut.choose(first, others),
            Self::Seeded(chooser) => chooser.choose(first, others),
            Self::Scripted(chooser) => chooser.choose(first, others),
        }
    }
}
