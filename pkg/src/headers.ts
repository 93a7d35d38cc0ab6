/** What `headers.refresh` of a remote transport returned: rows of its header table. */
import { readColumns } from "./columns.js";
import { checkText, readList } from "./snapshot.js";
import type { WireHeader } from "./wire/shapes.js";

const many = 10_000;

interface Link { readonly connection?: { readonly downlink?: number } }

/** Bytes in a second, where the browser says. */
const speed = (): number => ((globalThis.navigator as (Navigator & Link) | undefined)?.connection?.downlink ?? 0) * 125_000;

/** PR_NORMALIZED_SUBJECT: without one prefix of at most three letters (`Re: `, `AW: `). */
const normalized = (subject: string): string => subject.replace(/^[^\d\s:]{1,3}: /, "");

export function readHeaders(value: unknown): WireHeader[] {
  const rate = speed();
  return readList(value, "what headers.refresh returns", many).map((item) => {
    const given = new Map(readColumns(item, "a header"));
    const id = checkText(given.get("id"), "id of a header", 1024);
    given.delete("id");
    const [subject, size] = [given.get("subject"), given.get("messageSize")];
    if (typeof subject === "string" && !given.has("normalizedSubject")) given.set("normalizedSubject", normalized(subject));
    if (rate > 0 && typeof size === "number" && !given.has("messageDownloadTime")) given.set("messageDownloadTime", Math.ceil(size / rate));
    return { id, columns: [...given] };
  });
}
