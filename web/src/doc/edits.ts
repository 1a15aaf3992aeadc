/** Edits as data: each is plain JSON, and applying one gives the edit that takes it back. */
import type { Fields, Json } from "../api/types";
import type { Doc, Region, Relation } from "./model";

export type RegionPatch = Partial<Omit<Region, "id">>;

export type Edit =
  /** `at`: its place in the drawing order. */
  | { readonly kind: "add"; readonly region: Region; readonly at: number }
  /** Its relations go with it, and come back with it. */
  | { readonly kind: "remove"; readonly id: string }
  | { readonly kind: "change"; readonly id: string; readonly set: RegionPatch }
  | { readonly kind: "order"; readonly id: string; readonly to: number }
  /** `null` takes the answer away. */
  | { readonly kind: "value"; readonly field: string; readonly value: Json }
  /** `null` takes the relation away; `at` is its place in the list. */
  | {
      readonly kind: "relation";
      readonly id: string;
      readonly relation: Relation | null;
      readonly at: number;
    }
  | { readonly kind: "batch"; readonly edits: readonly Edit[] };

export interface Applied {
  readonly doc: Doc;
  readonly inverse: Edit;
}

/** An edit that does not fit the document, such as a change of a region that is gone. */
export class EditRefused extends Error {
  override readonly name = "EditRefused";
}

export const batch = (edits: readonly Edit[]): Edit =>
  edits.length === 1 && edits[0] ? edits[0] : { kind: "batch", edits };

export function apply(doc: Doc, edit: Edit): Applied {
  const working = new Working(doc);
  const inverse = working.run(edit);
  return { doc: working.doc(), inverse };
}

const FEW = 8;

/** A document being changed: lists are copied once, however many edits a batch holds. */
class Working {
  private regions: readonly Region[];
  private relations: readonly Relation[];
  private values: Fields;
  private own: Region[] | null = null;
  private places: Map<string, number> | null = null;
  private lookups = 0;

  constructor(private readonly from: Doc) {
    ({ regions: this.regions, relations: this.relations, values: this.values } = from);
  }

  doc(): Doc {
    const { regions, relations, values, from } = this;
    const same = regions === from.regions && relations === from.relations && values === from.values;
    return same ? from : { regions, relations, values };
  }

  run(edit: Edit): Edit {
    switch (edit.kind) {
      case "add":
        return this.add(edit.region, edit.at);
      case "remove":
        return this.remove(edit.id);
      case "change":
        return this.change(edit.id, edit.set);
      case "order":
        return this.order(edit.id, edit.to);
      case "value":
        return this.value(edit.field, edit.value);
      case "relation":
        return this.relation(edit.id, edit.relation, edit.at);
      case "batch": {
        const inverses = edit.edits.map((each) => this.run(each));
        return batch(inverses.reverse());
      }
    }
  }

  private writable(): Region[] {
    this.own ??= [...this.regions];
    this.regions = this.own;
    return this.own;
  }

  private place(id: string): number {
    // A table of all places is worth its making only when many are looked up.
    if (!this.places && this.lookups++ < FEW) {
      const at = this.regions.findIndex((region) => region.id === id);
      if (at < 0) throw new EditRefused(`there is no region ${id}`);
      return at;
    }
    if (!this.places) {
      this.places = new Map();
      for (const [i, region] of this.regions.entries()) this.places.set(region.id, i);
    }
    const at = this.places.get(id);
    if (at === undefined) throw new EditRefused(`there is no region ${id}`);
    return at;
  }

  private add(region: Region, at: number): Edit {
    if (this.regions.some((each) => each.id === region.id))
      throw new EditRefused(`there is a region ${region.id} already`);
    this.writable().splice(at, 0, region);
    this.places = null;
    return { kind: "remove", id: region.id };
  }

  private remove(id: string): Edit {
    const at = this.place(id);
    const torn: Edit[] = [];
    for (let i = this.relations.length - 1; i >= 0; i--) {
      const relation = this.relations[i] as Relation;
      if (relation.from === id || relation.to === id) torn.push(this.relation(relation.id, null, i));
    }
    const [region] = this.writable().splice(at, 1);
    this.places = null;
    return batch([{ kind: "add", region: region as Region, at }, ...torn.reverse()]);
  }

  private change(id: string, set: RegionPatch): Edit {
    const at = this.place(id);
    const before = this.regions[at] as Region;
    const was: Record<string, unknown> = {};
    for (const key of Object.keys(set)) was[key] = before[key as keyof Region];
    this.writable()[at] = { ...before, ...set };
    return { kind: "change", id, set: was as RegionPatch };
  }

  private order(id: string, to: number): Edit {
    const at = this.place(id);
    const regions = this.writable();
    const [region] = regions.splice(at, 1);
    regions.splice(to, 0, region as Region);
    this.places = null;
    return { kind: "order", id, to: at };
  }

  private value(field: string, value: Json): Edit {
    const before = this.values[field] ?? null;
    const { [field]: _, ...rest } = this.values;
    this.values = value === null ? rest : { ...this.values, [field]: value };
    return { kind: "value", field, value: before };
  }

  private relation(id: string, relation: Relation | null, at: number): Edit {
    const known = this.relations.findIndex((each) => each.id === id);
    const before = this.relations[known] ?? null;
    const rest = this.relations.filter((each) => each.id !== id);
    if (relation) {
      for (const end of [relation.from, relation.to]) this.place(end);
      rest.splice(before ? known : at, 0, relation);
    }
    this.relations = rest;
    return { kind: "relation", id, relation: before, at: before ? known : at };
  }
}
