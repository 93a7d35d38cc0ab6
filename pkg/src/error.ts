/** The one error of the public interface, and what is said of errors that are not ours. */
import type { MapiCode } from "./types/message.js";
import type { SettingProblem } from "./types/settings.js";

/** MAPI's numbers for its names; the twin of src/mapi/scode.rs. */
const hresults = {
  S_OK: 0x00000000, MAPI_E_CALL_FAILED: 0x80004005, MAPI_E_INTERFACE_NOT_SUPPORTED: 0x80004002, MAPI_E_NO_ACCESS: 0x80070005,
  MAPI_E_NOT_ENOUGH_MEMORY: 0x8007000e, MAPI_E_INVALID_PARAMETER: 0x80070057, MAPI_E_NO_SUPPORT: 0x80040102,
  MAPI_E_BAD_CHARWIDTH: 0x80040103, MAPI_E_UNKNOWN_FLAGS: 0x80040106, MAPI_E_INVALID_ENTRYID: 0x80040107,
  MAPI_E_INVALID_OBJECT: 0x80040108, MAPI_E_OBJECT_CHANGED: 0x80040109, MAPI_E_OBJECT_DELETED: 0x8004010a,
  MAPI_E_BUSY: 0x8004010b, MAPI_E_NOT_FOUND: 0x8004010f, MAPI_E_VERSION: 0x80040110, MAPI_E_LOGON_FAILED: 0x80040111,
  MAPI_E_USER_CANCEL: 0x80040113, MAPI_E_UNABLE_TO_ABORT: 0x80040114, MAPI_E_NETWORK_ERROR: 0x80040115,
  MAPI_E_TOO_COMPLEX: 0x80040117, MAPI_E_EXTENDED_ERROR: 0x80040119, MAPI_E_COMPUTED: 0x8004011a,
  MAPI_E_CORRUPT_DATA: 0x8004011b, MAPI_E_UNCONFIGURED: 0x8004011c, MAPI_E_FAILONEPROVIDER: 0x8004011d,
  MAPI_E_UNKNOWN_CPID: 0x8004011e, MAPI_E_UNKNOWN_LCID: 0x8004011f, MAPI_E_UNKNOWN_ENTRYID: 0x80040201,
  MAPI_W_NO_SERVICE: 0x00040203, MAPI_W_ERRORS_RETURNED: 0x00040380, MAPI_E_UNABLE_TO_COMPLETE: 0x80040400,
  MAPI_E_TIMEOUT: 0x80040401, MAPI_E_TABLE_TOO_BIG: 0x80040403, MAPI_E_INVALID_BOOKMARK: 0x80040405,
  MAPI_W_POSITION_CHANGED: 0x00040481, MAPI_W_APPROX_COUNT: 0x00040482, MAPI_E_WAIT: 0x80040500, MAPI_E_CANCEL: 0x80040501,
  MAPI_E_NOT_ME: 0x80040502, MAPI_W_CANCEL_MESSAGE: 0x00040580, MAPI_E_NOT_IN_QUEUE: 0x80040601,
  MAPI_E_COLLISION: 0x80040604, MAPI_E_NOT_INITIALIZED: 0x80040605, MAPI_E_NO_RECIPIENTS: 0x80040607,
  MAPI_E_SUBMITTED: 0x80040608,
} as const satisfies Partial<Record<MapiCode, number>>;

export type Scode = keyof typeof hresults;

const names = new Map<number, Scode>(Object.entries(hresults).map(([name, number]) => [number, name as Scode]));

export const hresultOf = (name: string): number | undefined => (Object.hasOwn(hresults, name) ? hresults[name as Scode] : undefined);
export const scodeOf = (hresult: number): Scode => names.get(hresult) ?? "MAPI_E_CALL_FAILED";

interface More {
  readonly id?: string | null;
  readonly state?: string | null;
  readonly problems?: readonly SettingProblem[];
}

/** Each entry of the package has a class of its own: this tells them all. */
const brand = Symbol.for("mailspooler.MapiError");

/** A refusal: MAPI's code, what would have been accepted, and what came, without secrets. `instanceof` holds for errors of every entry. */
export class MapiError extends Error {
  static {
    Object.defineProperty(this.prototype, brand, { __proto__: null, value: true } as PropertyDescriptor);
  }

  static override [Symbol.hasInstance](value: unknown): value is MapiError {
    if (this !== MapiError) return super[Symbol.hasInstance](value);
    return typeof value === "object" && value !== null && brand in value;
  }

  override readonly name = "MapiError";
  /** MAPI's name, stable: what programs decide by. */
  readonly code: MapiCode;
  /** MAPI's number for it, unsigned. */
  readonly hresult: number;
  /** English, for developers. */
  readonly expected: string;
  /** The kind of what came, never its content; of rows of a host's table also which: place and key. */
  readonly got: string;
  /** Of `MAPI_E_COLLISION` (O-02): the submission that is in the way, and its state. */
  declare readonly id?: string;
  declare readonly state?: string;
  /** Of `configure`: the settings that were refused. */
  declare readonly problems?: readonly SettingProblem[];

  /** For transports, which may throw one: only `code` is read, its texts go nowhere. */
  constructor(code: MapiCode, expected: string, got: string, more?: More) {
    super(`${code}: expected ${expected}, got ${got}`);
    this.code = code;
    this.hresult = hresultOf(code) ?? 0x80004005;
    this.expected = expected;
    this.got = got;
    if (more?.id) this.id = more.id;
    if (more?.state) this.state = more.state;
    if (more?.problems) this.problems = more.problems;
  }
}

export const invalid = (expected: string, got: string): MapiError => new MapiError("MAPI_E_INVALID_PARAMETER", expected, got);

/** The class of a foreign error, never its text: secrets travel in messages. */
export function errorClass(thrown: unknown): string {
  try {
    const name: unknown = (thrown as { name?: unknown } | null | undefined)?.name;
    return typeof name === "string" && /^[A-Za-z]{1,64}$/.test(name) ? name : typeof thrown;
  } catch {
    return "hostile";
  }
}

/** Ours as it is; anything else as its class. */
export const asMapiError = (thrown: unknown, expected: string, code: MapiCode = "MAPI_E_CALL_FAILED"): MapiError =>
  thrown instanceof MapiError ? thrown : new MapiError(code, expected, errorClass(thrown));

/** The words for a value in an error: its kind, never its content. */
export function kind(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value === "number" ? `the number ${value}` : typeof value;
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    return /^\w{1,64}$/.test(tag) && tag !== "Object" ? tag : "an object";
  } catch {
    return "a revoked proxy";
  }
}
