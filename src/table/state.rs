//! A view's state: what it shows, and how it is filled.

use super::events::Log;
use super::filter::Filter;
use super::kept::Kept;
use super::lift::Lifted;
use super::order::{Keys, SortKey, SortOrderSet};
use super::rows::{Instances, Rows};
use super::store::{InstanceKey, Source, Store};
use super::tree::{Line, Tree};
use crate::mapi::ordered::Map;
use crate::mapi::{
    MapiError, MapiResult, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH, PR_INSTANCE_KEY, PR_NULL, PR_ROW_TYPE,
    PropTag, PropValue, RowType, Scode,
};

#[derive(Clone, Debug)]
pub(super) struct ViewState {
    pub(super) columns: Vec<PropTag>,
    /// Rows go out as lines, not as values.
    pub(super) by_line: bool,
    pub(super) filter: Option<Filter>,
    /// Names the restriction in saved states.
    pub(super) filter_mark: u64,
    /// Says which rows count as unread in headings.
    pub(super) unread: Option<Filter>,
    pub(super) order: SortOrderSet,
    pub(super) default: SortOrderSet,
    pub(super) tree: Tree,
    /// Rows of a multi-valued property, one a value.
    pub(super) instances: Option<Instances>,
    /// The store's width when columns were last looked for.
    width: usize,
    /// Lines before the next one to be read.
    pub(super) cursor: usize,
    pub(super) marks: Map<u32, Mark>,
    pub(super) marks_issued: u32,
    pub(super) log: Log,
    /// Moves with every change of a row, and when lines or columns are others.
    pub(super) version: u64,
    pub(super) kept: Kept,
    /// The lines that may differ since this was last asked: from, to.
    pub(super) dirty: Option<(usize, usize)>,
    pub(super) lifted: Lifted,
}

/// What a bookmark points at. `moved` since its last use: its line went and the next one took its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Line {
        line: Line,
        moved: bool,
    },
    End,
    /// Its line went and none came after.
    Lost,
}

impl ViewState {
    pub(super) fn new(columns: Vec<PropTag>, default: SortOrderSet, unread: Option<Filter>, store: &Store) -> Self {
        let mut state = Self {
            columns,
            by_line: false,
            filter: None,
            filter_mark: 0,
            unread,
            order: SortOrderSet::default(),
            tree: Tree::new(&default),
            default,
            instances: None,
            width: usize::MAX,
            cursor: 0,
            marks: Map::new(),
            marks_issued: 2,
            log: Log::default(),
            version: 0,
            kept: Kept::default(),
            dirty: None,
            lifted: Lifted::default(),
        };
        state.rebuild(store);
        state
    }

    /// The keys in force: those asked for, or the table's default (C-193).
    pub(super) fn keys(&self) -> &SortOrderSet {
        if self.order.keys.is_empty() { &self.default } else { &self.order }
    }

    /// All rows in the table's own order, one a line, and nobody is told of them.
    pub(super) fn is_plain(&self) -> bool {
        self.filter.is_none() && self.order.keys.is_empty() && self.instances.is_none() && !self.log.is_heard()
    }

    pub(super) fn rows<'a>(&'a self, store: &'a Store) -> Rows<'a> {
        Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() }
    }

    /// Finds columns again when there are more.
    pub(super) fn bind(&mut self, store: &Store) {
        if self.width != store.width() {
            self.width = store.width();
            for filter in self.filter.iter_mut().chain(&mut self.unread) {
                filter.bind(store);
            }
            self.tree.bind(store);
            if let Some(instances) = &mut self.instances {
                instances.bind(store);
            }
        }
    }

    /// Fills the view anew: cursor at the beginning, no bookmarks (C-188, C-191).
    pub(super) fn rebuild(&mut self, store: &Store) {
        self.refill(store, None);
    }

    /// As [`ViewState::rebuild`]; `kept`: the rows that match, where that is known.
    fn refill(&mut self, store: &Store, kept: Option<Vec<u32>>) {
        let keys = self.keys().clone();
        self.tree = Tree::new(&keys);
        self.instances = self.instances_wanted().map(|tag| Instances::new(tag, store));
        self.width = usize::MAX;
        self.bind(store);
        let mut tree = std::mem::replace(&mut self.tree, Tree::new(&SortOrderSet::default()));
        let leaves = match (&mut self.instances, kept) {
            (None, Some(kept)) => Some(kept),
            (None, None) => self.matching(store, tree.depth()),
            (Some(instances), _) => {
                let mut leaves: Vec<u32> = Vec::new();
                for slot in store.slots() {
                    for ordinal in 0..instances.wanted(slot, store) {
                        leaves.push(instances.add(slot, ordinal));
                    }
                }
                let rows = Rows { store, instances: self.instances.as_ref(), depth: tree.depth() };
                leaves.retain(|leaf| self.filter.as_ref().is_none_or(|filter| filter.accepts(*leaf, &rows)));
                Some(leaves)
            }
        };
        let rows = Rows { store, instances: self.instances.as_ref(), depth: tree.depth() };
        let mut all: Vec<SortKey> = Vec::new();
        let (groupings, rest) = keys.groupings();
        for grouping in groupings {
            all.extend_from_slice(keys.keys.get(grouping.keys).unwrap_or_default());
        }
        all.extend_from_slice(keys.keys.get(rest..).unwrap_or_default());
        let mut all = Keys::new(&all);
        all.bind(store);
        let is_unread = |leaf| self.is_unread(leaf, &rows);
        match leaves {
            Some(leaves) => tree.fill(&mut leaves.iter().copied(), leaves.len(), &all, &is_unread, &rows),
            None => tree.fill(&mut store.slots(), store.len(), &all, &is_unread, &rows),
        }
        self.tree = tree;
        self.cursor = 0;
        self.marks.clear();
        self.kept.clear();
        self.spoil(0);
    }

    /// The slots of the rows that match; `None`: all do.
    fn matching(&self, store: &Store, depth: usize) -> Option<Vec<u32>> {
        Some(self.filter.as_ref()?.matching(&Rows { store, instances: None, depth }))
    }

    /// The multi-valued property that columns, order or filter want rows of.
    fn instances_wanted(&self) -> Option<PropTag> {
        let by_order = self.keys().instances();
        let by_filter = || self.filter.as_ref().and_then(Filter::instances);
        by_order.or_else(|| self.columns.iter().find_map(|tag| tag.instance_of())).or_else(by_filter)
    }

    /// Refuses values of a second multi-valued property (MS-OXCDATA 2.13.2).
    pub(super) fn check_instances(&self) -> MapiResult<()> {
        let first = self.instances_wanted();
        let by_order = self.keys().keys.iter().map(|key| key.tag);
        let mut all = by_order.chain(self.columns.iter().copied()).filter_map(PropTag::instance_of);
        let by_filter = self.filter.as_ref().and_then(Filter::instances);
        if all.any(|tag| Some(tag) != first) || by_filter.is_some_and(|tag| Some(tag) != first) {
            return Err(MapiError::new(Scode::MAPI_E_TOO_COMPLEX, "rows of one multi-valued property", "two"));
        }
        Ok(())
    }

    /// Fills the view anew if its rows are others than before.
    pub(super) fn rebuild_for_instances(&mut self, store: &Store) {
        if self.instances.as_ref().map(|instances| instances.tag) != self.instances_wanted() {
            self.rebuild(store);
        }
    }

    /// The order asked for; none asked for is the table's own (C-193).
    pub(super) fn sort(&mut self, order: SortOrderSet, store: &Store) -> MapiResult<()> {
        order.check()?;
        let before = std::mem::replace(&mut self.order, order);
        if let Err(error) = self.check_instances() {
            self.order = before;
            return Err(error);
        }
        let is_slots = self.instances.is_none() && self.instances_wanted().is_none();
        // All rows are found as fast without; the depth of a row is another in another order. Without keys, leaves are
        // expected in the order of their slots, which is not that of the tree.
        let is_kept = is_slots && !self.keys().keys.is_empty();
        let kept = self
            .filter
            .as_ref()
            .filter(|f| is_kept && !f.sources().contains(&Source::Depth))
            .map(|_| self.tree.leaves().collect());
        self.refill(store, kept);
        Ok(())
    }

    pub(super) fn is_unread(&self, leaf: u32, rows: &Rows<'_>) -> bool {
        self.unread.as_ref().is_some_and(|filter| filter.accepts(leaf, rows))
    }

    pub(super) fn key(&self, line: Line, store: &Store) -> Option<InstanceKey> {
        match line {
            Line::Leaf(leaf) => Some(self.rows(store).key(leaf)),
            Line::Heading(id) => Some(self.tree.group(id)?.key()),
        }
    }

    /// The heading with that key.
    pub(super) fn heading(&self, key: InstanceKey) -> Option<u32> {
        self.tree.headings().find(|id| self.tree.group(*id).is_some_and(|group| group.key() == key))
    }

    /// The position of a line in the view.
    pub(super) fn index(&self, line: Line, store: &Store) -> Option<usize> {
        match line {
            Line::Leaf(leaf) => self.tree.leaf_index(leaf, &self.rows(store)),
            Line::Heading(id) => self.tree.heading_index(id),
        }
    }

    /// The value of a heading; columns that are no keys above it have none.
    pub(super) fn heading_value(&self, id: u32, tag: PropTag) -> PropValue {
        let Some(group) = self.tree.group(id) else { return PropValue::NOT_FOUND };
        let count = |n: usize| PropValue::Long(i32::try_from(n).unwrap_or(i32::MAX));
        match tag {
            PR_NULL => PropValue::Null,
            PR_INSTANCE_KEY => group.key().into(),
            PR_DEPTH => count(group.depth.saturating_sub(1)),
            PR_CONTENT_COUNT => count(group.leaves as usize),
            PR_CONTENT_UNREAD => count(group.unread as usize),
            PR_ROW_TYPE => {
                let kind = match (group.leaves, group.expanded) {
                    (0, _) => RowType::EmptyCategory,
                    (_, true) => RowType::ExpandedCategory,
                    (_, false) => RowType::CollapsedCategory,
                };
                PropValue::flags(kind.code())
            }
            _ => self.key_value(id, tag),
        }
    }

    /// The value of a category's key, its own or that of one above; or the extreme that orders it.
    fn key_value(&self, own: u32, tag: PropTag) -> PropValue {
        let mut id = own;
        while let Some(group) = self.tree.group(id).filter(|_| id != 0) {
            let level = group.depth.checked_sub(1).and_then(|level| self.tree.levels.get(level));
            let at = level.and_then(|level| level.keys.iter().position(|key| key.tag == tag));
            if let Some(value) = at.and_then(|at| group.values.get(at)) {
                return value.clone();
            }
            let extreme = level.and_then(|level| level.extreme.as_ref()).filter(|_| id == own);
            if extreme.is_some_and(|extreme| extreme.key.tag == tag) {
                return group.extreme.clone();
            }
            id = group.parent;
        }
        PropValue::NOT_FOUND
    }

    /// What a heading has when nobody chose columns: its keys, those above it first, then what is computed.
    pub(super) fn heading_columns(&self, id: u32) -> Vec<PropTag> {
        let depth = self.tree.group(id).map_or(0, |group| group.depth);
        let mut columns: Vec<PropTag> = Vec::new();
        for level in self.tree.levels.get(..depth).unwrap_or_default() {
            columns.extend(level.keys.iter().map(|key| key.tag));
        }
        let own = depth.checked_sub(1).and_then(|level| self.tree.levels.get(level));
        columns.extend(own.and_then(|level| level.extreme.as_ref()).map(|extreme| extreme.key.tag));
        columns.extend([PR_INSTANCE_KEY, PR_ROW_TYPE, PR_DEPTH, PR_CONTENT_COUNT, PR_CONTENT_UNREAD]);
        columns
    }

    /// Where the values of columns are; `None` is a place kept empty (C-182).
    pub(super) fn sources(&self, store: &Store) -> Vec<Option<Source>> {
        self.columns.iter().map(|tag| (*tag != PR_NULL).then(|| store.source(*tag))).collect()
    }

    /// The values of a line, one a column.
    pub(super) fn values(&self, line: Line, sources: &[Option<Source>], store: &Store) -> Vec<PropValue> {
        match line {
            Line::Leaf(leaf) => self.rows(store).values(leaf, sources),
            Line::Heading(id) => self.columns.iter().map(|tag| self.heading_value(id, *tag)).collect(),
        }
    }

    /// A line as a notification carries it.
    pub(super) fn row(&self, line: Line, store: &Store) -> Vec<(PropTag, PropValue)> {
        match line {
            Line::Leaf(_) if self.by_line => Vec::new(),
            Line::Heading(id) if self.by_line => {
                self.heading_columns(id).into_iter().map(|tag| (tag, self.heading_value(id, tag))).collect()
            }
            _ => self.columns.iter().copied().zip(self.values(line, &self.sources(store), store)).collect(),
        }
    }

    /// The caller's own call: any line from here on may differ.
    pub(super) fn spoil(&mut self, from: usize) {
        self.touch(from, usize::MAX);
        self.log.outdate();
    }

    /// The lines from one to another may differ; to the last one, if their number did.
    pub(super) fn touch(&mut self, from: usize, to: usize) {
        self.dirty = Some(self.dirty.map_or((from, to), |(low, high)| (low.min(from), high.max(to))));
        self.version = self.version.saturating_add(1);
    }

    pub(super) fn watched(&self) -> bool {
        self.by_line || self.log.is_heard()
    }

    /// A row is another, or gone, or new.
    pub(super) fn renew(&mut self, slot: u32) {
        self.version = self.version.saturating_add(1);
        match self.instances {
            None => self.kept.spoil(slot),
            Some(_) => self.kept.clear(),
        }
    }
}
