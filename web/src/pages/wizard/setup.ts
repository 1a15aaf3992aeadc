/** All that follows from a draft: what lies there, what its config comes to, the document. One place for every step. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import {
  type ConfigPreview,
  drafts,
  type FoundData,
  type Sample,
  type Template,
} from "../../api/projectDrafts";
import type { Schema } from "../../api/types";
import { documentOf, keyOf, type StepName, slug } from "./document";
import { type Draft, OWN, OWN_CONFIG, useDraft } from "./draft";
import { columnsOf, unmapped, writtenColumns } from "./mapping";

const TYPING_MS = 250;

/** A value once it has stayed the same for a moment. */
export function useSettled<T>(value: T, ms = TYPING_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

export interface Setup {
  readonly draft: Draft;
  readonly found: FoundData | null;
  readonly foundError: Error | null;
  readonly looking: boolean;
  readonly templates: readonly Template[];
  readonly template: Template | null;
  readonly config: string;
  /** What the server makes of the config; it may be a moment behind the text. */
  readonly reading: ConfigPreview | null;
  /** The config is not read yet as it stands. */
  readonly behind: boolean;
  readonly columns: Readonly<Record<string, string>>;
  /** The item that the config is tried on, and what kept one of the data from being it. */
  readonly tried: Tried;
  readonly guideline: string;
  readonly name: string;
  readonly title: string;
  readonly output: string;
  readonly yaml: string;
}

export interface Tried {
  readonly schema: Schema | null;
  readonly sample: Sample | null;
  /** From the data that was chosen, not from the template. */
  readonly isOwn: boolean;
  readonly more: boolean;
  readonly problem: string | null;
}

export function useSetup(at = 0): Setup {
  const draft = useDraft();
  const templates = useQuery(drafts.templates()).data ?? [];
  const data = useQuery(drafts.data(draft.repo, draft.branch || "main", draft.path, null));
  const found = data.data ?? null;
  const template = templates.find(({ name }) => name === draft.template) ?? null;
  const config = draft.configs[draft.template] ?? template?.config ?? OWN_CONFIG;
  // Typing is waited for; another template is another text at once.
  const about = `${draft.template}\n`;
  const rested = useSettled(about + config);
  const settled = rested.startsWith(about) ? rested.slice(about.length) : config;
  const chosen = draft.template !== "";
  const read = useQuery({
    ...drafts.config(settled, { input: null, template: template?.name ?? null, at: 0 }),
    enabled: chosen,
  });
  const reading = read.data ?? null;
  const schema = reading?.schema ?? null;
  const columns = schema && found ? columnsOf(found, schema, draft.columns) : {};
  const there = chosen && found !== null && found.files > 0 && schema !== null;
  const open = there ? unmapped(schema, columns) : [];
  const usable = there && open.length === 0;
  const input = {
    repo: draft.repo,
    branch: draft.branch || "main",
    glob: found?.glob ?? draft.path,
    rows: found?.format ? { format: found.format, key: keyOf(draft, found) } : null,
    columns: found ? writtenColumns(found, columns) : {},
  };
  const own = useQuery({
    ...drafts.config(settled, { input, template: template?.name ?? null, at }),
    enabled: usable,
  });
  const name = draft.name || defaultName(draft);
  const title = draft.title || template?.title || "What is it?";
  const output = draft.output || `${name.slice(0, 23).replace(/-+$/, "")}-labels`;
  const guideline = draft.guideline ?? template?.guideline ?? "";
  return {
    draft,
    found,
    foundError: draft.repo ? data.error : null,
    looking: data.isFetching,
    templates,
    template,
    config,
    reading,
    behind: settled !== config || read.isPlaceholderData || read.isFetching,
    columns,
    tried: triedOn(reading, usable ? (own.data ?? null) : null, usable ? own.error : openOf(open)),
    guideline,
    name,
    title,
    output,
    yaml: documentOf({
      draft,
      config,
      form: config.trimStart().startsWith("<") ? "xml" : "yaml",
      found,
      columns: input.columns,
      guideline,
      name,
      title,
      output,
    }),
  };
}

function triedOn(reading: ConfigPreview | null, own: ConfigPreview | null, error: Error | null): Tried {
  const fault = own?.sample_problem;
  const problem = fault ? [fault.message, fault.hint].filter(Boolean).join(": ") : (error?.message ?? null);
  // While there are problems, the last answer about the data is of an older config.
  if (reading?.schema && own?.sample && own.schema)
    return { schema: own.schema, sample: own.sample, isOwn: true, more: own.more, problem: null };
  return {
    schema: reading?.schema ?? null,
    sample: reading?.sample ?? null,
    isOwn: false,
    more: false,
    problem: reading?.schema ? problem : null,
  };
}

const openOf = (fields: readonly string[]): Error | null =>
  fields.length === 0
    ? null
    : new Error(
        `Nothing of it is shown as ${fields.map((field) => `$${field}`).join(", ")}. Choose a column, other data, or another template.`,
      );

function defaultName({ repo, template }: Draft): string {
  const short = template === OWN ? "labels" : template.replace(/^(image|text|answer)-/, "");
  const base = slug(repo.split(":").at(-1) ?? "", 30 - short.length - 1);
  return slug(base ? `${base}-${short}` : short) || "labels";
}

/** What a step still needs; null when nothing. */
export function lacks(step: StepName, { draft, found, reading, tried }: Setup): string | null {
  if (step === "data") {
    if (!draft.repo) return "Choose the data first";
    return !found || found.files === 0 || found.problem ? "There is nothing to label there yet" : null;
  }
  if (step === "labels") {
    if (draft.template === "") return "Choose a template first";
    if (reading && reading.problems.length > 0) return "The config has problems";
    return tried.problem ? "The data does not fit the config" : null;
  }
  return null;
}
