/** The worlds of the journeys: photographs, tweets and headlines in one repo, and for each tool a project and two that are like it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, expect } from "@playwright/test";
import { RECENSION } from "../global-setup";
import { SHARED, server } from "../places";
import type { Fields, Tool } from "./tool";

const SAMPLES = join(import.meta.dirname, "..", "..", "..", "tests", "samples");
const HEADLINES = join(
  import.meta.dirname,
  "..",
  "..",
  "..",
  "src",
  "recension",
  "cli",
  "demo",
  "data",
  "test.csv",
);
const PHOTOS = [0, 1, 2, 3].map((n) => `BloodImage_${String(n).padStart(5, "0")}.jpg`);
const FIRST_TWO = "/BloodImage_0000[01].jpg";

/** Two rows, each with all that any tool shows. The tweets and headlines stand as they were written. */
function rows(): string {
  const tweets = readFileSync(join(SAMPLES, "ner", "emerging.dev.conll"), "utf8")
    .split(/\n\s*\n/)
    .map((block) => block.split("\n").map((line) => line.split("\t")[0]))
    .map((words) => words.join(" ").trim());
  const found = (start: string): string => tweets.find((tweet) => tweet.startsWith(start)) ?? "";
  const one = found("You should ' ve stayed on Redondo");
  const two = found("can i have fidget spinner");
  const emma = found("wow emma and kaite");
  const marcelo = found("Marcelo is the star");
  const headlines = readFileSync(HEADLINES, "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => !line.startsWith('"'))
    .map((line) => line.split(",")[0] ?? "");
  const made = [
    [one, emma, "Redondo Beach", 0],
    [two, marcelo, "orchard academy", 1],
  ] as const;
  return made
    .map(([tweet, reply, strong, n]) => {
      const heads = headlines.slice(n * 6, n * 6 + 6);
      return JSON.stringify({
        id: `${n + 1}`,
        tweet,
        headline: heads[0],
        other: heads[1],
        entries: heads.slice(2).map((title, i) => ({ id: "abcd"[i], title })),
        turns: [
          { author: "Ada", text: reply },
          { author: "Bob", text: tweet },
        ],
        html: `<h3>${heads[0]}</h3><p>${tweet.replace(strong, `<b>${strong}</b>`)}</p>`,
        images: PHOTOS.slice(n * 2, n * 2 + 2).map((name) => `/${name}`),
      });
    })
    .join("\n");
}

export function run(args: readonly string[], cwd = tmpdir()): string {
  return execFileSync(RECENSION, [...args, "--home", server().home], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const api = (path: string): string => `${server().url}/api/v1${path}`;

/** The repo that all journeys share: whoever comes first makes it, the others wait until it is there. */
export async function makeWorld(): Promise<void> {
  const [claim, ready] = [join(SHARED, "journeys.claim"), join(SHARED, "journeys.ready")];
  try {
    writeFileSync(claim, "", { flag: "wx" });
  } catch {
    await expect.poll(() => existsSync(ready), { timeout: 60_000 }).toBe(true);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "recension-journeys-"));
  writeFileSync(join(folder, "rows.jsonl"), `${rows()}\n`);
  const photos = PHOTOS.map((name) => join(SAMPLES, "bccd", "images", name));
  run(["repo", "create", "journeys"]);
  run(["put", "journeys@main", ...photos, "rows.jsonl", "-m", "Photographs, tweets and headlines"], folder);
  writeFileSync(ready, "");
}

const indented = (text: string): string => text.replaceAll("\n", "\n  ");

/** What is shown and asked, as the value of a key of the project. */
const asked = ({ config }: Tool): string =>
  config.startsWith("show:")
    ? `fields:\n  ${indented(config)}`
    : `label_config: |\n  ${indented(xml(config))}`;

const xml = (config: string): string => `<View>\n${config}\n</View>`;

const document = (tool: Tool, name: string): string => `project: ${name}
title: "Journey: ${tool.name}"
input: ${
  tool.input === "photos"
    ? `{repo: journeys, glob: "${FIRST_TWO}"}`
    : `{repo: journeys, glob: "/rows.jsonl", rows: {format: jsonl, key: id}}`
}
${asked(tool)}
guideline: |
  # What is to be done
  Look closely, then mark what you see.
page: {real: 2, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels, release: each}
`;

/** Short enough for the repo of its labels, too. */
export const nameOf = ({ name }: Tool): string =>
  `j-${name
    .toLowerCase()
    .replace(/[^a-z]+/g, "-")
    .slice(0, 14)}`;

/** The project of a journey, or one like it into which labels come back. */
export async function makeProject(request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  if ((await request.get(api(`/projects/${name}`))).ok()) return;
  const made = await request.post(api("/projects"), {
    headers: { origin: server().url },
    data: { yaml: document(tool, name), files: {}, file_name: `${name}.yaml` },
  });
  expect(made.ok(), await made.text()).toBe(true);
}

export interface Annotation {
  worker: string;
  fields: Fields;
  withdrawn: boolean;
}

export interface Labels {
  item: { id: string };
  annotations: Annotation[];
  decision?: { fields: Fields };
}

/** Our own JSON: a document for each item, in the order of the items. */
export async function exported(request: APIRequestContext, name: string): Promise<Labels[]> {
  await publish(request, name);
  const lines = run(["project", "export", name]).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Labels).sort((a, b) => (a.item.id < b.item.id ? -1 : 1));
}

/** Who said what of which item, as it stands. */
export const standing = (labels: readonly Labels[]): { item: string; worker: string; fields: Fields }[] =>
  labels.flatMap(({ item, annotations }) =>
    annotations
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ worker, fields }) => ({ item: item.id, worker, fields })),
  );

/** Publishes what has been said, so that it stands in a commit. */
async function publish(request: APIRequestContext, name: string): Promise<void> {
  const done = await request.post(api(`/projects/${name}/publish`), {
    headers: { origin: server().url },
    data: {},
  });
  expect(done.ok(), await done.text()).toBe(true);
}

interface Taken {
  annotations: { added: number; unknown: string[] };
  lost: { what: string; count: number; first: string }[];
}

/** Labels of a place into a project. */
export function taken(name: string, source: string, format: string, more: readonly string[] = []): Taken {
  const args = ["project", "import", name, source, "--from", format, "--images", "journeys@main", "--json"];
  return JSON.parse(run([...args, ...more])) as Taken;
}

/** The labels of a commit in another format, in a folder. */
export function converted(tool: Tool, source: string): { folder: string; lost: Taken["lost"] } {
  const at = mkdtempSync(join(tmpdir(), "recension-journey-"));
  const own = tool.config.startsWith("show:");
  const config = join(at, own ? "config.yaml" : "config.xml");
  writeFileSync(config, own ? tool.config : xml(tool.config));
  const folder = join(at, "out");
  const args = ["convert", source, folder, "--from", "recension", "--to", tool.format, "--config", config];
  const said = run([...args, "--images", "journeys@main", "--json"]);
  return { folder, lost: (JSON.parse(said) as Taken).lost };
}

/** The answers of a project that stand, in the order in which their tasks were answered first. */
export async function answers(request: APIRequestContext, name: string): Promise<Fields[]> {
  const response = await request.get(api(`/projects/${name}/answers`));
  const { answers: log } = (await response.json()) as {
    answers: { verb: string; task: number; fields: Fields; seq: number }[];
  };
  const last = new Map<number, Fields | null>();
  for (const row of [...log].sort((a, b) => a.seq - b.seq)) {
    if (row.verb === "answer") last.set(row.task, row.fields);
    else if (row.verb === "withdraw" || row.verb === "return") last.set(row.task, null);
  }
  return [...last.values()].filter((fields) => fields !== null);
}

export async function findsOutlines(request: APIRequestContext, name: string): Promise<boolean> {
  const response = await request.get(api(`/projects/${name}/workbench`));
  return ((await response.json()) as { finds_outlines: boolean }).finds_outlines;
}

/** The draft of the one open task, as the server has it. */
export async function draft(request: APIRequestContext, name: string): Promise<Fields> {
  const response = await request.get(api(`/projects/${name}/workbench`));
  const { open_pages } = (await response.json()) as {
    open_pages: { tasks: { draft: Fields; answer: Fields | null }[] }[];
  };
  return open_pages.flatMap(({ tasks }) => tasks).find(({ answer }) => answer === null)?.draft ?? {};
}
