/** Which questions are asked now, and what of them is still open. Pure. */
import type { Condition, Field, Fields, Json, Schema } from "../api/types";
import type { Doc, Region } from "./model";

/** Whether a question is asked, given the answers so far; of a region, when `region` is given. */
export function isAsked(field: Field, doc: Doc, region: Region | null): boolean {
  return (field.when ?? []).every((condition) => holds(condition, doc, region));
}

function holds({ kind, field = "", values = [] }: Condition, doc: Doc, region: Region | null): boolean {
  switch (kind) {
    case "no-region-selected":
      return region === null;
    case "region-selected":
      if (region === null || (field !== "" && region.field !== field)) return false;
      return values.length === 0 || values.some((value) => region.labels.includes(value));
    case "choice-selected":
    case "choice-unselected": {
      const given = chosen(region?.attributes[field] ?? doc.values[field]);
      const hit = values.length === 0 ? given.length > 0 : values.some((value) => given.includes(value));
      return hit === (kind === "choice-selected");
    }
  }
}

/** Every value that is chosen: of a taxonomy each step of each path. */
function chosen(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => chosen(each));
  return value === undefined || value === null ? [] : [String(value)];
}

/** Whether a per-region question is asked of the regions of another field: both are about the same object. */
export function asksRegionsOf(perRegion: Field, regions: Field): boolean {
  return perRegion.per_region === true && perRegion.of.some((name) => regions.of.includes(name));
}

/** The per-region questions that are asked of this region now. */
export function questionsOf(schema: Schema, doc: Doc, region: Region): Field[] {
  const own = schema.fields.find((field) => field.name === region.field);
  if (!own) return [];
  return schema.fields.filter((field) => asksRegionsOf(field, own) && isAsked(field, doc, region));
}

export interface Gap {
  readonly field: string;
  readonly text: string;
  /** Where it is missing; empty when the whole task lacks it. */
  readonly regions: readonly string[];
}

/** What keeps the document from being an answer. */
export function gapsOf(doc: Doc, schema: Schema): Gap[] {
  const gaps: Gap[] = [];
  const plain = (field: Field): string => field.title || field.name;
  for (const field of schema.fields) {
    if (field.kind === "regions") {
      const own = doc.regions.filter((region) => region.field === field.name);
      if (field.required && own.length === 0 && isAsked(field, doc, null))
        gaps.push({
          field: field.name,
          text: field.message || `Mark at least one: ${plain(field)}.`,
          regions: [],
        });
      const bare = own.filter((region) => region.labels.length === 0);
      if (field.options.length > 0 && !field.allow_empty && bare.length > 0)
        gaps.push({ field: field.name, text: "No label yet", regions: bare.map((region) => region.id) });
      gaps.push(...attributeGaps(doc, schema, own));
    } else if (field.required && !field.per_region && isAsked(field, doc, null) && isOpen(doc.values, field))
      gaps.push({ field: field.name, text: field.message || "This needs an answer.", regions: [] });
  }
  return gaps;
}

function attributeGaps(doc: Doc, schema: Schema, regions: readonly Region[]): Gap[] {
  const missing = new Map<Field, string[]>();
  for (const region of regions)
    for (const field of questionsOf(schema, doc, region))
      if (field.required && isOpen(region.attributes, field))
        missing.set(field, [...(missing.get(field) ?? []), region.id]);
  return [...missing].map(([field, ids]) => ({
    field: field.name,
    text: field.message || `No answer to “${field.title || field.name}” yet`,
    regions: ids,
  }));
}

function isOpen(values: Fields, field: Field): boolean {
  const value = values[field.name];
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}
