/** The document as the fields of an answer, and back: exact inverses of each other. */
import type { Fields, Json, Schema } from "../api/types";
import { rounded, type Shape } from "../geometry/shapes";
import { type Direction, type Doc, newRegion, type Origin, type Region, type Relation } from "./model";

/** A region as it stands in an answer; what holds its default is left out. */
interface WireRegion {
  id: string;
  shape: Shape;
  labels: readonly string[];
  object?: string;
  item?: number;
  z?: number;
  attributes?: Fields;
  text?: string;
  score?: number;
  origin?: Origin;
  locked?: true;
  hidden?: true;
  parent?: string;
}

interface WireRelation {
  from: string;
  to: string;
  direction: Direction;
  labels: readonly string[];
}

const fieldsOf = (schema: Schema, kind: string): string[] =>
  schema.fields.filter((field) => field.kind === kind).map((field) => field.name);

export function toFields(doc: Doc, schema: Schema): Fields {
  const fields: Fields = { ...doc.values };
  const used = new Set(doc.regions.map((region) => region.field));
  for (const name of fieldsOf(schema, "regions")) {
    const list: WireRegion[] = [];
    // The order among several fields would be lost without a number; within one field the list tells it.
    for (const [z, region] of doc.regions.entries())
      if (region.field === name) list.push(wireRegion(region, used.size > 1 ? z : null));
    if (list.length > 0) fields[name] = list as unknown as Json;
  }
  for (const name of fieldsOf(schema, "relations")) {
    const list = doc.relations.filter((relation) => relation.field === name).map(wireRelation);
    if (list.length > 0) fields[name] = list as unknown as Json;
  }
  return fields;
}

export function fromFields(fields: Fields, schema: Schema): Doc {
  const values: Fields = { ...fields };
  const regions: { region: Region; z: number }[] = [];
  // Without a number a region lies above all that were read before it.
  let top = -1;
  for (const name of fieldsOf(schema, "regions")) {
    for (const wire of listOf<WireRegion>(values[name])) {
      const z = wire.z ?? top + 1;
      top = Math.max(top, z);
      regions.push({ region: regionOfWire(name, wire), z });
    }
    delete values[name];
  }
  const relations: Relation[] = [];
  for (const name of fieldsOf(schema, "relations")) {
    for (const { from, to, direction, labels } of listOf<WireRelation>(values[name]))
      relations.push({ id: `l${relations.length}`, field: name, from, to, direction, labels });
    delete values[name];
  }
  regions.sort((a, b) => a.z - b.z);
  return { regions: regions.map(({ region }) => region), values, relations };
}

const listOf = <T>(value: Json | undefined): T[] => (Array.isArray(value) ? (value as unknown as T[]) : []);

/** Regions are immutable: what was once written of one stays as it is. */
const written = new WeakMap<Region, WireRegion>();

function wireRegion(region: Region, z: number | null): WireRegion {
  const known = written.get(region) ?? unordered(region);
  written.set(region, known);
  return z === null ? known : { ...known, z };
}

function unordered(region: Region): WireRegion {
  const { id, shape, labels, object, item, attributes, text, score, origin, locked, hidden, parent } = region;
  return {
    id,
    shape: rounded(shape),
    labels,
    ...(object !== "" && { object }),
    ...(item !== 0 && { item }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(text !== "" && { text }),
    ...(score !== null && { score }),
    ...(origin !== "manual" && { origin }),
    ...(locked && { locked }),
    ...(hidden && { hidden }),
    ...(parent !== null && { parent }),
  };
}

function regionOfWire(field: string, { z: _, ...wire }: WireRegion): Region {
  const region = newRegion({ ...wire, field });
  written.set(region, wire);
  return region;
}

const wireRelation = ({ from, to, direction, labels }: Relation): WireRelation => ({
  from,
  to,
  direction,
  labels,
});
