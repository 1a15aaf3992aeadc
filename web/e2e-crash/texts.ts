/** Texts whose words are marked, related, and judged. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { dragOver } from "../e2e/words";
import type { Chance } from "./chance";
import type { Server } from "./machine";
import { docOf, edited, type Model, type Step } from "./model";
import { letGo, type Modality, typing } from "./walk";

interface Span {
  readonly word: string;
  readonly label: string;
}

interface Marked {
  readonly spans: readonly Span[];
  /** The words of the two. */
  readonly relations: readonly (readonly [string, string])[];
  readonly tone: string | null;
  readonly note: string;
}

const LABELS = ["person", "location", "group"];
const TONES = ["friendly", "angry"];
const WORDS =
  "Ada Lovelace wrote letters from London while Köln slept and nobody 😀 there counted engines".split(" ");
const TEXT = WORDS.join(" ");
const MARKED = WORDS.filter((word) => /^[A-Za-zö]{4,}$/.test(word));
const EMPTY: Marked = { spans: [], relations: [], tone: null, note: "" };

const project = (name: string): string => `project: ${name}
input: {repo: ${name}, glob: "/*.jsonl", rows: {format: jsonl, key: id}}
label_config: |
  <View>
    <Text name="text" value="$text"/>
    <Labels name="names" toName="text">${LABELS.map((each) => `<Label value="${each}"/>`).join("")}</Labels>
    <Relations><Relation value="knows"/></Relations>
    <Choices name="tone" toName="text">${TONES.map((each) => `<Choice value="${each}"/>`).join("")}</Choices>
    <TextArea name="note" toName="text"/>
  </View>
page: {real: 3, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels}
`;

export function texts(tasks: number): Modality<Marked> {
  const name = "crash-texts";
  return {
    project: name,
    empty: EMPTY,
    seed: (server) => seed(server, name, tasks),
    ready: (page) => page.locator(".text-host").waitFor(),
    bare: letGo,
    step,
    shown,
    looks: ({ spans, relations, tone, note }) => ({
      spans: spans.map(({ word, label }) => `${word} ${label}`),
      relations: relations.map(([from, to]) => `${from} ${to}`),
      tone,
      note,
    }),
    differs,
  };
}

function seed(server: Server, name: string, tasks: number): void {
  const folder = mkdtempSync(join(tmpdir(), "recension-crash-seed-"));
  const rows = Array.from({ length: tasks }, (_, id) => ({ id: `${id}`, text: `${TEXT} ${id}` }));
  writeFileSync(join(folder, "rows.jsonl"), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  writeFileSync(join(folder, "project.yaml"), project(name));
  server.run(["repo", "create", name], folder);
  server.run(["put", `${name}@main`, "rows.jsonl"], folder);
  server.run(["project", "create", "project.yaml"], folder);
}

function step(page: Page, model: Model<Marked>, dice: Chance): Step<Marked> | null {
  const doc = docOf(model);
  const { spans } = doc;
  const one = (name: string, after: Marked, work: () => Promise<void>): Step<Marked> => ({
    name,
    states: [edited(model, after)],
    do: async (mark) => {
      await work();
      mark();
    },
  });
  const options = page.getByRole("listbox", { name: "Regions" }).getByRole("option");
  const choose = async (at: number): Promise<void> => {
    await letGo(page);
    await options.nth(at).click();
  };
  const at = spans.length > 0 ? dice.below(spans.length) : 0;
  const chosen = spans[at];
  switch (dice.below(9)) {
    case 0:
    case 1:
    case 2: {
      const free = MARKED.filter((word) => spans.every((span) => span.word !== word));
      if (free.length === 0 || spans.length >= 6) return null;
      const [word, label] = [dice.pick(free), dice.below(LABELS.length)];
      const span = { word, label: LABELS[label] ?? "" };
      return one(`mark ${word} ${span.label}`, { ...doc, spans: [...spans, span] }, async () => {
        await letGo(page);
        await dragOver(page, word, word);
        await page.keyboard.press(`${label + 1}`);
      });
    }
    case 3: {
      const label = dice.below(LABELS.length);
      if (!chosen || chosen.label === LABELS[label]) return null;
      const after = spans.map((span, i) => (i === at ? { ...span, label: LABELS[label] ?? "" } : span));
      return one(`relabel ${chosen.word}`, { ...doc, spans: after }, async () => {
        await choose(at);
        await page.keyboard.press(`${label + 1}`);
      });
    }
    case 4: {
      if (!chosen) return null;
      const relations = doc.relations.filter((pair) => !pair.includes(chosen.word));
      const after = { ...doc, spans: spans.filter((_, i) => i !== at), relations };
      return one(`delete ${chosen.word}`, after, async () => {
        await choose(at);
        await page.keyboard.press("Delete");
      });
    }
    case 5:
    case 6: {
      const to = spans.length > 0 ? dice.below(spans.length) : 0;
      const other = spans[to];
      if (!chosen || !other || to === at) return null;
      const pair = [chosen.word, other.word] as const;
      if (doc.relations.some((each) => each.includes(pair[0]) && each.includes(pair[1]))) return null;
      const after = { ...doc, relations: [...doc.relations, pair] };
      return one(`relate ${pair.join(" to ")}`, after, async () => {
        await choose(at);
        await page.keyboard.press("c");
        await options.nth(to).click();
      });
    }
    case 7: {
      const tone = dice.below(TONES.length);
      const after = { ...doc, tone: doc.tone === TONES[tone] ? null : (TONES[tone] ?? null) };
      return one(`tone ${TONES[tone]}`, after, async () => {
        await letGo(page);
        await page.keyboard.press(`${LABELS.length + tone + 1}`);
      });
    }
    default: {
      const focus = async (): Promise<void> => {
        await letGo(page);
        await page.getByRole("textbox", { name: "note" }).click();
      };
      const text = dice.pick(["odd", "b 1", "v"]);
      return typing("note", model, "value note", text, doc.note, (d, note) => ({ ...d, note }), focus, page);
    }
  }
}

async function shown(page: Page): Promise<unknown> {
  const raw = await page.evaluate(() => ({
    spans: [...document.querySelectorAll(".region-row .clip")].map((row) => row.textContent ?? ""),
    relations: [...document.querySelectorAll(".relations .clip")].map(
      (row) => row.getAttribute("title") ?? "",
    ),
    pressed: [...document.querySelectorAll(".asked [aria-pressed=true]")].map(
      (each) => each.textContent ?? "",
    ),
    note: document.querySelector<HTMLTextAreaElement>("textarea[aria-label=note]")?.value ?? "?",
  }));
  const rows = raw.spans.map((row) => /^(\S+) · (\S+) (\d+)$/.exec(row) ?? [row, row, "", ""]);
  const words = new Map(rows.map(([, word = "", label, n]) => [`${label} ${n}`, word]));
  return {
    spans: rows.map(([, word, label]) => `${word} ${label}`),
    relations: raw.relations.map((title) =>
      title
        .split(" to ")
        .map((name) => words.get(name) ?? name)
        .join(" "),
    ),
    tone: TONES.find((tone) => raw.pressed.some((text) => text.includes(tone))) ?? null,
    note: raw.note,
  };
}

interface WireSpan {
  readonly id: string;
  readonly shape: { readonly start: number; readonly end: number };
  readonly labels: string[];
}

function differs(fields: Record<string, unknown>, doc: Marked): string | null {
  const spans = (fields.names as WireSpan[] | undefined) ?? [];
  const letters = [...TEXT];
  const wordOf = ({ shape }: WireSpan): string => letters.slice(shape.start, shape.end).join("");
  const words = new Map(spans.map((span) => [span.id, wordOf(span)]));
  const links = (Object.values(fields).find(
    (value) =>
      Array.isArray(value) && value.some((each) => typeof each === "object" && each && "from" in each),
  ) ?? []) as { from: string; to: string }[];
  const said = {
    spans: spans.map((span) => `${wordOf(span)} ${span.labels}`),
    relations: links.map(({ from, to }) => `${words.get(from)} ${words.get(to)}`),
    tone: fields.tone ?? null,
    note: fields.note ?? "",
  };
  const wanted = {
    spans: doc.spans.map(({ word, label }) => `${word} ${label}`),
    relations: doc.relations.map(([from, to]) => `${from} ${to}`),
    tone: doc.tone,
    note: doc.note,
  };
  const [a, b] = [JSON.stringify(said), JSON.stringify(wanted)];
  return a === b ? null : `${a} instead of ${b}`;
}
