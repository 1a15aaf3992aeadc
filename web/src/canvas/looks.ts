/** How labels look: eight colours that stay apart for colour-blind eyes, dashes after that, and a name on every shape. */

import type { Field, Schema } from "../api/types";
import type { Region } from "../doc";
import type { Edges } from "../geometry";

export interface Look {
  readonly color: string;
  /** Screen pixels on and off; empty: one unbroken line. */
  readonly dash: readonly number[];
  readonly name: string;
  readonly edges: Edges;
}

/** Of ours-8: far apart in normal, protan, deutan and tritan vision, and all readable on the dark ground. */
export const COLORS = [
  "#56b4e9",
  "#aa3377",
  "#d55e00",
  "#ddcc77",
  "#ff8fb1",
  "#8c6239",
  "#6a51e0",
  "#b8e0ff",
] as const;
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 5]];
const UNLABELLED = "#ffffff";

export interface LabelLook {
  readonly color: string;
  readonly dash: readonly number[];
}

/** `first`: how many labels the fields before have, so that no two labels of a schema look alike. */
export function labelLook(field: Field, value: string, first = 0): LabelLook {
  const own = field.options.find((option) => option.value === value)?.color;
  const at = field.options.findIndex((option) => option.value === value) + first;
  if (at < first) return { color: UNLABELLED, dash: [] };
  const dash = DASHES[Math.floor(at / COLORS.length) % DASHES.length] ?? [];
  return { color: own && isColor(own) ? own : (COLORS[at % COLORS.length] as string), dash: own ? [] : dash };
}

/** The number of the first label of each field among all labels of regions. */
export function firstLabels(fields: readonly Field[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  let count = 0;
  for (const { name, kind, options } of fields) {
    if (kind !== "regions") continue;
    first.set(name, count);
    count += options.length;
  }
  return first;
}

/** What a schema wrote is only used when it can be nothing but a colour. */
const isColor = (text: string): boolean =>
  /^(#[0-9a-f]{3,8}|[a-z]{3,20}|(rgb|hsl)a?\([\d\s.,%/-]+\))$/i.test(text);

const NO_EDGES: Edges = [];

/** The look of each region of a schema; the same function for the same schema, so that nothing is drawn anew. */
export function looksOf(schema: Schema): (region: Region) => Look {
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const first = firstLabels(schema.fields);
  const known = new Map<string, Look>();
  return (region) => {
    const score =
      region.origin === "prediction" && region.score !== null ? ` ${Math.round(region.score * 100)} %` : "";
    const key = `${region.field}\n${region.labels.join("\n")}\n${score}`;
    const look = known.get(key);
    if (look) return look;
    const field = fields.get(region.field);
    const label = region.labels[0];
    const { color, dash } =
      field && label !== undefined
        ? labelLook(field, label, first.get(field.name))
        : { color: UNLABELLED, dash: [] };
    const names = region.labels.map((value) => field?.options.find((o) => o.value === value)?.label || value);
    const made = { color, dash, name: `${names.join(", ")}${score}`, edges: field?.edges ?? NO_EDGES };
    known.set(key, made);
    return made;
  };
}
