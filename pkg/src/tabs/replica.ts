/** What followers show of the driver's status table: posted whole each time, shown, and never acted upon. */
import { readColumns } from "../columns.js";
import { checkInteger, copyPlain, readFields, readList, checkText } from "../snapshot.js";
import type { Timers } from "../timer.js";
import type { Row } from "../types/table.js";
import type { WireHeader } from "../wire/shapes.js";
import type { Channel } from "./channel.js";

/** Epoch 0: this context does not drive. */
export interface Published {
  readonly epoch: number;
  readonly rows: readonly Row[];
}

export interface ReplicaHost {
  readonly channel: Channel;
  readonly timers: Timers;
  readonly held: () => boolean;
  readonly published: () => Published;
  /** Of the driver; each within bounds. */
  readonly heard: (epoch: number, version: number, rows: readonly WireHeader[]) => void;
}

export interface Replica {
  /** The rows of this driver are others now. */
  changed(): void;
  close(): void;
}

/** Nobody looks more often. */
const pause = 100;
const most = { rows: 256, bytes: 262_144, number: 0xffff_ffff } as const;

function readRow(row: unknown): WireHeader {
  const columns = readColumns(row, "a status row");
  return { id: checkText(new Map(columns).get("entryId"), "an entry id"), columns };
}

export function replicate({ channel, timers, held, published, heard }: ReplicaHost): Replica {
  let version = 0;
  let cancel: (() => void) | undefined;

  function publish(): void {
    cancel?.();
    cancel = undefined;
    try {
      const { epoch, rows } = published();
      if (epoch > 0) channel.post({ status: { epoch, version: ++version, rows } });
    } catch {
      // A core that broke: that is told elsewhere, and the next one has rows of its own.
    }
  }

  function take(status: unknown): void {
    const { value } = copyPlain(status, "status rows", { depth: 4, maxSize: most.bytes });
    const { epoch, version: count, rows } = readFields(value, "status rows", ["epoch", "version", "rows"]);
    heard(checkInteger(epoch, "epoch", 1, most.number), checkInteger(count, "version", 1, most.number), readList(rows, "rows", most.rows).map(readRow));
  }

  const forget = channel.listen((message) => {
    const { ask, status } = (message ?? {}) as { readonly ask?: unknown; readonly status?: unknown };
    if (held()) {
      if (ask === true) publish();
    } else if (status !== undefined) {
      try {
        take(status);
      } catch {
        // Of another version, or of nobody: the next one will do.
      }
    }
  });

  return {
    changed(): void {
      cancel ??= timers.after(pause, publish);
    },
    close(): void {
      forget();
      cancel?.();
    },
  };
}
