//! The driver's row: who drives, and the epoch of the wall clock (O-44). What is in memory is never behind what was seen.

use super::Session;
use super::io::Effect;
use super::stored::{Meta, StoreOp};
use super::transport::Gate;
use super::work::{Pending, Work};
use crate::spooler::doubt::earlier;

/// A backward step shorter than this is not one.
const STEP_BACK: i64 = 2_000;
/// How stale the stored high-water mark may be.
const MARK: i64 = 1_000;

impl Session {
    /// The driver's row, as stored.
    pub(super) fn take_meta(&mut self, stored: Meta) {
        let outlived = self.driver.is_some_and(|d| stored.epoch > d.epoch);
        let other = stored.order != self.meta.order;
        self.marked = stored.high_water;
        if self.driver.is_some() && self.meta.clock_epoch > stored.clock_epoch {
            self.clock_dirty = true;
            self.meta = Meta { clock_epoch: self.meta.clock_epoch, high_water: self.meta.high_water, ..stored };
        } else {
            self.meta = stored;
        }
        if other && self.driver.is_none() {
            self.reordered();
        }
        if outlived {
            self.outlived();
        }
    }

    /// Raises the epoch of a clock that went back since a driver, or this life, last saw it; else its high-water mark. By how
    /// much it went back.
    pub(super) fn read_clock(&self, meta: &mut Meta) -> i64 {
        let (wall, seen) = (self.now.wall, meta.high_water.max(self.seen));
        if wall < seen.saturating_sub(STEP_BACK) {
            meta.clock_epoch = meta.clock_epoch.saturating_add(1);
            meta.high_water = wall;
            seen.saturating_sub(wall)
        } else {
            meta.high_water = seen.max(wall);
            0
        }
    }

    /// This context drives: the clock is its own.
    pub(super) fn own_clock(&mut self, meta: Meta) {
        self.seen = self.now.wall;
        self.marked = meta.high_water;
        self.clock_dirty = false;
        self.meta = meta;
        self.reordered();
    }

    /// Before every decision, so that a stamp never carries an epoch that the clock has left.
    pub(super) fn watch_clock(&mut self) {
        let wall = self.now.wall;
        if wall >= self.seen.saturating_sub(STEP_BACK) {
            self.seen = self.seen.max(wall);
            return;
        }
        let Some(driver) = self.driver else { return };
        let by = self.seen.saturating_sub(wall);
        self.seen = wall;
        self.meta.clock_epoch = self.meta.clock_epoch.saturating_add(1);
        self.meta.high_water = wall;
        self.clock_dirty = true;
        if let Some(write) = self.clock_op() {
            let op = self.op(Pending::Clock);
            let ops = vec![StoreOp::Fence { epoch: driver.epoch }, write];
            self.out.push(Effect::Commit { op, ballast: false, ops });
        }
        for t in &mut self.transports {
            if let Gate::Shut { at, .. } = &mut t.gate {
                *at = earlier(*at, by, wall);
            }
        }
        let mut filed = Vec::new();
        self.filing.each(|(key, _), f| {
            f.set_back(by, wall);
            filed.push(*key);
        });
        for key in filed {
            self.touched(key);
        }
        for key in self.slots.keys() {
            self.work(key, Work::SetBack { by });
        }
    }

    /// Written with an intent.
    pub(super) fn clock_op(&mut self) -> Option<StoreOp> {
        if !self.clock_dirty {
            let high_water = self.meta.high_water.max(self.seen);
            if high_water < self.marked.saturating_add(MARK) {
                return None;
            }
            self.meta.high_water = high_water;
        }
        self.clock_dirty = false;
        self.marked = self.meta.high_water;
        let expect = Some(self.meta.version);
        self.meta.version = self.meta.version.saturating_add(1);
        Some(StoreOp::PutMeta { expect, meta: self.meta.clone() })
    }

    /// It was not written: read again, then written with the next intent.
    pub(super) fn clock_unwritten(&mut self, fenced: bool) {
        self.clock_dirty = true;
        if fenced { self.outlived() } else { self.look(Some(Vec::new())) }
    }
}
