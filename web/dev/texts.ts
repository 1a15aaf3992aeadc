/** Projects of texts in memory: short ones in which names are marked, and one as long as a chapter. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as t from "../src/api/types";
import type { CrowdOptions } from "./crowd";

const NAMES = join(import.meta.dirname, "..", "..", "tests", "samples", "ner", "emerging.dev.conll");
const LABELS = ["person", "location", "group", "corporation", "product", "creative-work"];

const field = (part: Partial<t.Field> & Pick<t.Field, "name" | "kind">): t.Field => ({
  options: [],
  required: false,
  opinion: false,
  title: "",
  minimum: null,
  maximum: null,
  max_length: 1000,
  of: ["text"],
  ...part,
});
const options = (...values: string[]): t.Option[] =>
  values.map((value, i) => ({ value, label: value, hotkey: `${i + 1}` }));

export const schema: t.Schema = {
  fields: [
    field({ name: "names", kind: "regions", shapes: ["span"], options: options(...LABELS) }),
    field({ name: "links", kind: "relations", options: options("same as", "part of") }),
    field({ name: "sure", kind: "choice", title: "Sure?", per_region: true, options: options("yes", "no") }),
    field({ name: "tone", kind: "choice", title: "Tone", options: options("friendly", "angry") }),
  ],
  objects: [{ name: "text", kind: "text", field: "text", text: "", granularity: "word" }],
  references: ["text"],
};

/** The sentences of the sample, without their tags. */
function sentences(): string[] {
  if (!existsSync(NAMES)) return ["Ada Lovelace met Charles Babbage in London."];
  const blocks = readFileSync(NAMES, "utf8").split(/\n\s*\n/);
  return blocks.map((block) =>
    block
      .split("\n")
      .map((line) => line.split("\t")[0])
      .join(" ")
      .trim(),
  );
}

export const tweets: CrowdOptions = {
  schema,
  title: "Names in tweets",
  guideline: "<p>Mark every name, whole words only.</p>",
  pageSize: 5,
  work: sentences()
    .slice(0, 20)
    .map((text) => ({ data: { text } })),
};

/** So many characters with so many spans proposed, some of them overlapping, and links between near ones. */
export function book(characters: number, spans: number, relations = 0): CrowdOptions {
  const lines: string[] = [];
  const known = sentences();
  for (let length = 0, i = 0; length < characters; i++) {
    const line = known[i % known.length] ?? "";
    lines.push(line);
    length += line.length + 1;
  }
  const text = lines.join("\n").slice(0, characters);
  const points = [...text].length;
  const names = Array.from({ length: spans }, (_, i) => {
    const start = Math.floor((i * (points - 40)) / spans);
    const shape = { type: "span", start, end: start + 6 + ((i * 7) % 30), field: "text" };
    return { id: `s${i}`, shape, labels: [LABELS[i % LABELS.length] ?? ""] };
  });
  const links = Array.from({ length: relations }, (_, i) => {
    const from = Math.floor((i * (spans - 20)) / relations);
    const to = from + 1 + ((i * 5) % 17);
    return { from: `s${from}`, to: `s${to}`, direction: "right", labels: [i % 2 ? "same as" : "part of"] };
  });
  const proposal: t.Fields = links.length > 0 ? { names, links } : { names };
  return {
    schema,
    title: `${spans} spans`,
    pageSize: 2,
    work: Array.from({ length: 6 }, (_, n) => ({ data: { text: `${n} ${text}` }, proposal })),
  };
}
