/** What regions are called in lists: the label and a number, and what was said of them. Pure. */
import type { Field, Schema } from "../api/types";
import type { Doc, Region, Relation } from "../doc";
import { answerText } from "./answers";

const labelled = new WeakMap<Region, string>();

const optionName = (field: Field | undefined, value: string): string =>
  field?.options.find((option) => option.value === value)?.label || value;

function labelOf(schema: Schema, region: Region): string {
  const known = labelled.get(region);
  if (known !== undefined) return known;
  const field = schema.fields.find((each) => each.name === region.field);
  const words = region.labels.map((value) => optionName(field, value));
  const name =
    words.join(", ") || (field && field.options.length > 0 ? "No label" : field?.title || region.field);
  labelled.set(region, name);
  return name;
}

/** The label and a number: the third of its kind is the third in the list. */
export function namesOf(schema: Schema, regions: readonly Region[]): string[] {
  const counts = new Map<string, number>();
  return regions.map((region) => {
    const name = labelOf(schema, region);
    const n = (counts.get(name) ?? 0) + 1;
    counts.set(name, n);
    return `${name} ${n}`;
  });
}

const ARROW = { right: "→", left: "←", both: "↔" } as const;

/** Relations and whatever else was said of regions, a line each. */
export function saidOfRegions(doc: Doc, schema: Schema): string[] {
  const names = new Map(namesOf(schema, doc.regions).map((name, i) => [doc.regions[i]?.id ?? "", name]));
  const kindOf = ({ field, labels }: Relation): string => {
    const asked = schema.fields.find((each) => each.name === field);
    return labels.length > 0 ? `: ${labels.map((value) => optionName(asked, value)).join(", ")}` : "";
  };
  const about = ({ id, attributes, text }: Region): string[] => {
    const answers = schema.fields
      .filter(({ name }) => attributes[name] !== undefined)
      .map(({ name, title }) => `${title || name} ${answerText(attributes[name])}`);
    const all = [...answers, ...(text === "" ? [] : [`“${text}”`])];
    return all.length > 0 ? [`${names.get(id)}: ${all.join(", ")}`] : [];
  };
  return [
    ...doc.regions.flatMap(about),
    ...doc.relations.map(
      (each) => `${names.get(each.from)} ${ARROW[each.direction]} ${names.get(each.to)}${kindOf(each)}`,
    ),
  ];
}
