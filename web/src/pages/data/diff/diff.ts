/** What kind of difference two files have, and that difference. Pure: it runs on the page and in the worker alike. */
import type { Json } from "../../../api/types";
import { diffTables, parseCsv, type TableDiff } from "./csv";
import { diffJson, type JsonDiff } from "./json";
import { diffText, type TextDiff } from "./text";

/** Larger files are not compared in the browser: both sides, their rows and their difference have to fit into it. */
export const MOST_BYTES = 16_000_000;

export type View = "image" | "csv" | "json" | "text";
export type FileDiff = TextDiff | TableDiff | JsonDiff;

export interface DiffRequest {
  readonly view: Exclude<View, "image">;
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly key: string | null;
}

export function viewOf(path: string): View {
  const suffix = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  if (/^(png|jpe?g|gif|webp|avif|bmp)$/.test(suffix)) return "image";
  if (suffix === "csv" || suffix === "tsv") return "csv";
  return suffix === "json" ? "json" : "text";
}

export function diffFiles({ view, name, before, after, key }: DiffRequest): FileDiff {
  if (view === "csv") {
    const delimiter = name.toLowerCase().endsWith(".tsv") ? "\t" : ",";
    return diffTables(parseCsv(before, delimiter), parseCsv(after, delimiter), key);
  }
  if (view === "json") {
    const [old, young] = [parsed(before), parsed(after)];
    // A broken document is still text.
    if (old !== undefined && young !== undefined) return diffJson(old, young);
  }
  return diffText(before, after);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
