/**
 * The plain text of what is shown, in which spans count: the same rules, step for step, as `label/plain_text.py` on the
 * server, where they are explained. Both are tested on `tests/vectors/plain_text.json`.
 */
import type { Json, ObjectTag } from "../api/types";

/** Elements whose content is not parsed; it is no text. */
const RAW = new Set("script style textarea title xmp iframe noembed noframes noscript".split(" "));
/** Elements that are not shown as text, with all that is in them. */
const DROPPED = new Set("head template svg math object select audio video canvas button datalist".split(" "));
const TOKEN =
  /<!--[\s\S]*?(?:-->|$)|<(?:[!?]|\/(?![A-Za-z]))[^>]*(?:>|$)|<(?<slash>\/?)(?<name>[A-Za-z][^\t\n\f />]*)/g;
const STOP = />|=[\t\n\f ]*(?<quote>["'])/g;
const REFERENCE = /&(?:#(?<decimal>\d+);?|#[xX](?<hex>[0-9a-fA-F]+);?|(?<named>[0-9A-Za-z]+;?))/g;
// Windows-1252 under the numbers of C1 controls.
const REPLACED = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** A stretch of HTML: a tag, or text with its references replaced. */
export interface Piece {
  readonly text: string;
  readonly tag: string;
  readonly isEnd: boolean;
}

/** What a named reference such as `amp;` or `copy` stands for, the longest name that is one; null when none is. */
export type Named = (name: string) => { readonly text: string; readonly length: number } | null;

export function plainText(object: ObjectTag, value: Json | undefined, named: Named): string {
  if (object.kind === "html") return htmlText(asText(value), named);
  if (object.kind === "dialogue")
    return turnsOf(object, value)
      .map(({ text }) => text)
      .join("\n");
  return asText(value);
}

export function htmlText(html: string, named: Named): string {
  let text = "";
  for (const piece of shownPieces(html, named)) text += isBreak(piece) ? "\n" : piece.text;
  return text;
}

export const isBreak = (piece: Piece): boolean => piece.tag === "br" && !piece.isEnd;

export interface Turn {
  readonly speaker: string;
  readonly text: string;
}

/** The turns of a dialogue; what is no turn is none. */
export function turnsOf(object: ObjectTag, value: Json | undefined): Turn[] {
  return entriesOf(value).flatMap((entry) =>
    entry !== null && typeof entry === "object" && !Array.isArray(entry)
      ? [
          {
            speaker: asText(entry[object.name_key ?? "author"]),
            text: asText(entry[object.text_key ?? "text"]),
          },
        ]
      : [],
  );
}

/** A list in the data, which data from a table may spell as JSON. */
export function entriesOf(value: Json | undefined): Json[] {
  let read = value;
  if (typeof value === "string") {
    try {
      read = JSON.parse(value) as Json;
    } catch {
      return [];
    }
  }
  return Array.isArray(read) ? read : [];
}

/** A value as people read it: text as it is, nothing as empty, the rest as JSON. */
export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : canonical(value);
}

/** JSON with sorted keys and no blanks, as the server spells it. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join(",")}}`;
}

function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The tags and texts of HTML that are shown, in order. */
export function* shownPieces(html: string, named: Named): Generator<Piece> {
  let depth = 0;
  let inside = "";
  for (const piece of pieces(html.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd"))) {
    if (inside) {
      if (piece.tag === inside) depth += piece.isEnd ? -1 : 1;
      if (depth === 0) inside = "";
    } else if (DROPPED.has(piece.tag) && !piece.isEnd) {
      depth = 1;
      inside = piece.tag;
    } else if (!DROPPED.has(piece.tag) && !RAW.has(piece.tag)) {
      yield { ...piece, text: unescaped(piece.text, named) };
    }
  }
}

/** Tags, and the texts between them as they stand; of a raw element only its start tag. */
function* pieces(text: string): Generator<Piece> {
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = match ? match.index : text.length;
    if (start > at) yield { text: text.slice(at, start), tag: "", isEnd: false };
    if (!match) return;
    at = match.index + match[0].length;
    const name = match.groups?.name?.toLowerCase();
    if (name === undefined) continue;
    const isEnd = match.groups?.slash === "/";
    const end = tagEnd(text, at);
    if (end === null) return;
    yield { text: "", tag: name, isEnd };
    at = RAW.has(name) && !isEnd ? afterRaw(text, end, name) : end;
  }
}

function tagEnd(text: string, from: number): number | null {
  let at = from;
  for (;;) {
    STOP.lastIndex = at;
    const stop = STOP.exec(text);
    if (!stop) return null;
    const quote = stop.groups?.quote;
    const end = stop.index + stop[0].length;
    if (quote === undefined) return end;
    at = text.indexOf(quote, end) + 1;
    if (at === 0) return null;
  }
}

function afterRaw(text: string, at: number, name: string): number {
  const end = new RegExp(`</${name}(?=[\\t\\n\\f />])[^>]*>?`, "gi");
  end.lastIndex = at;
  const match = end.exec(text);
  return match ? match.index + match[0].length : text.length;
}

function unescaped(text: string, named: Named): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name === undefined)
      return codePoint(decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal));
    const found = named(name);
    return found ? found.text + name.slice(found.length) : whole;
  });
}

function codePoint(number: number): string {
  if (number === 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) return "\ufffd";
  const replaced = number >= 0x80 && number < 0xa0 ? REPLACED[number - 0x80] : undefined;
  return replaced ?? String.fromCodePoint(number);
}
