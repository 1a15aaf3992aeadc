/** Documents and edits that fit them, for property tests. */
import fc from "fast-check";
import type { Schema } from "../../src/api/types";
import { type Doc, type Edit, EMPTY, newRegion, type Region } from "../../src/doc";
import { shape } from "../geometry/arbitrary";
import { field, options } from "../schemas";

export const cells: Schema = {
  fields: [
    field({ name: "cells", kind: "regions", options: options("RBC", "WBC", "Platelets") }),
    field({ name: "marks", kind: "regions", required: false }),
    field({ name: "links", kind: "relations", required: false }),
    field({ name: "quality", kind: "choice", options: options("good", "bad"), required: false }),
    field({ name: "note", kind: "text", required: false }),
  ],
  objects: [{ name: "image", kind: "image", field: "image", text: "" }],
  references: ["image"],
};

const labels = fc.subarray(["RBC", "WBC", "Platelets"]);
const attributes = fc.dictionary(fc.constantFrom("size", "shape"), fc.constantFrom("small", "round"));
const flag = fc.boolean();

export const region = (id: string): fc.Arbitrary<Region> =>
  fc
    .record({
      field: fc.constantFrom("cells", "marks"),
      shape,
      labels,
      attributes,
      text: fc.constantFrom("", "a cell"),
      score: fc.constantFrom(null, 0.93),
      origin: fc.constantFrom("manual" as const, "prediction" as const, "prediction-changed" as const),
      locked: flag,
      hidden: flag,
      item: fc.constantFrom(0, 1),
      object: fc.constantFrom("", "image"),
    })
    .map((part) => newRegion({ id, ...part }));

/** What may be done, with numbers in place of the ids that are only known when it is done. */
export type Wish =
  | { readonly do: "add"; readonly region: Region; readonly at: number }
  | {
      readonly do: "remove" | "order" | "relabel" | "hide" | "relate" | "unrelate";
      readonly a: number;
      readonly b: number;
    }
  | { readonly do: "value"; readonly value: string | null }
  | { readonly do: "batch"; readonly wishes: readonly Wish[] };

const number = fc.nat(99);
const single: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ do: fc.constant("add" as const), region: region("?"), at: number }),
  fc.record({
    do: fc.constantFrom("remove", "order", "relabel", "hide", "relate", "unrelate"),
    a: number,
    b: number,
  }),
  fc.record({ do: fc.constant("value" as const), value: fc.constantFrom(null, "good", "bad") }),
);
export const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 6, arbitrary: single },
  fc.record({ do: fc.constant("batch" as const), wishes: fc.array(single, { minLength: 1, maxLength: 4 }) }),
);

let ids = 0;

/** The wish as an edit of this document; null where it cannot be had. */
export function editOf(doc: Doc, made: Wish, apply: (doc: Doc, edit: Edit) => { doc: Doc }): Edit | null {
  if (made.do === "batch") {
    let now = doc;
    const edits: Edit[] = [];
    for (const each of made.wishes) {
      const edit = editOf(now, each, apply);
      if (!edit) continue;
      edits.push(edit);
      now = apply(now, edit).doc;
    }
    return edits.length > 0 ? { kind: "batch", edits } : null;
  }
  if (made.do === "value") return { kind: "value", field: "quality", value: made.value };
  if (made.do === "add")
    return {
      kind: "add",
      region: { ...made.region, id: `r${ids++}` },
      at: made.at % (doc.regions.length + 1),
    };
  const one = doc.regions[made.a % (doc.regions.length || 1)];
  const other = doc.regions[made.b % (doc.regions.length || 1)];
  if (!one || !other) return null;
  switch (made.do) {
    case "remove":
      return { kind: "remove", id: one.id };
    case "order":
      return { kind: "order", id: one.id, to: made.b % doc.regions.length };
    case "relabel":
      return { kind: "change", id: one.id, set: { labels: ["WBC"], text: "changed" } };
    case "hide":
      return { kind: "change", id: one.id, set: { hidden: !one.hidden } };
    case "relate": {
      const relation = {
        id: `l${ids++}`,
        field: "links",
        from: one.id,
        to: other.id,
        direction: "right" as const,
        labels: [],
      };
      return { kind: "relation", id: relation.id, relation, at: made.b % (doc.relations.length + 1) };
    }
    case "unrelate": {
      const known = doc.relations[made.b % (doc.relations.length || 1)];
      return known ? { kind: "relation", id: known.id, relation: null, at: 0 } : null;
    }
  }
}

export function docAfter(wishes: readonly Wish[], apply: (doc: Doc, edit: Edit) => { doc: Doc }): Doc {
  let doc = EMPTY;
  for (const each of wishes) {
    const edit = editOf(doc, each, apply);
    if (edit) doc = apply(doc, edit).doc;
  }
  return doc;
}
