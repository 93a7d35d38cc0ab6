/**
 * Calls what each table has its own of. Engines compile a call for the one function it has met, and throw that away with the
 * function's table; through here they meet many.
 */
export function call<A extends readonly unknown[], T>(it: (...given: A) => T, ...given: A): T {
  return Reflect.apply(it, undefined, given);
}
