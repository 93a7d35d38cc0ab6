// What a page shows when a test gives up waiting for it, so that the failure explains itself. Runs in the page.
//
// A session is looked for where the pages of the tests keep theirs; a page that knows more tells it as `globalThis.notes()`.
export async function picture() {
  const at = globalThis;
  const soon = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, 3000, "no answer in 3 s"))]);
  const plain = (value) => JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));
  const lines = [];
  const tell = async (what, of) => {
    try {
      const value = await soon(of());
      if (value !== undefined) lines.push(`${what}: ${typeof value === "string" ? value : plain(value)}`);
    } catch (error) {
      lines.push(`${what}: ${error?.code ?? error?.name} ${error?.message}`);
    }
  };

  await tell("page", () => `${location.href} "${document.title}" ${document.readyState} ${document.visibilityState}, ${Math.round(performance.now())} ms old`);
  await tell("notes", () => at.notes?.());
  const session = at.bench?.session?.() ?? at.view?.session ?? at.session;
  if (session === undefined) await tell("text", () => document.body?.innerText.slice(0, 2000));
  else {
    await tell("outstanding", () => session.outstanding());
    const each = (list, of) => list.map((one) => `\n  ${of(one)}`).join("");
    await tell("status", () => each(session.getStatusTable().getSnapshot(), (row) => `${row.displayName}: ${row.statusCode} ${row.statusString}`));
    await tell("queue", () => each(session.getOutgoingQueue().getSnapshot(), (row) => `${row.id}: ${row.outboxState}, ${row.why}, ${row.envelopes}`));
    const open = () => session.getOutgoingQueue().getSnapshot().filter(({ outboxState }) => !["sent", "filed"].includes(outboxState));
    await tell("why", () => each(open().slice(0, 20), ({ id }) => plain(session.why(id))));
    await tell("journal", () => each(session.journal().slice(-60), plain));
  }
  await tell("locks", async () => {
    const { held, pending } = await navigator.locks.query();
    return `held ${plain(held)}, pending ${plain(pending)}`;
  });
  await tell("databases", async () => {
    const known = (await indexedDB.databases()).map(({ name }) => name);
    return Promise.all(known.map((name) => soon(new Promise((done) => {
      const opened = indexedDB.open(name);
      opened.onerror = () => done(`${name}: ${opened.error?.name}`);
      opened.onsuccess = () => {
        const db = opened.result;
        const stores = [...db.objectStoreNames];
        if (stores.length === 0) return done(`${name}: empty`);
        const tx = db.transaction(stores);
        const counts = stores.map((store) => tx.objectStore(store).count());
        tx.oncomplete = () => done(`${name}: ${stores.map((store, at) => `${store} ${counts[at].result}`).join(", ")}`);
        tx.onabort = () => done(`${name}: ${tx.error?.name}`);
        db.close();
      };
    }))));
  });
  return lines.join("\n");
}
