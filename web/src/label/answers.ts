/** Answers as records of fields: what a key press does to a half-given one. Pure. */
import type { Field, Fields, Json } from "../api/types";
import { optionsOf } from "./hotkeys";

/** A rating counts in numbers; everything else that is chosen is a string. */
export function storedValue(field: Field, value: string): Json {
  return field.kind === "rating" ? Number(value) : value;
}

export function isChosen(field: Field, draft: Fields, value: string): boolean {
  const given = draft[field.name];
  return Array.isArray(given)
    ? given.includes(value)
    : given !== undefined && given === storedValue(field, value);
}

/** Pressing an option: a single choice is set (and cleared when pressed again), a multiple one toggles. */
export function toggle(field: Field, draft: Fields, value: string): Fields {
  if (field.kind === "choices") {
    const given = draft[field.name];
    const before = Array.isArray(given) ? given : [];
    const after = before.includes(value) ? before.filter((v) => v !== value) : [...before, value];
    // The order of options, not of key presses: equal answers are equal records.
    const order = field.options.map((option) => option.value);
    const sorted = [...after].sort((a, b) => order.indexOf(String(a)) - order.indexOf(String(b)));
    return withField(draft, field.name, sorted.length > 0 ? sorted : null);
  }
  return withField(draft, field.name, isChosen(field, draft, value) ? null : storedValue(field, value));
}

/** Sets one field; null or an empty text takes it away. */
export function withField(draft: Fields, name: string, value: Json): Fields {
  const { [name]: _, ...rest } = draft;
  return value === null || value === "" ? rest : { ...rest, [name]: value };
}

/** An answer in the words that people read: names of options, paths of trees, and what was ranked. */
export function spokenAnswer(field: Field, value: Json | undefined, entries: readonly Named[] = []): string {
  if (field.kind === "taxonomy" && Array.isArray(value))
    return value.map((path) => (Array.isArray(path) ? path.join(" / ") : answerText(path))).join(", ");
  const nameOf = (each: Json): string => {
    const option = optionsOf(field).find((known) => known.value === each);
    const entry = field.kind === "ranking" ? entries.find(({ id }) => id === each) : undefined;
    return option?.label || entry?.title || entry?.body || answerText(each);
  };
  if (field.kind === "ranking" && value !== null && typeof value === "object" && !Array.isArray(value))
    return Object.entries(value)
      .map(([bucket, ids]) => `${bucket}: ${Array.isArray(ids) ? ids.map(nameOf).join(", ") : ""}`)
      .join(" · ");
  if (field.kind === "ranking" && Array.isArray(value))
    return value.map((each, at) => `${at + 1}. ${nameOf(each)}`).join(", ");
  return Array.isArray(value) ? value.map(nameOf).join(", ") : nameOf(value ?? null);
}

/** An entry of a list that is ranked. */
interface Named {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** What an answer looks like in one line. */
export function answerText(value: Json | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map((each) => answerText(each)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
