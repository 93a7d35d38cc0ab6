/** Two flat tapes, numbers and strings: the twins of src/wire/tape.rs. */

export interface Tape {
  readonly nums: number[];
  readonly strs: string[];
}

export const newTape = (): Tape => ({ nums: [], strs: [] });

export type Put<T> = (tape: Tape, value: T) => void;
export type Take<T> = (from: Reader) => T;

export const putNum: Put<number> = (tape, value) => void tape.nums.push(value);
export const putText: Put<string> = (tape, value) => void tape.strs.push(value);
export const putBool: Put<boolean> = (tape, value) => void tape.nums.push(value ? 1 : 0);

export function putOption<T>(tape: Tape, value: T | null | undefined, put: Put<T>): void {
  if (value === null || value === undefined) tape.nums.push(0);
  else {
    tape.nums.push(1);
    put(tape, value);
  }
}

export function putList<T>(tape: Tape, values: readonly T[], put: Put<T>): void {
  tape.nums.push(values.length);
  for (const value of values) put(tape, value);
}

/** A record's own tapes, as they are stored: the text ends every string with a NUL. */
export interface Copied {
  readonly nums: number[];
  readonly text: string;
}

// oxlint-disable-next-line unicorn/no-new-array -- of its length at once: a fifth of what growing costs, and a tenth of the room
export const listOf = <T>(length: number): T[] => new Array<T>(length);

/** Reads in the order of writing. What cannot be read is a fault of this library. */
export class Reader {
  private n = 0;
  private t = 0;
  private w = 0;
  private end = 0;
  private nums: ArrayLike<number> = [];
  private all = "";

  /** Of `count` numbers from `first` on. */
  constructor(nums: ArrayLike<number>, first: number, count: number, text: string) {
    this.over(nums, first, count, text);
  }

  /** Anew, of others. */
  over(nums: ArrayLike<number>, first: number, count: number, text: string): this {
    this.nums = nums;
    this.n = first;
    this.t = 0;
    this.end = first + count;
    this.all = text;
    return this;
  }

  get isEmpty(): boolean {
    return this.n >= this.end;
  }

  num(): number {
    const value = this.n < this.end ? this.nums[this.n++] : undefined;
    if (value === undefined) throw new RangeError("expected a number on the tape, got its end");
    return value;
  }

  text(): string {
    const end = this.all.indexOf("\0", this.t);
    if (end < 0) throw new RangeError("expected a string on the tape, got its end");
    const value = this.all.slice(this.t, end);
    this.t = end + 1;
    return value;
  }

  bool(): boolean {
    return this.num() !== 0;
  }

  option<T>(take: Take<T>): T | null {
    return this.num() === 0 ? null : take(this);
  }

  list<T>(take: Take<T>): T[] {
    const values = listOf<T>(this.num());
    for (let i = 0; i < values.length; i++) values[i] = take(this);
    return values;
  }

  /** The next number is how long the texts beyond ASCII are, which are last. */
  wide(): void {
    this.w = this.all.length - this.num();
  }

  /** A cell of each row, by that name; what the column's kind does not hold is behind a NaN. */
  column<T>(rows: readonly Record<string, T | number | string | boolean>[], name: string, other: Take<T>): void {
    const kind = this.num();
    const { nums, all } = this;
    let { n, t, w } = this;
    for (const row of rows) {
      const value = nums[n++] as number;
      if (Number.isNaN(value)) {
        [this.n, this.t] = [n, t];
        row[name] = other(this);
        ({ n, t } = this);
      } else if (kind !== 4) row[name] = kind === 3 ? value !== 0 : value;
      else row[name] = value < 0 ? all.slice(w, (w -= value)) : all.slice(t, (t += value));
    }
    [this.n, this.t, this.w] = [n, t, w];
    if (n > this.end || t > all.length || w > all.length) throw new RangeError("expected a column on the tape, got its end");
  }

  /** What was written behind its counts, copied: it outlives the memory under this reader. */
  counted(): Copied {
    const [count, , units] = [this.num(), this.num(), this.num()];
    const [from, start] = [this.n, this.t];
    this.n += count;
    this.t += units;
    if (this.n > this.end || this.t > this.all.length) throw new RangeError("expected a whole record on the tape, got its end");
    const nums = listOf<number>(count);
    for (let i = 0; i < count; i++) nums[i] = this.nums[from + i] ?? 0;
    return { nums, text: this.all.slice(start, this.t) };
  }
}

export const takeNum: Take<number> = (from) => from.num();
export const takeText: Take<string> = (from) => from.text();
export const takeBool: Take<boolean> = (from) => from.bool();

/** A tag that names nothing: the other side is of another version. */
export function unknownTag(what: string, tag: number): never {
  throw new RangeError(`expected ${what} on the tape, got tag ${tag}`);
}
