/** Two tables by row: rows are paired by a key column, or by what they hold and where they stand. Pure. */
import { align } from "./sequence";

export interface TableRow {
  readonly kind: "added" | "removed" | "changed";
  /** Row numbers from 1, the header not counted; null on the side that has none. */
  readonly before: number | null;
  readonly after: number | null;
  /** One per column of the diff; null where a side has no such column, or no such row. */
  readonly cells: readonly { readonly before: string | null; readonly after: string | null }[];
}

export interface TableDiff {
  readonly kind: "csv";
  readonly columns: readonly { readonly name: string; readonly kind: "same" | "added" | "removed" }[];
  readonly rows: readonly TableRow[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly same: number;
  /** The columns that could pair rows: every value once, on either side. */
  readonly keys: readonly string[];
  /** The column that paired them; null: row by row. */
  readonly key: string | null;
}

/** RFC 4180, forgiving: a quote inside a bare field is a character, a missing end quote ends with the text. */
export function parseCsv(text: string, delimiter = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = text.startsWith("\ufeff") ? 1 : 0;
  while (i < text.length) {
    let field = "";
    if (text[i] === '"') {
      i++;
      while (i < text.length) {
        const end = text.indexOf('"', i);
        field += text.slice(i, end < 0 ? text.length : end);
        i = end < 0 ? text.length : end + 1;
        if (text[i] !== '"') break;
        field += '"';
        i++;
      }
    }
    const bare = i;
    while (i < text.length && text[i] !== delimiter && text[i] !== "\n" && text[i] !== "\r") i++;
    row.push(field + text.slice(bare, i));
    if (text[i] === delimiter) {
      i++;
      if (i === text.length) row.push("");
      continue;
    }
    if (text[i] === "\r" && text[i + 1] === "\n") i++;
    i++;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

/** `key`: the column to pair by; "" for row by row; null: the first that can. */
export function diffTables(before: string[][], after: string[][], key: string | null): TableDiff {
  const [oldNames = [], ...oldRows] = before;
  const [newNames = [], ...newRows] = after;
  const columns = align(unique(oldNames), unique(newNames)).map(({ a, b }) => ({ a, b }));
  const keys = oldNames.filter(
    (name, i) =>
      name !== "" &&
      oldNames.indexOf(name) === i &&
      newNames.includes(name) &&
      isKey(oldRows, i) &&
      isKey(newRows, newNames.indexOf(name)),
  );
  const chosen = key === null ? (keys[0] ?? null) : keys.includes(key) ? key : null;
  const pairs =
    chosen === null
      ? byRow(oldRows, newRows)
      : byKey(oldRows, newRows, oldNames.indexOf(chosen), newNames.indexOf(chosen));
  const rows: TableRow[] = [];
  let same = 0;
  for (const { a, b } of pairs) {
    const [old, young] = [a >= 0 ? oldRows[a] : undefined, b >= 0 ? newRows[b] : undefined];
    const cells = columns.map((column) => ({
      before: old && column.a >= 0 ? (old[column.a] ?? "") : null,
      after: young && column.b >= 0 ? (young[column.b] ?? "") : null,
    }));
    const kind = !old ? "added" : !young ? "removed" : "changed";
    if (kind === "changed" && cells.every((cell) => cell.before === cell.after)) same++;
    else rows.push({ kind, before: a >= 0 ? a + 1 : null, after: b >= 0 ? b + 1 : null, cells });
  }
  const count = (kind: TableRow["kind"]): number => rows.filter((each) => each.kind === kind).length;
  return {
    kind: "csv",
    columns: columns.map(({ a, b }) => ({
      name: (b >= 0 ? newNames[b] : oldNames[a]) ?? "",
      kind: a < 0 ? "added" : b < 0 ? "removed" : "same",
    })),
    rows,
    added: count("added"),
    removed: count("removed"),
    changed: count("changed"),
    same,
    keys,
    key: chosen,
  };
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Names told apart by their position among equals. */
function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = seen.get(name) ?? 0;
    seen.set(name, n + 1);
    return `${name}\0${n}`;
  });
}

function isKey(rows: readonly string[][], column: number): boolean {
  const seen = new Set<string>();
  for (const row of rows) {
    const value = row[column];
    if (value === undefined || value === "" || seen.has(value)) return false;
    seen.add(value);
  }
  return true;
}

/** In the order of the newer side; what was removed stands where it was. */
function byKey(
  before: readonly string[][],
  after: readonly string[][],
  oldKey: number,
  newKey: number,
): Pair[] {
  const at = new Map(after.map((row, i) => [row[newKey] ?? "", i]));
  const paired = new Map<number, number>();
  const removed = new Map<number, Pair[]>();
  let anchor = -1;
  for (const [a, row] of before.entries()) {
    const b = at.get(row[oldKey] ?? "");
    if (b === undefined) removed.set(anchor, [...(removed.get(anchor) ?? []), { a, b: -1 }]);
    else {
      paired.set(b, a);
      anchor = b;
    }
  }
  return [
    ...(removed.get(-1) ?? []),
    ...after.flatMap((_, b) => [{ a: paired.get(b) ?? -1, b }, ...(removed.get(b) ?? [])]),
  ];
}

/** Equal rows are paired; of a stretch that differs the first removed with the first added, and so on. */
function byRow(before: readonly string[][], after: readonly string[][]): Pair[] {
  const whole = (row: readonly string[]): string => row.join("\0");
  const found: Pair[] = [];
  let removed: number[] = [];
  let added: number[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      found.push({ a: removed[i] ?? -1, b: added[i] ?? -1 });
    removed = [];
    added = [];
  };
  for (const { a, b } of align(before.map(whole), after.map(whole))) {
    if (a >= 0 && b >= 0) {
      flush();
      found.push({ a, b });
    } else if (a >= 0) removed.push(a);
    else added.push(b);
  }
  flush();
  return found;
}
