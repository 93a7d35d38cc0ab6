// @tanstack/db: collections with incremental live queries. It tells what changed, but not where.
import { and, createCollection, createLiveQueryCollection, gt, ilike } from "@tanstack/db";

let serial = 0;

function load(rows) {
  let sync;
  const collection = createCollection({
    id: `rows ${serial++}`, getKey: ({ id }) => id, startSync: true, gcTime: 0,
    sync: {
      rowUpdateMode: "full",
      sync(given) {
        sync = given;
        sync.begin();
        for (const value of rows) sync.write({ type: "insert", value });
        void sync.commit();
        sync.markReady();
      },
    },
  });
  return { collection, sync };
}

async function view({ collection }, restricted) {
  const by = (direction) => ({ direction, nulls: "first", stringSort: "lexical" });
  const query = createLiveQueryCollection({
    id: `live ${serial++}`, startSync: true, gcTime: 0,
    query(q) {
      let rows = q.from({ m: collection });
      if (restricted) rows = rows.where(({ m }) => and(gt(m.size, 50_000), ilike(m.subject, "%re%"))).fn.where(({ m }) => (m.flags & 1) !== 0);
      return rows.orderBy(({ m }) => m.date, by("desc")).orderBy(({ m }) => m.subject, by("asc")).orderBy(({ m }) => m.id, by("asc"));
    },
  });
  await query.preload();
  return { query, rows: query.toArray };
}

async function close({ collection }, shown) {
  await shown?.query.cleanup();
  await collection.cleanup();
}

async function live(rows, restricted) {
  const store = load(rows);
  const { sync, collection } = store;
  const shown = await view(store, restricted);
  let events = 0;
  const heard = shown.query.subscribeChanges((changes) => {
    events += changes.length;
  });
  return {
    apply({ id, row, patch }) {
      sync.begin();
      if (row !== undefined) sync.write({ type: "insert", value: row });
      else if (patch !== undefined) sync.write({ type: "update", key: id, value: { ...collection.get(id), ...patch } });
      else sync.write({ type: "delete", key: id });
      void sync.commit();
    },
    ids: () => shown.query.toArray.map(({ id }) => id),
    async close() {
      heard.unsubscribe();
      if (events === 0) throw new Error("tanstack-db: no event");
      await close(store, shown);
    },
  };
}

export default {
  name: "tanstack-db",
  rowsAtMost: 200_000,
  load,
  view,
  window: (_, { rows }, offset, count) => rows.slice(offset, offset + count),
  ids: ({ rows }) => rows.map(({ id }) => id),
  close,
  changesAtMost: 400,
  placeless: true,
  live,
};
