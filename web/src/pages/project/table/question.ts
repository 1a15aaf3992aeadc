/** What is asked of a project's table, as the address of the page holds it. Pure. */
import type { Asked, Filter, SortKey, TableView } from "../../../api/table";
import type { Schema } from "../../../api/types";

export interface Test {
  readonly field: string;
  readonly op: string;
  readonly value?: unknown;
}

/** A filter as the bar of chips shows it: tests that all, or any of which, must pass; `other` is what no chip can say. */
export interface Tests {
  readonly how: "and" | "or";
  readonly tests: readonly Test[];
  readonly other: readonly Filter[];
}

export interface Search {
  readonly status?: string;
  readonly filter?: string;
  readonly sort?: string;
  readonly columns?: string;
}

export const NOTHING: Asked = { filter: null, sort: [], columns: [] };

function isTest(value: unknown): value is Test {
  return typeof value === "object" && value !== null && "field" in value && "op" in value;
}

export function testsOf(filter: Filter | null): Tests {
  if (!filter || Object.keys(filter).length === 0) return { how: "and", tests: [], other: [] };
  if (isTest(filter)) return { how: "and", tests: [filter], other: [] };
  const how = Array.isArray(filter.or) ? "or" : "and";
  const parts = filter[how];
  if (!Array.isArray(parts)) return { how: "and", tests: [], other: [filter] };
  return {
    how,
    tests: parts.filter(isTest),
    other: parts.filter((part): part is Filter => !isTest(part)),
  };
}

export function filterOf({ how, tests, other }: Tests): Filter | null {
  const parts = [...tests, ...other];
  return parts.length === 0 ? null : { [how]: parts };
}

/** `-agreement,status`: a minus before what falls. */
export const sortText = (sort: readonly SortKey[]): string =>
  sort.map((key) => (key.direction === "desc" ? `-${key.field}` : key.field)).join(",");

export const sortOf = (text: string): SortKey[] =>
  text
    .split(",")
    .filter(Boolean)
    .map((each) =>
      each.startsWith("-") ? { field: each.slice(1), direction: "desc" } : { field: each, direction: "asc" },
    );

/** A click on a column's head: up, down, not at all. */
export function nextSort(sort: readonly SortKey[], field: string): SortKey[] {
  const now = sort.find((key) => key.field === field);
  if (!now) return [{ field, direction: "asc" }];
  return now.direction === "asc" ? [{ field, direction: "desc" }] : [];
}

function filterIn(text: string): Filter | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Filter) : null;
  } catch {
    return null;
  }
}

/** What the address asks: itself, else the view it names, else everything. */
export function askedBy(search: Search, view: TableView | undefined): Asked {
  const { status, filter, sort, columns } = search;
  if (filter === undefined && sort === undefined && columns === undefined) {
    if (status) return { ...NOTHING, filter: { and: [{ field: "status", op: "eq", value: status }] } };
    return view ? { filter: view.filter, sort: view.sort, columns: view.columns } : NOTHING;
  }
  return {
    filter: filter === undefined ? null : filterIn(filter),
    sort: sortOf(sort ?? ""),
    columns: (columns ?? "").split(",").filter(Boolean),
  };
}

/** The address of a question; of nothing it still says that nothing is asked, as it may stand beside a view. */
export function searchOf(asked: Asked): Required<Pick<Search, "filter">> & Search {
  return {
    filter: JSON.stringify(asked.filter ?? {}),
    ...(asked.sort.length > 0 ? { sort: sortText(asked.sort) } : {}),
    ...(asked.columns.length > 0 ? { columns: asked.columns.join(",") } : {}),
  };
}

export const dataColumns = (schema: Schema): string[] => schema.references.map((name) => `data.${name}`);

/** What is shown when nobody chose: what was asked about, how far it is, and what came of it. */
export function usualColumns(schema: Schema, there: ReadonlySet<string>): string[] {
  const asked = schema.fields.slice(0, 3).map((field) => `label.${field.name}`);
  const first = schema.fields[0];
  // A file is told apart by its name; what it holds fits into no cell.
  const files = schema.objects.some((each) => ["image", "audio", "video"].includes(each.kind));
  const wanted = [
    ...(files ? ["item_id"] : dataColumns(schema).slice(0, 2)),
    "status",
    "answers",
    ...asked,
    ...(first ? [`confidence.${first.name}`] : []),
    "agreement",
  ];
  return wanted.filter((name) => there.has(name));
}

const WORDS: Record<string, string> = {
  eq: "is",
  ne: "is not",
  in: "is one of",
  lt: "<",
  le: "≤",
  gt: ">",
  ge: "≥",
  contains: "contains",
  starts: "starts with",
  empty: "is empty",
  filled: "is there",
  has: "has",
  lacks: "lacks",
};

export const opText = (op: string): string => WORDS[op] ?? op;

const NAMES: Record<string, string> = {
  item_id: "item",
  work_id: "content",
  held_by: "held by",
  assigned_to: "assigned to",
  skipped_by: "skipped by",
  sent_to_review_by: "sent to review by",
};

/** `label.category` → `category`, with what it is of when that is not the label. */
export function columnText(name: string): string {
  const [kind, ...rest] = name.split(".");
  if (rest.length === 0) return NAMES[name] ?? name;
  const field = rest.join(".");
  return kind === "label" || kind === "data"
    ? field
    : `${field} ${kind === "predicted" ? "predicted" : kind}`;
}

export function testText({ field, op, value }: Test): string {
  const said = Array.isArray(value) ? value.join(", ") : value === undefined ? "" : String(value);
  return `${columnText(field)} ${opText(op)}${said === "" ? "" : ` ${said}`}`;
}

/** What was typed, as a value of the column; null when it is none. */
export function typedValue(kind: string, op: string, text: string): unknown {
  const one = (each: string) => {
    if (kind !== "number") return each;
    return each.trim() === "" || Number.isNaN(Number(each)) ? null : Number(each);
  };
  if (op !== "in") return one(text);
  const all = text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean)
    .map(one);
  return all.includes(null) ? null : all;
}
