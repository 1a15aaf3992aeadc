/** What people do to regions, as edits: the same for a canvas, a text and a list. Pure. */
import type { Fields, Json } from "../api/types";
import { batch, type Edit, type RegionPatch } from "./edits";
import type { Direction, Doc, Region, Relation } from "./model";

/** What a person changed of a proposal is theirs; looking at it (hide, lock) is not. */
function patch(region: Region, set: RegionPatch): Edit {
  const content = "shape" in set || "labels" in set || "attributes" in set || "text" in set;
  // Said again for what was changed before: an edit that replaces another in a gesture must say all of it.
  const touched = content && region.origin !== "manual";
  return { kind: "change", id: region.id, set: touched ? { ...set, origin: "prediction-changed" } : set };
}

/** One edit that changes each of these regions, leaving locked ones alone; null when there is nothing to do. */
export function changeEach(
  regions: readonly Region[],
  to: (region: Region) => RegionPatch | null,
): Edit | null {
  const edits = regions.flatMap((region) => {
    const set = to(region);
    const looks = set !== null && Object.keys(set).every((key) => key === "locked" || key === "hidden");
    return set === null || (region.locked && !looks) ? [] : [patch(region, set)];
  });
  return edits.length > 0 ? batch(edits) : null;
}

export const relabel = (regions: readonly Region[], labels: readonly string[]): Edit | null =>
  changeEach(regions, (region) => (sameList(region.labels, labels) ? null : { labels }));

export const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

export function setAttribute(regions: readonly Region[], name: string, value: Json): Edit | null {
  return changeEach(regions, ({ attributes }) => {
    const { [name]: _, ...rest } = attributes;
    const next: Fields = value === null || value === "" ? rest : { ...attributes, [name]: value };
    return { attributes: next };
  });
}

export function removeEach(regions: readonly Region[]): Edit | null {
  const edits = regions
    .filter((region) => !region.locked)
    .map((region): Edit => ({ kind: "remove", id: region.id }));
  return edits.length > 0 ? batch(edits) : null;
}

export type Layer = "front" | "back" | "forward" | "backward";

/** Moves one region in the drawing order. */
export function toLayer(doc: Doc, id: string, layer: Layer): Edit | null {
  const at = doc.regions.findIndex((region) => region.id === id);
  const last = doc.regions.length - 1;
  const to = { front: last, back: 0, forward: Math.min(last, at + 1), backward: Math.max(0, at - 1) }[layer];
  return at < 0 || to === at ? null : { kind: "order", id, to };
}

/** Proposals taken as they are: from now on they are a person's answer. */
export const accept = (regions: readonly Region[]): Edit | null =>
  changeEach(regions, (region) => (region.origin === "manual" ? null : { origin: "manual" }));

/** Copies under new ids, on top of everything; their parents are copied with them or left behind. */
export function paste(
  doc: Doc,
  copied: readonly Region[],
  newId: () => string,
  change: (region: Region) => Partial<Region> = () => ({}),
): { edit: Edit; ids: string[] } | null {
  if (copied.length === 0) return null;
  const ids = new Map(copied.map((region) => [region.id, newId()]));
  const edits = copied.map((region, i): Edit => {
    const parent = region.parent === null ? null : (ids.get(region.parent) ?? null);
    const id = ids.get(region.id) as string;
    const fresh: Region = { ...region, origin: "manual", score: null, locked: false, hidden: false };
    return { kind: "add", at: doc.regions.length + i, region: { ...fresh, ...change(region), id, parent } };
  });
  return { edit: batch(edits), ids: [...ids.values()] };
}

export function relate(
  doc: Doc,
  { field, from, to, id }: { field: string; from: string; to: string; id: string },
): Edit | null {
  const known = doc.relations.some((r) => r.field === field && r.from === from && r.to === to);
  if (known || from === to) return null;
  const relation: Relation = { id, field, from, to, direction: "right", labels: [] };
  return { kind: "relation", id, relation, at: doc.relations.length };
}

const TURNS: Record<Direction, Direction> = { right: "left", left: "both", both: "right" };

export const turnRelation = (relation: Relation): Edit => ({
  kind: "relation",
  id: relation.id,
  relation: { ...relation, direction: TURNS[relation.direction] },
  at: 0,
});

/** One line about a step, for a list of what was done. */
export function described(edit: Edit): string {
  switch (edit.kind) {
    case "add":
      return `Add ${shapeName(edit.region)}`;
    case "remove":
      return "Delete";
    case "change":
      return describedChange(edit.set);
    case "order":
      return "Reorder";
    case "value":
      return edit.value === null ? `Clear ${edit.field}` : `Answer ${edit.field}`;
    case "relation":
      return edit.relation ? "Relate" : "Remove relation";
    case "batch": {
      const [first] = edit.edits;
      return first ? `${described(first)} × ${edit.edits.length}` : "Nothing";
    }
  }
}

const shapeName = ({ shape, labels }: Region): string =>
  [shape.type.replace("-", " "), labels.join(", ")].filter(Boolean).join(" · ");

function describedChange(set: RegionPatch): string {
  if (set.shape) return "Reshape";
  if (set.labels) return set.labels.length > 0 ? `Label ${set.labels.join(", ")}` : "Remove label";
  if (set.attributes) return "Change attributes";
  if (set.text !== undefined) return "Write text";
  if (set.locked !== undefined) return set.locked ? "Lock" : "Unlock";
  if (set.hidden !== undefined) return set.hidden ? "Hide" : "Show";
  return "Change";
}
