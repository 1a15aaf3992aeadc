/** The project document of a draft: the same file as `recension project create` takes. Pure. */
import type { FoundData } from "../../api/projectDrafts";
import { type Draft, NEW } from "./draft";

const PLAIN = /^[A-Za-z][\w-]*(?: [\w-]+)*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** Characters that a block of YAML cannot hold as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters in question
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

export const scalar = (text: string): string =>
  PLAIN.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);

const flow = (pairs: Readonly<Record<string, string | number | null>>): string =>
  `{${Object.entries(pairs)
    .map(([key, value]) => `${scalar(key)}: ${typeof value === "string" ? scalar(value) : String(value)}`)
    .join(", ")}}`;

const indented = (text: string): string => text.replace(/^(?=.)/gm, "  ");

/** A text of several lines under a key, to the letter. */
export function block(key: string, text: string): string {
  if (text === "" || UNPRINTABLE.test(text)) return `${key}: ${JSON.stringify(text)}`;
  const lines = text.replace(/\n+$/, "");
  const ends = text.slice(lines.length).length;
  // An indentation is guessed from the first line, unless it is said; so is what becomes of the last line breaks.
  const indent = /^\s/.test(lines) || lines === "" ? "2" : "";
  const chomp = ends === 0 ? "-" : ends > 1 ? "+" : "";
  return `${key}: |${indent}${chomp}\n${indented(lines)}${"\n".repeat(Math.max(0, ends - 1))}`;
}

/** Our own form stands in the document as it is, whatever it begins with. */
function fields(config: string): string {
  const body = config.replace(/^\ufeff/, "").replace(/\s+$/, "");
  return /^fields\s*:/m.test(body) ? body : `fields:\n${indented(body)}`;
}

export interface Described {
  readonly draft: Draft;
  readonly config: string;
  readonly form: "xml" | "yaml";
  readonly found: FoundData | null;
  readonly columns: Readonly<Record<string, string>>;
  readonly guideline: string;
  readonly name: string;
  readonly title: string;
  readonly output: string;
}

export function documentOf(described: Described): string {
  const { draft, config, form, guideline, name, title, output } = described;
  return [
    `project: ${scalar(name)}`,
    `title: ${scalar(title)}`,
    ...inputOf(described),
    form === "xml" ? block("label_config", config) : fields(config),
    ...(guideline.trim() === "" ? [] : [block("guideline", guideline)]),
    `overlap: ${draft.overlap}`,
    ...(draft.overlap > 1 ? [`consensus: ${flow({ method: draft.method })}`] : []),
    ...pageOf(draft),
    ...rulesOf(draft),
    `output: {repo: ${scalar(output)}, release: ${releaseOf(draft)}}`,
    "",
  ].join("\n");
}

function inputOf({ draft, found, columns }: Described): string[] {
  const key = keyOf(draft, found);
  return [
    "input:",
    `  repo: ${scalar(draft.repo)}`,
    ...(draft.everyBranch ? [] : [`  branch: ${scalar(draft.branch || "main")}`]),
    `  glob: ${JSON.stringify(found?.glob ?? draft.path)}`,
    ...(found?.format ? [`  rows: ${flow({ format: found.format, key })}`] : []),
    ...(Object.keys(columns).length > 0 ? [`  columns: ${flow(columns)}`] : []),
  ];
}

/** The column that names a row; empty: rows are named by what they hold. */
export function keyOf(draft: Draft, found: FoundData | null): string | null {
  const key = draft.key ?? found?.key ?? null;
  return key === "" || !found?.columns.some(({ name }) => name === key) ? null : key;
}

function pageOf({ pageTasks, pageMinutes }: Draft): string[] {
  const usual = pageTasks === NEW.pageTasks && pageMinutes === NEW.pageMinutes;
  return usual ? [] : [`page: ${flow({ real: pageTasks, time_limit_s: pageMinutes * 60 })}`];
}

function rulesOf({ banFast, fastSeconds, banSkips, onBan }: Draft): string[] {
  const rules = [
    ...(banFast ? [`{if: fast_pages, under_s: ${fastSeconds}, last: 5, at_least: 2, then: ban}`] : []),
    ...(banSkips ? ["{if: skipped_in_row, at_least: 10, then: ban}"] : []),
  ];
  if (rules.length === 0) return [];
  return ["rules:", ...rules.map((rule) => `  - ${rule}`), ...(onBan === "keep" ? [] : [`on_ban: ${onBan}`])];
}

const releaseOf = ({ release, releaseCount }: Draft): string =>
  release === "count" ? flow({ count: releaseCount }) : release;

export type StepName = "data" | "labels" | "people" | "summary";

const PLACES: readonly [RegExp, StepName][] = [
  [/^(input|columns)/, "data"],
  [/^(label_config|fields)/, "labels"],
  [/^(guideline|overlap|consensus|page|rules|on_ban)/, "people"],
  [/^(project|title|output)/, "summary"],
];

/** The field that an error is about, and the step where it is put right; what names no field is about the data. */
export function placeOf(where: string | null | undefined): { field: string; step: StepName } {
  const field = /^project\.yaml:\d+: (.+)$/.exec(where ?? "")?.[1] ?? "";
  const step = PLACES.find(([pattern]) => pattern.test(field))?.[1];
  return { field, step: step ?? (field ? "summary" : "data") };
}

/** A text as a name: `[a-z0-9-]`, at most `most` characters. */
export function slug(text: string, most = 30): string {
  const plain = text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return plain.replace(/^-+/, "").slice(0, most).replace(/-+$/, "");
}
