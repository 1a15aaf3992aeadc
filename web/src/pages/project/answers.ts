/** Answers of a task, counted for a glance. Pure. */
import type { Field, Fields, Schema, TaskAnswer, TaskRow } from "../../api/types";
import { answerText } from "../../label/answers";

export interface Tally {
  readonly field: string;
  readonly value: string;
  readonly label: string;
  readonly votes: number;
  /** Position among the field's options, for its colour; -1 for free answers. */
  readonly option: number;
}

/** Answers that count: neither taken back nor shut out. */
export const valid = (answers: readonly TaskAnswer[]): TaskAnswer[] =>
  answers.filter((answer) => !answer.withdrawn && !answer.excluded && answer.fields !== null);

export function optionIndex(field: Field | undefined, value: string): number {
  return field ? field.options.findIndex((option) => option.value === value) : -1;
}

export function optionLabel(field: Field | undefined, value: string): string {
  return field?.options.find((option) => option.value === value)?.label || value;
}

function valuesOf(fields: Fields, name: string): string[] {
  const given = fields[name];
  if (given === undefined || given === null) return [];
  return Array.isArray(given) ? given.map((each) => answerText(each)) : [answerText(given)];
}

/** How often each value was given, per field, most frequent first. */
export function tallies(answers: readonly TaskAnswer[], schema: Schema): Tally[] {
  return schema.fields.flatMap((field) => {
    const votes = new Map<string, number>();
    for (const { fields } of valid(answers)) {
      for (const value of valuesOf(fields ?? {}, field.name)) votes.set(value, (votes.get(value) ?? 0) + 1);
    }
    return [...votes]
      .map(([value, n]) => ({
        field: field.name,
        value,
        label: optionLabel(field, value),
        votes: n,
        option: optionIndex(field, value),
      }))
      .sort((a, b) => b.votes - a.votes || a.option - b.option);
  });
}

/** The text that stands for a task in a list: what people were shown, or all there is. */
export function taskText(task: Pick<TaskRow, "data">, schema: Schema): string {
  const shown = schema.objects
    .filter((o) => o.field !== "" && o.field in task.data)
    .map((o) => task.data[o.field]);
  const values = shown.length > 0 ? shown : Object.values(task.data);
  return values.map((value) => answerText(value)).join(" · ");
}

/**
 * Where the document of an item is published in the output repo: `/p.csv#k` → `/items/p.csv/k.json`. Null for the
 * few names that are published under a hash, and for regions.
 */
export function documentPath(itemId: string): string | null {
  const [path = "", key] = itemId.split("#");
  if (
    path.includes("@") ||
    key?.includes("@") ||
    (key !== undefined && (key.length > 200 || /^\.*$/.test(key)))
  )
    return null;
  const folders = path.split("/").filter(Boolean);
  const file = key === undefined ? `${folders.pop() ?? ""}.json` : `${key}.json`;
  const place = folders.map((folder) => (folder.endsWith(".json") ? `${folder}=` : folder));
  const whole = ["/items", ...place, file].join("/");
  return new TextEncoder().encode(whole).length > 1024 ? null : whole;
}
