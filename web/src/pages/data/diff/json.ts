/** Two JSON documents by structure: which values at which paths differ. Pure. */
import type { Json } from "../../../api/types";
import { align } from "./sequence";

export interface JsonChange {
  readonly kind: "added" | "removed" | "changed";
  /** Names and positions from the root; positions count on the newer side, of what was removed on the older. */
  readonly path: readonly (string | number)[];
  readonly before?: Json;
  readonly after?: Json;
}

export interface JsonDiff {
  readonly kind: "json";
  readonly changes: readonly JsonChange[];
}

export const diffJson = (before: Json, after: Json): JsonDiff => ({
  kind: "json",
  changes: [...changes(before, after, [])],
});

function* changes(before: Json, after: Json, path: readonly (string | number)[]): Generator<JsonChange> {
  if (Array.isArray(before) && Array.isArray(after)) yield* ofLists(before, after, path);
  else if (isObject(before) && isObject(after)) yield* ofObjects(before, after, path);
  else if (canonical(before) !== canonical(after)) yield { kind: "changed", path, before, after };
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function* ofObjects(
  before: { [key: string]: Json },
  after: { [key: string]: Json },
  path: readonly (string | number)[],
): Generator<JsonChange> {
  const has = (side: object, name: string): boolean => Object.hasOwn(side, name);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = [...path, name];
    const [old, young] = [before[name] ?? null, after[name] ?? null];
    if (!has(after, name)) yield { kind: "removed", path: at, before: old };
    else if (!has(before, name)) yield { kind: "added", path: at, after: young };
    else yield* changes(old, young, at);
  }
}

/** Equal elements are paired in order; between them the first removed is compared with the first added, and so on. */
function* ofLists(
  before: readonly Json[],
  after: readonly Json[],
  path: readonly (string | number)[],
): Generator<JsonChange> {
  let removed: number[] = [];
  let added: number[] = [];
  const steps = [...align(before.map(canonical), after.map(canonical)), { a: 0, b: 0, end: true }];
  for (const step of steps) {
    if (!("end" in step) && step.b < 0) removed.push(step.a);
    else if (!("end" in step) && step.a < 0) added.push(step.b);
    else {
      for (let i = 0; i < Math.max(removed.length, added.length); i++) {
        const [a, b] = [removed[i], added[i]];
        if (a !== undefined && b !== undefined)
          yield* changes(before[a] ?? null, after[b] ?? null, [...path, b]);
        else if (b !== undefined) yield { kind: "added", path: [...path, b], after: after[b] ?? null };
        else if (a !== undefined) yield { kind: "removed", path: [...path, a], before: before[a] ?? null };
      }
      removed = [];
      added = [];
    }
  }
}

/** Equal for equal documents, whatever the order of their names. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`)
      .join(",")}}`;
  return JSON.stringify(value);
}
