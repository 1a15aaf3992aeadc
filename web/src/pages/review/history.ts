/** What was said of a task, in order, and how each answer differs from the same person's answer before. Pure. */
import type { Fields, Json, LogRow, Schema } from "../../api/types";
import { answerText } from "../../label/answers";

export interface Entry {
  readonly row: LogRow;
  readonly who: string;
  readonly what: string;
  /** Against the last answer of the same person; null for the first, and for what is no answer. */
  readonly changes: readonly string[] | null;
}

const WORDS: Readonly<Record<string, string>> = {
  answer: "answered",
  skip: "skipped",
  withdraw: "took back an answer",
  exclude: "was banned: an answer does not count",
  include: "has an answer that counts again",
  accept: "accepted the answer of",
  return: "returned the answer of",
  decide: "decided",
  clear: "took back a verdict",
  priority: "set the priority",
  ask: "asked one answer more",
  unask: "asked one answer less",
  "exclude-item": "excluded the item",
  "include-item": "included the item again",
  review: "sent it to review",
  assign: "assigned it to",
  unassign: "no longer assigns it to",
  release: "returned it to the queue",
};
/** Said by a worker; everything else by whoever reviews or leads. */
const BY_WORKER = new Set(["answer", "skip", "exclude", "include"]);
const ABOUT_WORKER = new Set(["accept", "return", "assign", "unassign"]);

export function entriesOf(log: readonly LogRow[], schema: Schema): Entry[] {
  const last = new Map<string, Fields>();
  return log.map((row) => {
    const who = (!BY_WORKER.has(row.verb) && row.by) || row.worker;
    const about = ABOUT_WORKER.has(row.verb) ? ` ${row.worker}` : "";
    // Their own author takes answers back, or whoever leads.
    const withdrawn = row.verb === "withdraw" && who !== row.worker;
    const what = withdrawn
      ? `withdrew the answer of ${row.worker}`
      : `${WORDS[row.verb] ?? row.verb}${about}`;
    if (row.verb !== "answer" && row.verb !== "decide") return { row, who, what, changes: null };
    const key = `${row.verb} ${who}`;
    const fields = (row.fields ?? {}) as Fields;
    const before = last.get(key);
    last.set(key, fields);
    return { row, who, what, changes: before ? changesOf(before, fields, schema) : null };
  });
}

/** Field by field; of regions how many came, went and changed. */
export function changesOf(before: Fields, after: Fields, schema: Schema): string[] {
  const names = schema.fields.map((field) => field.name);
  const all = [...new Set([...names, ...Object.keys(before), ...Object.keys(after)])];
  return all.flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    const field = schema.fields.find((each) => each.name === name);
    const title = field?.title || name;
    if (field?.kind === "regions") return [`${title}: ${regionChanges(from, to)}`];
    return [`${title}: ${answerText(from)} → ${answerText(to)}`];
  });
}

function regionChanges(from: Json | undefined, to: Json | undefined): string {
  const [before, after] = [byId(from), byId(to)];
  const added = [...after.keys()].filter((id) => !before.has(id)).length;
  const gone = [...before.keys()].filter((id) => !after.has(id)).length;
  const changed = [...after].filter(([id, text]) => before.has(id) && before.get(id) !== text).length;
  const parts = [
    [added, "added"],
    [gone, "removed"],
    [changed, "changed"],
  ] as const;
  const told = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return told.length > 0 ? told.join(", ") : "another order";
}

function byId(value: Json | undefined): Map<string, string> {
  const list = Array.isArray(value) ? value : [];
  return new Map(
    list.flatMap((each) =>
      each !== null && typeof each === "object" && !Array.isArray(each)
        ? [[String(each.id), JSON.stringify(each)] as const]
        : [],
    ),
  );
}

/** An answer in a few words, for a list. */
export function summary(fields: Fields, schema: Schema): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      const field = schema.fields.find((each) => each.name === name);
      const title = field?.title || name;
      if (field?.kind !== "regions" && field?.kind !== "relations") return `${title}: ${answerText(value)}`;
      const n = Array.isArray(value) ? value.length : 0;
      return `${title}: ${n} ${field.kind === "regions" ? "region" : "relation"}${n === 1 ? "" : "s"}`;
    })
    .join(" · ");
}
