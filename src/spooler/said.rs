//! What a list says of each of an envelope's recipients (O-14, O-46).

use super::message::Message;
use super::outcome::{RecipientResult, RecipientStatus};
use crate::mapi::ordered::Map;
use crate::mapi::visits::visit;
use crate::mapi::{Gather, Text};

/// The lines of a list, by whom they can mean.
pub struct Said<'a>(Map<Text, Group<'a>>);

/// Whose addresses differ in case only.
#[derive(Default)]
struct Group<'a> {
    recipients: Vec<Text>,
    lines: Vec<&'a RecipientResult>,
}

/// How much of an address a service may have changed. Domains have no case.
#[derive(Clone, Copy)]
enum Case {
    Kept,
    OfDomain,
    OfAll,
}

impl Case {
    fn same(self, a: &str, b: &str) -> bool {
        visit();
        a == b
            || a.eq_ignore_ascii_case(b)
                && match self {
                    Self::Kept => false,
                    Self::OfDomain => local(a) == local(b),
                    Self::OfAll => true,
                }
    }
}

fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

fn folded(address: &str) -> Text {
    address.to_ascii_lowercase().as_str().into()
}

impl<'a> Said<'a> {
    /// Of a list for these recipients.
    pub fn new(m: &Message, of: &[u32], list: &'a [RecipientResult]) -> Self {
        let mut groups: Map<Text, Group<'a>> = Map::new();
        for i in of {
            if let Some(r) = usize::try_from(*i).ok().and_then(|i| m.recipients.get(i)) {
                groups.entry(folded(&r.address)).or_default().recipients.push(r.address.clone());
            }
        }
        for line in list {
            if let Some(group) = groups.get_mut(&folded(&line.address)) {
                group.lines.push(line);
            }
        }
        Self(groups)
    }

    /// Lines that differ say nothing, but that one was accepted is evidence whatever stands beside it (O-46). Case is
    /// overlooked only where one recipient alone can be meant, and for all but that only where nobody is named more exactly.
    pub fn of(&self, address: &str) -> Option<&'a RecipientResult> {
        let group = self.0.get(&folded(address))?;
        let accepted = |x: &&RecipientResult| x.status == RecipientStatus::Accepted;
        if group.alone(address, Case::OfAll)
            && let Some(x) = group.lines.iter().copied().find(accepted)
        {
            return Some(x);
        }
        for case in [Case::Kept, Case::OfDomain, Case::OfAll] {
            let lines = group.lines.iter().copied().filter(|x| case.same(&x.address, address)).gather();
            let Some(first) = lines.first() else { continue };
            if !group.alone(address, case) {
                return None;
            }
            let same = |x: &&RecipientResult| x.status == first.status && x.code == first.code;
            let agreed = || lines.iter().all(same).then_some(*first);
            return lines.iter().copied().find(accepted).or_else(agreed);
        }
        None
    }
}

impl Group<'_> {
    fn alone(&self, address: &str, case: Case) -> bool {
        !self.recipients.iter().any(|r| *r != *address && case.same(r, address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapi::visits::visits;
    use crate::spooler::message::Recipient;
    use crate::spooler::remnant::Index;

    /// Visits for each of so many recipients, named in another case.
    fn each(n: u32) -> usize {
        let mut m = Message::remnant(Index::default());
        let mut list = Vec::new();
        for i in 0..n {
            let address = format!("Recipient{i}@example.test");
            let status = RecipientStatus::Accepted;
            let line =
                RecipientResult { address: address.to_lowercase(), status, code: "250".into(), text: String::new() };
            list.push(line);
            m.recipients.push(Recipient { address: address.as_str().into(), ..Recipient::default() });
        }
        let of: Vec<u32> = (0..n).collect();
        let before = visits();
        let said = Said::new(&m, &of, &list);
        assert!(m.recipients.iter().all(|r| said.of(&r.address).is_some()));
        visits().saturating_sub(before) / n as usize
    }

    #[test]
    fn p3_what_a_recipient_costs_does_not_grow_with_the_list() {
        let (few, many) = (each(64), each(2_048));
        assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
    }
}
