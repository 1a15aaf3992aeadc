/** Questions about a whole task, one of every kind. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Chance } from "./chance";
import type { Server } from "./machine";
import { docOf, edited, type Model, type Step, settled } from "./model";
import { type Modality, typing } from "./walk";

type Values = Readonly<Record<string, unknown>>;

const ENTRIES = ["First", "Second", "Third"];
const IDS: Record<string, string> = { First: "a", Second: "b", Third: "c" };
const TOPICS = ["Sport", "Politics", "Animals"];
const TONES = ["Calm", "Loud"];
const SIDES: Record<string, string> = { "The left one": "left", "The right one": "right" };
const KINDS = ["Cat", "Dog"];

const project = (name: string): string => `project: ${name}
input: {repo: ${name}, glob: "/*.jsonl", rows: {format: jsonl, key: id}}
label_config: |
  <View>
    <Text name="one" value="$one"/>
    <Text name="other" value="$other"/>
    <Choices name="topics" toName="one" choice="multiple">
      ${TOPICS.map((each) => `<Choice value="${each}"/>`).join("")}
    </Choices>
    <Choices name="tone" toName="one">${TONES.map((each) => `<Choice value="${each}"/>`).join("")}</Choices>
    <TextArea name="note" toName="one"/>
    <Number name="count" toName="one"/>
    <Pairwise name="better" toName="one,other"/>
    <List name="list" value="$answers" title="Answers"/>
    <Ranker name="order" toName="list"/>
    <Taxonomy name="kind" toName="one">
      <Choice value="Animal"><Choice value="Cat"/><Choice value="Dog"/></Choice><Choice value="Thing"/>
    </Taxonomy>
    <DateTime name="when" toName="one" only="date"/>
  </View>
page: {real: 3, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels}
`;

export function judgements(tasks: number): Modality<Values> {
  const name = "crash-judged";
  return {
    project: name,
    empty: {},
    seed: (server) => seed(server, name, tasks),
    ready: async (page) => {
      await page.getByRole("spinbutton").waitFor();
    },
    bare,
    step,
    shown,
    looks,
    differs: (fields, doc) => {
      const [said, wanted] = [canonical(fields), canonical(doc)];
      return said === wanted ? null : `${said} instead of ${wanted}`;
    },
  };
}

const canonical = (fields: Values): string =>
  JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))));

function seed(server: Server, name: string, tasks: number): void {
  const folder = mkdtempSync(join(tmpdir(), "recension-crash-seed-"));
  const rows = Array.from({ length: tasks }, (_, id) => ({
    id: `${id}`,
    one: `The cat sat on mat ${id}.`,
    other: `A cat, and mat ${id}.`,
    answers: ENTRIES.map((title) => ({ id: IDS[title], title, body: title.toLowerCase() })),
  }));
  writeFileSync(join(folder, "rows.jsonl"), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  writeFileSync(join(folder, "project.yaml"), project(name));
  server.run(["repo", "create", name], folder);
  server.run(["put", `${name}@main`, "rows.jsonl"], folder);
  server.run(["project", "create", "project.yaml"], folder);
}

function step(page: Page, model: Model<Values>, dice: Chance): Step<Values> | null {
  const doc = docOf(model);
  const one = (
    what: string,
    field: string,
    value: unknown,
    joins: boolean,
    work: () => Promise<void>,
  ): Step<Values> => ({
    name: `${field} ${what}`,
    states: [edited(model, put(doc, field, value), joins ? `value ${field}` : null)],
    do: async (mark) => {
      await work();
      mark();
    },
  });
  const option = (text: string) => page.locator(".option").filter({ hasText: text });
  switch (dice.below(8)) {
    case 0: {
      const topic = dice.pick(TOPICS);
      const before = (doc.topics as string[] | undefined) ?? [];
      const after = TOPICS.filter((each) => before.includes(each) !== (each === topic));
      return one(topic, "topics", after.length > 0 ? after : null, false, () => option(topic).click());
    }
    case 1: {
      const tone = dice.pick(TONES);
      return one(tone, "tone", doc.tone === tone ? null : tone, false, () => option(tone).click());
    }
    case 2: {
      const text = dice.pick(["one cat", "two", "gs 1?", "naive"]);
      const before = (doc.note as string | undefined) ?? "";
      const focus = () => page.getByRole("textbox", { name: "note" }).click();
      return typing("note", model, "value note", text, before, (d, t) => put(d, "note", t), focus, page);
    }
    case 3: {
      const digits = String(dice.between(1, 99));
      const before = doc.count === undefined ? "" : String(doc.count);
      if (before.length > 4) return null;
      const focus = () => page.getByRole("spinbutton").click();
      const write = (d: Values, t: string) => put(d, "count", Number(t));
      return typing("count", model, "value count", digits, before, write, focus, page);
    }
    case 4: {
      const side = dice.pick(Object.keys(SIDES));
      const value = doc.better === SIDES[side] ? null : SIDES[side];
      return one(side, "better", value, false, () => page.getByRole("button", { name: side }).click());
    }
    case 5: {
      const order = (doc.order as string[] | undefined) ?? ENTRIES.map((title) => IDS[title] ?? "");
      const title = dice.pick(ENTRIES);
      const at = order.indexOf(IDS[title] ?? "");
      if (at === 0) return null;
      const after = order.filter((_, i) => i !== at);
      after.splice(at - 1, 0, order[at] ?? "");
      const work = () => page.getByRole("button", { name: `${title}: up` }).click();
      return one(`${title} up`, "order", after, true, work);
    }
    case 6: {
      const leaf = dice.pick(KINDS);
      const before = (doc.kind as string[][] | undefined) ?? [];
      const has = before.some((path) => path[1] === leaf);
      const after = has ? before.filter((path) => path[1] !== leaf) : [...before, ["Animal", leaf]];
      return one(leaf, "kind", after.length > 0 ? after : null, true, async () => {
        const box = page.getByRole("checkbox", { name: leaf });
        if (!(await box.isVisible()))
          await page.getByRole("button", { name: "What is below Animal" }).click();
        await box.click();
      });
    }
    default: {
      const date = `2024-05-${String(dice.between(10, 29))}`;
      if (doc.when === date) return null;
      const filled = edited(model, put(doc, "when", date), "value when");
      return {
        name: `when ${date}`,
        states: [filled, settled(filled)],
        do: async (mark) => {
          await page.getByLabel("when").fill(date);
          mark();
          await page.keyboard.press("Escape");
          mark();
        },
      };
    }
  }
}

/** Escape would leave. */
const bare = (page: Page): Promise<void> =>
  page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });

function put(doc: Values, field: string, value: unknown): Values {
  const { [field]: _, ...rest } = doc;
  return value === null || value === "" ? rest : { ...rest, [field]: value };
}

async function shown(page: Page): Promise<unknown> {
  await bare(page);
  return page.evaluate(() => {
    const text = (element: Element): string => {
      const copy = element.cloneNode(true) as Element;
      for (const key of copy.querySelectorAll("kbd, .key")) key.remove();
      return (copy.textContent ?? "").trim();
    };
    const input = (label: string): string =>
      document.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)?.value ?? "?";
    return {
      pressed: [...document.querySelectorAll(".option[aria-pressed=true]")].map(text),
      order: [...document.querySelectorAll(".ranking .grow")].map(text),
      chosen: (document.querySelector(".taxonomy [role=status]")?.textContent ?? "").replace("Chosen: ", ""),
      note: input("note"),
      count: input("count"),
      when: input("when"),
    };
  });
}

function looks(doc: Values): unknown {
  const topics = (doc.topics as string[] | undefined) ?? [];
  const side = Object.keys(SIDES).filter((each) => SIDES[each] === doc.better);
  const order = (doc.order as string[] | undefined) ?? [];
  const titles = order.map((id) => ENTRIES.find((title) => IDS[title] === id) ?? "");
  return {
    pressed: [...topics, ...(doc.tone ? [doc.tone] : []), ...side],
    order: titles.length > 0 ? titles : ENTRIES,
    chosen: ((doc.kind as string[][] | undefined) ?? []).map((path) => path.join(" / ")).join(", "),
    note: doc.note ?? "",
    count: doc.count === undefined ? "" : String(doc.count),
    when: doc.when ?? "",
  };
}
