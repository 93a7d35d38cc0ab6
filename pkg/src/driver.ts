/** This context among others: the lock, the page's life, the network. */
import { randomHex } from "./random.js";
import type { Settings } from "./options.js";
import { openChannel } from "./tabs/channel.js";
import { lifecycle } from "./tabs/lifecycle.js";
import { driverLock } from "./tabs/lock.js";
import { locksFor } from "./tabs/locks.js";
import { replicate, type ReplicaHost } from "./tabs/replica.js";

export interface TabsHost extends Pick<ReplicaHost, "published" | "heard"> {
  readonly settings: Settings;
  granted(driver: string): void;
  /** Has to have had its effect when it returns. */
  lost(): void;
  suspended(): void;
  woken(): void;
  silent(since: number | null): void;
  online(online: boolean): void;
}

export interface Tabs {
  /** The store was read: now this context may want to drive. */
  begin(): void;
  want(on: boolean): void;
  /** A new core has to be told that the lock is held. */
  regrant(): void;
  takeOver(): Promise<void>;
  online(): boolean;
  /** Followers are to see other status rows. */
  changed(): void;
  close(): void;
}

const hidden = (): boolean => (globalThis as { document?: Document }).document?.visibilityState === "hidden";
const online = (): boolean => (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine !== false;

export function openTabs(host: TabsHost): Tabs {
  const { settings } = host;
  const { name, timers, store, alone, place } = settings;
  const driver = randomHex(8);
  const channel = openChannel(`${name}/driver`);
  const off = new AbortController();
  const throttled = (): boolean => hidden() && !timers.ticks();
  let begun = false;

  const lock = driverLock({
    name, locks: locksFor(alone, place), channel, timers, throttled,
    onGrant(): void {
      life.watch(true);
      host.granted(driver);
    },
    onLost(): void {
      life.watch(false);
      host.lost();
    },
    onSilent: (since) => host.silent(since),
  });

  const replica = replicate({ ...host, channel, timers, held: () => lock.held });

  const life = lifecycle({
    timers, throttled,
    onSuspend(): void {
      host.suspended();
      lock.suspend();
      store.suspend?.();
      channel.suspend();
    },
    onWake(_generation, reason): void {
      if (reason === "gap") {
        host.lost();
        if (lock.held) host.granted(driver);
      } else {
        channel.resume();
        store.resume?.();
        lock.resume();
      }
      host.woken();
    },
  });

  const target = (globalThis as { addEventListener?: typeof addEventListener }).addEventListener === undefined ? undefined : globalThis;
  for (const type of ["online", "offline"]) target?.addEventListener(type, () => host.online(online()), { signal: off.signal });

  return {
    begin(): void {
      if (begun) return;
      begun = true;
      lock.want(true);
    },
    want(on): void {
      if (!on) life.watch(false);
      if (begun) lock.want(on);
    },
    regrant(): void {
      if (lock.held) host.granted(driver);
    },
    takeOver: () => lock.takeOver(),
    online,
    changed: () => replica.changed(),
    close(): void {
      off.abort();
      replica.close();
      life.close();
      lock.close();
      channel.close();
    },
  };
}
