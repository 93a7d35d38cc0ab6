/** One driver by one exclusive lock: never stolen but by a person, given back the moment this context may stop (O-73). */
import type { Timers } from "../timer.js";
import type { Channel } from "./channel.js";
import type { Locks } from "./locks.js";

export interface DriverLockOptions {
  readonly name: string;
  /** `locksFor(...)`; without locks nothing is ever granted. */
  readonly locks: Locks | undefined;
  readonly channel: Channel;
  readonly timers: Timers;
  /** This context sends, until `onLost`. Called inside the grant. */
  readonly onGrant: () => void;
  /** It may not send any more: taken over, taken by the browser, or suspended. Called before the lock is given back. */
  readonly onLost: () => void;
  /** Another context holds the lock and has not been heard since (wall clock, ms); `null`: it is heard again. */
  readonly onSilent: (since: number | null) => void;
  /** Whether timers of this page are throttled to one a minute. Default: never. */
  readonly throttled?: () => boolean;
  readonly random?: () => number;
}

export interface DriverLock {
  readonly held: boolean;
  /** Asks, and goes on asking; or gives back (without `onLost`) and stops asking. */
  want(on: boolean): void;
  /** In pagehide and freeze, synchronously. */
  suspend(): void;
  resume(): void;
  /** Steals it: only ever because a person said so. Resolves when this context is the driver. */
  takeOver(): Promise<void>;
  close(): void;
}

/** Chromium keeps a lock in its back/forward cache until somebody asks anew. */
const requeue = 2_000;
const beat = 10_000;
/** Between two beats of a page whose timers are throttled. */
const slowBeat = 75_000;
const listen = 5_000;

interface Request {
  readonly abort: AbortController;
  /** Set while granted. */
  release?: () => void;
}

export function driverLock(options: DriverLockOptions): DriverLock {
  const { name, locks, channel, timers, onGrant, onLost, onSilent, throttled = () => false, random = Math.random } = options;
  let wanted = false;
  let suspended = false;
  let request: Request | undefined;
  let every = beat;
  let quiet = 0;
  let checked = 0;
  let silent = false;
  let cancelAsk = (): void => {};
  let cancelBeat = (): void => {};
  let cancelListen = (): void => {};

  const holds = (): boolean => request?.release !== undefined;

  function hear(ms: number): void {
    every = ms;
    quiet = 0;
    if (silent) onSilent(null);
    silent = false;
  }

  function sendBeat(): void {
    cancelBeat();
    channel.post({ beat: throttled() ? slowBeat : beat });
    cancelBeat = timers.after(beat, sendBeat);
  }

  /** Own sleep is not the other's silence: however late this runs, it counts at most twice its interval. */
  function listenOn(): void {
    cancelListen();
    checked = timers.mono();
    cancelListen = timers.after(listen, () => {
      quiet += Math.min(timers.mono() - checked, 2 * listen);
      if (quiet >= 3 * every && !silent) void report();
      listenOn();
    });
  }

  async function report(): Promise<void> {
    const state = await locks?.query().catch(() => undefined);
    if (!wanted || suspended || silent || holds() || quiet < 3 * every) return;
    if (state?.held?.some((lock) => lock.name === name) !== true) return void (quiet = 0);
    silent = true;
    onSilent(Math.floor(timers.wall() - quiet));
  }

  function granted(mine: Request): Promise<void> {
    if (request !== mine) return Promise.resolve();
    return new Promise((resolve) => {
      mine.release = resolve;
      cancelAsk();
      cancelListen();
      hear(beat);
      sendBeat();
      onGrant();
    });
  }

  /** The browser's promise of a request has settled, for whatever reason. */
  function ended(mine: Request): void {
    if (request !== mine) return;
    const lost = holds();
    request = undefined;
    cancelBeat();
    if (lost) onLost();
    if (!wanted || suspended) return;
    later();
    if (!lost) return;
    quiet = 0;
    listenOn();
  }

  function begin(steal: boolean): Promise<void> {
    giveUp();
    if (locks === undefined) return Promise.reject(new Error("expected Web Locks, or soleOwner, got neither"));
    const mine: Request = { abort: new AbortController() };
    request = mine;
    return new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        const end = granted(mine);
        resolve();
        await end;
      };
      const asked = locks.request(name, steal ? { steal } : { signal: mine.abort.signal }, run);
      asked.then(() => ended(mine), (error: unknown) => {
        ended(mine);
        reject(error);
      });
    });
  }

  function giveUp(): void {
    const was = request;
    request = undefined;
    cancelAsk();
    cancelBeat();
    was?.abort.abort();
    was?.release?.();
  }

  function ask(): void {
    begin(false).catch(() => {});
    later();
  }

  function later(): void {
    cancelAsk();
    cancelAsk = timers.after(requeue * (0.8 + 0.4 * random()), ask);
  }

  function start(): void {
    if (locks === undefined) return;
    quiet = 0;
    every = beat;
    channel.post({ ask: true });
    listenOn();
    ask();
  }

  function stop(): void {
    cancelListen();
    giveUp();
  }

  const forget = channel.listen((message) => {
    const { beat: ms, ask: asked } = (message ?? {}) as { readonly beat?: unknown; readonly ask?: unknown };
    if (typeof ms === "number" && ms >= beat && ms <= slowBeat && !holds()) hear(ms);
    else if (asked === true && holds()) sendBeat();
  });

  return {
    get held(): boolean {
      return holds();
    },
    want(on: boolean): void {
      if (on === wanted) return;
      wanted = on;
      if (!on) stop();
      else if (!suspended) start();
    },
    suspend(): void {
      if (suspended) return;
      suspended = true;
      if (holds()) onLost();
      stop();
    },
    resume(): void {
      if (!suspended) return;
      suspended = false;
      if (wanted) start();
    },
    async takeOver(): Promise<void> {
      if (holds()) return;
      wanted = true;
      await begin(true);
    },
    close(): void {
      wanted = false;
      forget();
      stop();
    },
  };
}
