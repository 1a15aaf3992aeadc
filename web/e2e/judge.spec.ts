/** Questions of every kind about whole tasks, on screens that a config lays out. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { RECENSION } from "./global-setup";
import { server } from "./places";

const ROW = {
  id: "1",
  one: "The cat sat on the mat.",
  other: "A cat, a mat.",
  facts: { author: "Ada", year: 1843 },
  turns: [
    { author: "Ada", text: "Is it better?" },
    { author: "Bob", text: "I think so." },
  ],
  answers: [
    { id: "a", title: "First", body: "one" },
    { id: "b", title: "Second", body: "two" },
    { id: "c", title: "Third", body: "three" },
  ],
  html: "<p>Some <b>bold</b> text<img src=x onerror='window.bad=1'></p>",
};
const PROJECT = `project: judged
input: {repo: judged, glob: "/*.jsonl", rows: {format: jsonl, key: id}}
label_config: |
  <View>
    <Style>.pair { display: flex; gap: 24px }</Style>
    <Header value="Compare"/>
    <View className="pair"><Text name="one" value="$one"/><Text name="other" value="$other"/></View>
    <Pairwise name="better" toName="one,other"/>
    <Collapse><Panel value="About it" open="true"><Table name="facts" value="$facts"/></Panel></Collapse>
    <HyperText name="html" value="$html"/>
    <Paragraphs name="talk" value="$turns" nameKey="author" textKey="text"/>
    <List name="list" value="$answers" title="Answers"/>
    <Ranker name="order" toName="list"/>
    <Taxonomy name="kind" toName="one">
      <Choice value="Animal"><Choice value="Cat"/><Choice value="Dog"/></Choice><Choice value="Thing"/>
    </Taxonomy>
    <DateTime name="when" toName="one" only="date"/>
    <TextArea name="notes" toName="one" maxSubmissions="3"/>
    <Choices name="sure" toName="one"><Choice value="yes"/><Choice value="no"/></Choices>
    <View visibleWhen="choice-selected" whenTagName="sure" whenChoiceValue="no">
      <Header value="Why not?"/>
      <Rating name="doubt" toName="one" maxRating="3"/>
    </View>
  </View>
page: {real: 1, control: 0, time_limit_s: 600}
output: {repo: judged-labels}
`;

test.beforeAll(() => {
  const { home } = server();
  const folder = mkdtempSync(join(tmpdir(), "recension-judged-"));
  const run = (...args: string[]) =>
    execFileSync(RECENSION, [...args, "--home", home], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  writeFileSync(join(folder, "rows.jsonl"), `${JSON.stringify(ROW)}\n`);
  writeFileSync(join(folder, "judged.yaml"), PROJECT);
  try {
    run("repo", "create", "judged");
  } catch {
    return; // a test that failed is followed by a new worker, which finds everything made
  }
  run("put", "judged@main", "rows.jsonl");
  run("project", "create", "judged.yaml");
});

test("pairs, orders, trees, dates and several texts are answered, and hidden questions appear", async ({
  page,
}) => {
  await page.goto(`${server().url}/p/judged/label`);
  await expect(page.getByText("The cat sat on the mat.")).toBeVisible();
  await expect(page.getByRole("rowheader", { name: "author" })).toBeVisible();
  await expect(page.getByText("I think so.")).toBeVisible();
  expect(await page.evaluate(() => (window as { bad?: number }).bad)).toBeUndefined();
  const pair = page.locator(".pair");
  expect(await pair.evaluate((element) => getComputedStyle(element).gap)).toBe("24px");
  expect(
    await page.evaluate(() => getComputedStyle(document.querySelector(".bench-bar") as Element).gap),
  ).not.toBe("24px");

  // A second try finds what the first has left in the draft.
  const left = page.getByRole("button", { name: "The left one" });
  if ((await left.getAttribute("aria-pressed")) === "false") await left.click();
  await page.getByRole("button", { name: "Third: up" }).click();
  await page.getByRole("button", { name: "Third: up" }).press("Alt+ArrowUp");
  await page.getByRole("button", { name: "What is below Animal" }).click();
  await page.getByRole("checkbox", { name: "Cat" }).check();
  await page.getByLabel("when").fill("2024-05-06");
  await page.getByLabel("notes").fill("first");
  await page.getByRole("button", { name: "Add another" }).click();
  await page.getByRole("textbox", { name: "notes 2" }).fill("second");
  await page.getByRole("textbox", { name: "notes 2" }).press("Escape");
  await expect(page.getByText("Why not?")).toHaveCount(0);
  await page.locator(".option").filter({ hasText: /no$/ }).click();
  await expect(page.getByText("Why not?")).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" }); // colours turn at once
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.screenshot({ path: test.info().outputPath(`judged-${scheme}.png`), fullPage: true });
  }
  await page.getByRole("button", { name: "Submit" }).click();
  const answers = async () => {
    const response = await page.request.get(`${server().url}/api/v1/projects/judged/answers`);
    return ((await response.json()) as { answers: { fields: Record<string, unknown> }[] }).answers;
  };
  await expect.poll(async () => (await answers()).length).toBe(1);
  expect((await answers())[0]?.fields).toEqual({
    better: "left",
    order: ["c", "a", "b"],
    kind: [["Animal", "Cat"]],
    when: "2024-05-06",
    notes: ["first", "second"],
    sure: "no",
  });
});
