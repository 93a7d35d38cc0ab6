//! Categories among their neighbours: put there, taken out, found by value.

use super::group::Group;
use super::sequence::{Entry, Place};
use super::tree::Tree;
use std::cmp::Ordering;

impl Tree {
    /// Puts a category among its neighbours.
    pub(super) fn list(&mut self, id: u32) {
        let found = self.group(id).and_then(|own| {
            let parent = self.group(own.parent)?;
            let level = self.levels.get(parent.depth)?;
            let entry = level.entry(id, own);
            let place = parent.kids.locate(entry.prefix(), |other| self.before(level, other, &entry, own).is_lt());
            Some((own.parent, entry, place))
        });
        let Some((parent, entry, place)) = found else { return };
        if let Some(group) = self.groups.get_mut(parent as usize) {
            group.kids.insert(place, entry, Some(&self.lines));
        }
        self.grown(parent);
    }

    /// Takes a category out from its neighbours.
    pub(super) fn unlist(&mut self, id: u32) {
        let found = self.group(id).and_then(|own| Some((own.parent, self.group_place(self.group(own.parent)?, id)?)));
        let Some((parent, place)) = found else { return };
        if let Some(group) = self.groups.get_mut(parent as usize) {
            group.kids.remove(place, Some(&self.lines));
        }
        self.grown(parent);
    }

    fn value_place(&self, id: u32) -> Option<(u32, Place, Entry)> {
        let own = self.group(id)?;
        let parent = self.group(own.parent)?;
        let (level, list) = (self.levels.get(parent.depth)?, parent.by_value.as_ref()?);
        let entry = level.value_entry(id, own);
        let order = |other: &Entry| {
            let by_value = || self.group(other.slot).map_or(Ordering::Equal, |other| level.by_value(other, own));
            other.prefix().cmp(&entry.prefix()).then_with(by_value)
        };
        Some((own.parent, list.locate(entry.prefix(), |other| order(other).is_lt()), entry))
    }

    /// Puts a category where its value is looked for.
    pub(super) fn list_value(&mut self, id: u32) {
        let Some((parent, place, entry)) = self.value_place(id) else { return };
        if let Some(list) = self.groups.get_mut(parent as usize).and_then(|group| group.by_value.as_mut()) {
            list.insert(place, entry, None);
        }
    }

    /// A category without rows goes.
    pub(super) fn drop_group(&mut self, id: u32) {
        self.unlist(id);
        if let Some((parent, place, _)) = self.value_place(id)
            && let Some(list) = self.groups.get_mut(parent as usize).and_then(|group| group.by_value.as_mut())
        {
            list.remove(place, None);
        }
        if let Some(group) = self.groups.get_mut(id as usize) {
            *group = Group::new(0, usize::MAX, Vec::new(), false);
        }
        self.free.push(id);
    }
}
