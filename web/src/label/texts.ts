/** Which texts of a task spans are marked in. Pure. */
import type { Field, Json, ObjectKind, ObjectTag, Schema } from "../api/types";
import { lookUp } from "./references";

const TEXTS: readonly ObjectKind[] = ["text", "html", "dialogue"];

/** The fields whose regions are spans. */
export const spanFields = (schema: Schema): Field[] =>
  schema.fields.filter((field) => field.kind === "regions" && (field.shapes ?? []).includes("span"));

/** The texts that spans are marked in, in the order of the screen. */
export function markedTexts(schema: Schema): ObjectTag[] {
  const marked = new Set(spanFields(schema).flatMap((field) => field.of));
  const texts = schema.objects.filter((object) => TEXTS.includes(object.kind));
  return texts.filter((object) => marked.size === 0 || marked.has(object.name));
}

/** True where texts are the place of work. */
export const marksTexts = (schema: Schema): boolean =>
  spanFields(schema).length > 0 && markedTexts(schema).length > 0;

/** The span fields that are about one text. */
export const fieldsOf = (schema: Schema, object: ObjectTag): Field[] =>
  spanFields(schema).filter((field) => field.of.length === 0 || field.of.includes(object.name));

/** What an object shows of a task: its data, or the text that the schema gives it. */
export const shownValue = (object: ObjectTag, data: Readonly<Record<string, Json>>): Json | undefined =>
  object.field ? lookUp(data, object.field) : object.text;
