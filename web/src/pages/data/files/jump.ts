/** Finding names in a folder of which only a stretch is loaded. Pure. */

/** The last code point below the surrogates, and the very last: what they name is no character. */
const BELOW_SURROGATES = 0xd7ff;
const LAST = "\u{10ffff}";

/**
 * A path right before the first one in `folder` whose name starts with `prefix`, in the order of the server (by bytes
 * of UTF-8, which is that of code points). Null when the prefix is empty: the listing starts at its beginning.
 */
export function justBefore(folder: string, prefix: string): string | null {
  const points = [...prefix];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return null;
  const below = last - 1;
  const character = below >= 0xd800 && below <= 0xdfff ? BELOW_SURROGATES : Math.max(1, below);
  const base = folder === "/" ? "" : folder;
  return `${base}/${points.join("")}${String.fromCodePoint(character)}${LAST}`;
}

/** Where to go for a typed prefix: an entry that is loaded, or the server for another stretch. */
export function findPrefix(names: readonly string[], prefix: string, whole: boolean): number | "elsewhere" {
  const wanted = prefix.toLocaleLowerCase();
  const exact = names.findIndex((name) => name.startsWith(prefix));
  if (exact >= 0) return exact;
  const loose = names.findIndex((name) => name.toLocaleLowerCase().startsWith(wanted));
  if (loose >= 0) return loose;
  if (!whole) return "elsewhere";
  const next = names.findIndex((name) => name > prefix);
  return next >= 0 ? next : names.length - 1;
}
