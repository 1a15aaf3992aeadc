/** The workbench of texts: by mouse, by keys, over a reload, and with texts that mean harm. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { painted } from "./cells";
import { RECENSION } from "./global-setup";
import { server } from "./places";
import { boxOf, dragOver } from "./words";

const NAMES = join(import.meta.dirname, "..", "..", "tests", "samples", "ner", "emerging.dev.conll");
const HOSTILE = `<p onclick="parent.bad=1">Ada <b>Lovelace</b></p><img src=x onerror="parent.bad=1">
<script>parent.bad=1</script><svg onload="parent.bad=1"><a href="javascript:parent.bad=1">x</a></svg>
<style>body{display:none}</style><a href="javascript:parent.bad=1">in London</a><iframe srcdoc="<script>1</script>"></iframe>`;
const TURNS = [
  { author: "Ada", text: "Where were you?" },
  { author: "Bob", text: "In Köln 😀, with Carl.", words: ["one", "two"] },
];

const labels = `<Label value="person"/><Label value="location"/><Label value="group"/>`;
const CONFIGS: Record<string, string> = {
  mouse: `<Text name="text" value="$text" granularity="word"/>
    <Labels name="names" toName="text">${labels}</Labels>
    <Relations><Relation value="lives in"/></Relations>`,
  keys: `<Text name="text" value="$text"/><Labels name="names" toName="text">${labels}</Labels>
    <Choices name="tone" toName="text"><Choice value="friendly"/><Choice value="angry"/></Choices>`,
  arcs: `<Text name="text" value="$text" granularity="word"/>
    <Labels name="names" toName="text">${labels}</Labels>
    <Relations><Relation value="lives in"/><Relation value="knows"/></Relations>`,
  filled: `<Header value="$turns[0].author asks" size="2"/>
    <Text name="text" value="She says: $turns[1].text"/>
    <Labels name="names" toName="text">${labels}</Labels>
    <Repeater on="$turns"><Repeater on="$turns[{{idx}}].words" indexFlag="{{word}}">
      <Text name="word_{{idx}}_{{word}}" value="$turns[{{idx}}].words[{{word}}]"/></Repeater></Repeater>`,
  html: `<HyperText name="text" value="$html"/><HyperTextLabels name="names" toName="text">${labels}</HyperTextLabels>`,
  dialogue: `<Paragraphs name="text" value="$turns" nameKey="author" textKey="text"/>
    <ParagraphLabels name="names" toName="text">${labels}</ParagraphLabels>`,
};
const project = (name: string, config: string): string => `project: texts-${name}
title: Names, ${name}
input: {repo: texts, glob: "/*.jsonl", rows: {format: jsonl, key: id}}
label_config: |
  <View>
    ${config}
  </View>
page: {real: 2, control: 0, time_limit_s: 600}
output: {repo: texts-${name}-labels}
`;

function texts(): string[] {
  const blocks = readFileSync(NAMES, "utf8").split(/\n\s*\n/);
  const lines = blocks.map((block) =>
    block
      .split("\n")
      .map((line) => line.split("\t")[0])
      .join(" ")
      .trim(),
  );
  return lines.filter((line) => line.length > 60).slice(0, 4);
}

test.beforeAll(() => {
  const { home } = server();
  const run = (args: string[], cwd: string) =>
    execFileSync(RECENSION, [...args, "--home", home], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const folder = mkdtempSync(join(tmpdir(), "recension-texts-"));
  const rows = texts().map((text, id) => JSON.stringify({ id, text, html: HOSTILE, turns: TURNS }));
  writeFileSync(join(folder, "texts.jsonl"), `${rows.join("\n")}\n`);
  try {
    run(["repo", "create", "texts"], folder);
  } catch {
    return; // a test that failed is followed by a new worker, which finds everything made
  }
  run(["put", "texts@main", "texts.jsonl"], folder);
  for (const [name, config] of Object.entries(CONFIGS)) {
    writeFileSync(join(folder, `${name}.yaml`), project(name, config));
    run(["project", "create", `${name}.yaml`], folder);
  }
});

async function openTexts(page: Page, name: string) {
  await page.goto(`${server().url}/p/texts-${name}/label`);
  await expect(page.locator(".text-host")).toBeVisible();
  return {
    host: page.locator(".text-host"),
    regions: page.getByRole("listbox", { name: "Regions" }).getByRole("option"),
  };
}

interface Span {
  readonly shape: { readonly start: number; readonly end: number };
  readonly labels: string[];
}

async function answers(page: Page, name: string): Promise<Record<string, Span[]>[]> {
  const response = await page.request.get(`${server().url}/api/v1/projects/texts-${name}/answers`);
  const body = (await response.json()) as { answers: { verb: string; fields: Record<string, Span[]> }[] };
  return body.answers.filter(({ verb }) => verb === "answer").map(({ fields }) => fields);
}

const heldBy = (text: string, span: Span | undefined): string =>
  [...text].slice(span?.shape.start, span?.shape.end).join("");

test("a word is marked by a double click and a digit, a stretch by a drag; both are sent", async ({
  page,
}) => {
  const { regions } = await openTexts(page, "mouse");
  const text = (await page.locator(".text-host").textContent()) ?? "";
  const words = text
    .split(" ")
    .filter((word) => /^[A-Za-z]{4,}$/.test(word) && text.split(word).length === 2);
  const [one, two, three] = words as [string, string, string];
  const box = await boxOf(page, one);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.press("1");
  await expect(regions).toHaveText([new RegExp(`${one} · person 1`)]);
  // The label stays: what is marked next has it.
  await dragOver(page, two, three);
  await expect(regions).toHaveCount(2);
  await page.keyboard.press("2");
  await expect(regions.nth(1)).toHaveText(/location 1/);
  await page.keyboard.press("Control+z");
  await expect(regions.nth(1)).toHaveText(/person 2/);
  await page.keyboard.press("Control+Shift+Z");
  await expect(regions.nth(1)).toHaveText(/location 1/);
  await page.keyboard.press("c");
  await regions.nth(0).click();
  await expect(page.getByText("Relations · 1")).toBeVisible();
  await page.reload();
  await expect(regions).toHaveCount(2);
  await expect(page.getByText("Relations · 1")).toBeVisible();
  await page.keyboard.press("Enter");
  await painted(page);
  await expect.poll(async () => (await answers(page, "mouse")).length).toBe(1);
  const [fields] = await answers(page, "mouse");
  expect(fields?.names?.map((span) => span.labels)).toEqual([["person"], ["location"]]);
  expect(heldBy(text, fields?.names?.[0])).toBe(one);
  expect(heldBy(text, fields?.names?.[1])).toBe(
    text.slice(text.indexOf(two), text.indexOf(three) + three.length),
  );
});

test("relations are arcs over the text: lit with their spans, named, turned and removed from the keyboard", async ({
  page,
}) => {
  const { host, regions } = await openTexts(page, "arcs");
  const arcs = page.locator(".text-arcs .arc");
  const text = (await host.textContent()) ?? "";
  const words = text
    .split(" ")
    .filter((word) => /^[A-Za-z]{4,}$/.test(word) && text.split(word).length === 2);
  for (const [i, word] of words.slice(0, 3).entries()) {
    const box = await boxOf(page, word);
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    if (i === 0) await page.keyboard.press("1");
  }
  await expect(regions).toHaveCount(3);
  await expect(arcs).toHaveCount(0);
  for (const [from, to] of [
    [0, 1],
    [0, 2],
  ] as const) {
    await regions.nth(from).click();
    await page.keyboard.press("c");
    await regions.nth(to).click();
  }
  await expect(arcs).toHaveCount(2);
  // An arc begins and ends at the spans that it joins, above them.
  const marks = host.locator("mark");
  const [first, second] = [await marks.nth(0).boundingBox(), await marks.nth(1).boundingBox()];
  const line = await arcs.nth(0).locator(".arc-line").boundingBox();
  if (!first || !second || !line) throw new Error("nothing is drawn");
  expect(line.x).toBeGreaterThanOrEqual(first.x - 1);
  expect(line.x + line.width).toBeLessThanOrEqual(second.x + second.width + 1);
  expect(line.y).toBeLessThan(first.y);
  expect(line.y).toBeGreaterThan(first.y - 40);
  // Those of a selected span stand out, and of one that lies under the mouse.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await regions.nth(1).click();
  await expect(page.locator(".arc.lit")).toHaveCount(1);
  await marks.nth(0).hover();
  await expect(page.locator(".arc.lit")).toHaveCount(2);
  await page.mouse.move(5, 300);
  // A click on an arc goes to its line in the list; from there keys do the rest.
  const reach = (await arcs.nth(0).locator(".arc-reach").boundingBox()) ?? line;
  await page.mouse.click(reach.x + reach.width / 2, line.y);
  const focused = page.locator(".relations li button:focus");
  await expect(focused).toHaveCount(1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".arc-name")).toHaveText(["lives in"]);
  await page.screenshot({ path: test.info().outputPath("arcs-dark.png") });
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: test.info().outputPath("arcs-light.png") });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // turned
  await page.keyboard.press("Delete");
  await expect(arcs).toHaveCount(1);
  await expect(page.getByText("Relations · 1")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(arcs).toHaveCount(2);
  await page.reload();
  await expect(arcs).toHaveCount(2);
  await expect(page.locator(".relations li").first()).toContainText(`${words[0]}`);
});

test("everything is done by keys alone: move, widen, label, choose, delete, answer, submit, take back", async ({
  page,
}) => {
  const { host, regions } = await openTexts(page, "keys");
  const text = (await host.textContent()) ?? "";
  const first = /^\S+/.exec(text)?.[0] ?? "";
  while (!(await host.evaluate((element) => element === document.activeElement)))
    await page.keyboard.press("Tab");
  await page.keyboard.press("Home");
  for (let i = 0; i < first.length; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("1");
  await expect(regions).toHaveText([/person 1/]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Control+Shift+ArrowRight");
  await page.keyboard.press("3");
  await expect(regions).toHaveCount(2);
  await page.keyboard.press("Delete");
  await expect(regions).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(regions).toHaveCount(2);
  await page.keyboard.press("4");
  await expect(page.getByRole("button", { name: "friendly" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await answers(page, "keys")).length).toBe(1);
  const [fields] = await answers(page, "keys");
  expect(heldBy(text, fields?.names?.[0])).toBe(first);
  expect(fields?.tone).toBe("friendly");
  await expect(regions).toHaveCount(0);
  await page.keyboard.press("Backspace");
  await expect(regions).toHaveCount(2);
});

test("hostile HTML is text and nothing else, and its offsets are those of the server", async ({ page }) => {
  const { host, regions } = await openTexts(page, "html");
  await expect(host).toContainText("in London");
  expect(await page.evaluate(() => (window as { bad?: number }).bad)).toBeUndefined();
  expect(await host.locator("script, svg, img, iframe, style, a").count()).toBe(0);
  expect(
    await host.evaluate((element) =>
      [...element.querySelectorAll("*")].some((each) => each.hasAttribute("onclick")),
    ),
  ).toBe(false);
  await dragOver(page, "Ada ", "Lovelace");
  await page.keyboard.press("1");
  await expect(regions).toHaveText([/Ada Lovelace · person 1/]);
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await answers(page, "html")).length).toBe(1);
  const [fields] = await answers(page, "html");
  expect(fields?.names?.[0]?.shape).toMatchObject({ start: 0, end: 12 });
});

test("texts with fields in them and repeaters in repeaters are those of the task", async ({ page }) => {
  const { host, regions } = await openTexts(page, "filled");
  await expect(page.getByRole("heading", { name: "Ada asks" })).toBeVisible();
  await expect(host).toHaveText("She says: In Köln 😀, with Carl.");
  await expect(page.locator(".text-pane")).toContainText(/one.*two/s);
  const box = await boxOf(page, "Carl");
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.press("1");
  await expect(regions).toHaveText([/Carl · person 1/]);
  await page.screenshot({ path: test.info().outputPath("filled.png") });
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await answers(page, "filled")).length).toBe(1);
  const [fields] = await answers(page, "filled");
  expect(heldBy("She says: In Köln 😀, with Carl.", fields?.names?.[0])).toBe("Carl");
});

test("a dialogue is marked across its turns, and characters beyond 16 bits count once", async ({ page }) => {
  const { regions } = await openTexts(page, "dialogue");
  await dragOver(page, "Carl", "Carl");
  await page.keyboard.press("1");
  await expect(regions).toHaveText([/Carl · person 1/]);
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await answers(page, "dialogue")).length).toBe(1);
  const [fields] = await answers(page, "dialogue");
  const whole = TURNS.map(({ text }) => text).join("\n");
  expect(heldBy(whole, fields?.names?.[0])).toBe("Carl");
});

for (const scheme of ["light", "dark"] as const) {
  test(`no barrier while texts are marked, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { regions } = await openTexts(page, "mouse");
    const box = await page.locator(".text-host").boundingBox();
    await page.mouse.dblclick((box?.x ?? 0) + 12, (box?.y ?? 0) + 15);
    await page.keyboard.press("2");
    await expect(regions).not.toHaveCount(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}
