/** Review: two people's boxes over one another, verdicts by keys, and an answer that comes back to its author. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { RECENSION } from "./global-setup";
import { STATE, server } from "./places";

const SAMPLES = join(import.meta.dirname, "..", "..", "tests", "samples", "bccd");
const CELLS = "BloodImage_00000 BloodImage_00001 BloodImage_00002".split(" ");
const LINES = ["One line of text", "Another line of text", "A third line"];

const cells = `project: reviewed-cells
title: Cells of two people
input: {repo: reviewed-cells-pool, glob: "/*.jpg"}
label_config: |
  <View>
    <Image name="picture" value="$image"/>
    <RectangleLabels name="cells" toName="picture">
      <Label value="RBC"/><Label value="WBC"/><Label value="Platelets"/>
    </RectangleLabels>
  </View>
overlap: 2
page: {real: 3, control: 0}
output: {repo: reviewed-cells-labels}
`;
const lines = `project: reviewed-lines
title: Lines of two people
input: {repo: reviewed-lines-pool, glob: "/*.csv", rows: {format: csv, key: null}, columns: {line: line}}
label_config: |
  <View>
    <Text name="line" value="$line"/>
    <Labels name="parts" toName="line"><Label value="Thing"/><Label value="Number"/></Labels>
    <Choices name="tone" toName="line" required="true"><Choice value="Calm"/><Choice value="Loud"/></Choices>
  </View>
overlap: 2
page: {real: 3, control: 0}
consensus: {method: majority}
output: {repo: reviewed-lines-labels}
`;

const said = lines
  .replaceAll("reviewed-lines", "reviewed-said")
  .replace("overlap: 2", "overlap: 1")
  .replace("repo: reviewed-said-pool", "repo: reviewed-lines-pool");

interface Region {
  id: string;
  shape: Record<string, number>;
}
interface Task {
  id: number;
  data: Record<string, unknown>;
  answers: { seq: number; worker: string; fields: Record<string, unknown>; withdrawn: boolean }[];
  decision: { fields: Record<string, unknown>; by: string } | null;
  pairs: { value: number }[];
}

const api = (path: string): string => `${server().url}/api/v1${path}`;

/** Everything of one status, as the server says it. */
async function reviewed(request: APIRequestContext, project: string, status: string): Promise<Task[]> {
  const answer = await request.get(api(`/projects/${project}/review?status=${status}`));
  expect(answer.ok()).toBe(true);
  return ((await answer.json()) as { tasks: Task[] }).tasks;
}

async function person(request: APIRequestContext, name: string): Promise<Record<string, string>> {
  const headers = { origin: server().url };
  await request.post(api("/users"), { headers, data: { name, roles: ["annotator"] } });
  const made = await request.post(api("/tokens"), { headers, data: { name: "review", user: name } });
  const { token } = (await made.json()) as { token: string };
  return { ...headers, authorization: `Bearer ${token}` };
}

/** One page of a project, answered by a function of each task's data. */
async function answerPage(
  request: APIRequestContext,
  project: string,
  headers: Record<string, string>,
  say: (data: Record<string, unknown>, at: number) => Record<string, unknown>,
): Promise<void> {
  const answer = await request.post(api(`/projects/${project}/pages`), { headers, data: {} });
  const { page } = (await answer.json()) as { page: { id: number; tasks: Task[] } };
  for (const [at, task] of page.tasks.entries()) {
    const given = await request.post(api(`/pages/${page.id}/answers`), {
      headers,
      data: {
        answer_id: `${project} ${headers.authorization?.slice(-8)} ${task.id}`,
        task: task.id,
        fields: say(task.data, at),
        spent_ms: 1000,
      },
    });
    expect(given.ok(), await given.text()).toBe(true);
  }
}

const span = (id: string, start: number, end: number, label: string) => ({
  id,
  shape: { type: "span", start, end },
  labels: [label],
});

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ storageState: STATE });
  if ((await request.get(api("/repos/reviewed-cells-pool"))).ok()) return request.dispose();
  const folder = mkdtempSync(join(tmpdir(), "recension-review-"));
  const run = (...args: string[]) =>
    execFileSync(RECENSION, [...args, "--home", server().home], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  writeFileSync(join(folder, "cells.yaml"), cells);
  writeFileSync(join(folder, "lines.yaml"), lines);
  writeFileSync(join(folder, "said.yaml"), said);
  writeFileSync(join(folder, "lines.csv"), `line\n${LINES.join("\n")}\n`);
  run("repo", "create", "reviewed-cells-pool");
  run("put", "reviewed-cells-pool@main", ...CELLS.map((name) => join(SAMPLES, "images", `${name}.jpg`)));
  run("project", "create", "cells.yaml");
  run("repo", "create", "reviewed-lines-pool");
  run("put", "reviewed-lines-pool@main", "lines.csv");
  run("project", "create", "lines.yaml");
  run("project", "create", "said.yaml");
  run("project", "import", "reviewed-cells", SAMPLES, "--from", "voc", "--worker", "gold");
  const [bea, cid] = [await person(request, "bea-reviewed"), await person(request, "cid-reviewed")];
  // The same boxes, each a few pixels off.
  const gold = await reviewed(request, "reviewed-cells", "unreviewed");
  expect(gold).toHaveLength(3);
  const boxes = new Map(
    gold.map((task) => [JSON.stringify(task.data), task.answers[0]?.fields.cells as Region[]]),
  );
  await answerPage(request, "reviewed-cells", bea, (data) => ({
    cells: (boxes.get(JSON.stringify(data)) ?? []).map((region, i) => ({
      ...region,
      shape: { ...region.shape, x: (region.shape.x ?? 0) + (i % 5) + 1 },
    })),
  }));
  const say = (tone: (at: number) => string, length: number) => (_: unknown, at: number) => ({
    parts: [span("p1", 0, length, "Thing")],
    tone: tone(at),
  });
  await answerPage(
    request,
    "reviewed-lines",
    bea,
    say(() => "Calm", 7),
  );
  await answerPage(
    request,
    "reviewed-lines",
    cid,
    say((at) => (at === 0 ? "Calm" : "Loud"), 8),
  );
  await request.dispose();
});

async function open(page: Page, project: string, status: string): Promise<void> {
  await page.goto(`${server().url}/p/${project}/review?status=${status}`);
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName("recension:review-painted").length))
    .toBeGreaterThan(0);
}

async function noBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("the boxes of two people lie over one another, with how far they agree", async ({ page }) => {
  await open(page, "reviewed-cells", "disputed");
  const side = page.getByRole("complementary", { name: "Answers and agreement" });
  await expect(side.getByRole("checkbox", { name: "A gold" })).toBeChecked();
  await expect(side.getByRole("checkbox", { name: "B bea-reviewed" })).toBeChecked();
  const [first] = await reviewed(page.request, "reviewed-cells", "disputed");
  await expect(side.getByRole("table")).toContainText((first?.pairs[0]?.value ?? 0).toFixed(3));
  const canvas = page.locator(".canvas-host");
  const both = await canvas.screenshot();
  await page.keyboard.press("2");
  await expect(side.getByRole("checkbox").nth(1)).not.toBeChecked();
  await expect.poll(async () => (await canvas.screenshot()).equals(both)).toBe(false);
  await page.keyboard.press("2");
  await expect.poll(async () => (await canvas.screenshot()).equals(both)).toBe(true);
});

test("no barrier in a review, in either theme", async ({ page }) => {
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await open(page, "reviewed-cells", "disputed");
    await page.getByText("History").click();
    await expect(page.getByRole("list", { name: "History of this task" })).toContainText("gold");
    await noBarriers(page);
    await page.screenshot({ path: `test-results/review-image-${scheme}.png` });
    await open(page, "reviewed-lines", "unreviewed");
    await noBarriers(page);
    await page.screenshot({ path: `test-results/review-text-${scheme}.png` });
  }
});

test("a fix begins with the chosen answer, and what is submitted is the decision", async ({ page }) => {
  await open(page, "reviewed-cells", "disputed");
  const [first] = await reviewed(page.request, "reviewed-cells", "disputed");
  const before = first?.answers[0]?.fields.cells as Region[];
  await page.keyboard.press("f");
  const regions = page.getByRole("listbox", { name: "Regions" }).getByRole("option");
  await regions.first().click();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Decision" })).toBeVisible();
  const done = await reviewed(page.request, "reviewed-cells", "done");
  const decided = done.find(({ id }) => id === first?.id)?.decision;
  expect(decided?.fields.cells as Region[]).toHaveLength(before.length - 1);
  // A verdict is taken back as quickly as it is given.
  await page.keyboard.press("Backspace");
  await expect(page.getByRole("heading", { name: "Decision" })).toHaveCount(0);
});

test("keys agree, settle and return; the author gets the task back with the comment", async ({ page }) => {
  await open(page, "reviewed-lines", "unreviewed");
  const all = await reviewed(page.request, "reviewed-lines", "unreviewed");
  expect(all).toHaveLength(3);
  const count = page.getByText("1 / 3");
  await expect(count).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 / 3")).toBeVisible();
  await page.keyboard.press("b");
  await expect(page.getByText("3 / 3")).toBeVisible();
  await page.keyboard.press("r");
  await page.getByLabel("What is to be changed?").fill("Is it really calm?");
  await page.getByRole("dialog").getByRole("button", { name: "Return" }).click();
  await expect(page.getByText("That was the last one")).toBeVisible();
  const done = await reviewed(page.request, "reviewed-lines", "done");
  expect(done.map(({ id }) => id).sort()).toEqual([all[0]?.id, all[1]?.id].sort());
  const second = done.find(({ id }) => id === all[1]?.id);
  expect(second?.decision?.fields).toEqual(second?.answers[1]?.fields);
  const [back] = await reviewed(page.request, "reviewed-lines", "returned");
  expect(back?.id).toBe(all[2]?.id);
  const bea = await person(page.request, "bea-reviewed");
  const answer = await page.request.post(api("/projects/reviewed-lines/pages"), { headers: bea, data: {} });
  const { page: again } = (await answer.json()) as {
    page: { tasks: { id: number; draft: unknown; returned: { comment: string } }[] };
  };
  expect(again.tasks).toHaveLength(1);
  expect(again.tasks[0]).toMatchObject({ id: all[2]?.id, returned: { comment: "Is it really calm?" } });
  expect(again.tasks[0]?.draft).toEqual(back?.answers[0]?.fields);
});

test("the log of a task says who said what; what was said before is restored as the decision", async ({
  page,
}) => {
  const [task] = await reviewed(page.request, "reviewed-cells", "unreviewed");
  await page.goto(`${server().url}/p/reviewed-cells?tab=tasks&task=${task?.id}`);
  await page.getByText("Log of this task").click();
  const log = page.getByRole("list", { name: "History of this task" });
  // Verdicts given and taken back by journeys before this one stand in it too.
  await expect.poll(() => log.getByRole("listitem").count()).toBeGreaterThanOrEqual(2);
  await log.getByRole("button", { name: "Restore what gold said" }).click();
  await expect(log).toContainText("decided");
  await expect(page.getByRole("region", { name: "Commits of its label" })).toContainText(
    "of 3 items settled",
  );
  await noBarriers(page);
  await page.screenshot({ path: "test-results/review-log.png" });
  await page.getByRole("link", { name: "Review this task" }).click();
  await expect(page.getByRole("heading", { name: "Decision" })).toBeVisible();
  const done = await reviewed(page.request, "reviewed-cells", "done");
  expect(done.find(({ id }) => id === task?.id)?.decision?.fields).toEqual(task?.answers[0]?.fields);
});

test("what was unclear, and why a task was skipped, is told in review; what is returned comes back", async ({
  page,
}) => {
  const project = "reviewed-said";
  await page.goto(`${server().url}/p/${project}/label`);
  await page.getByText("Calm").click();
  await page.keyboard.press("Shift+U");
  await page.keyboard.press("Shift+C");
  await page.getByRole("dialog").getByRole("textbox").fill("Could be either.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await expect.poll(async () => (await reviewed(page.request, project, "unreviewed")).length).toBe(1);
  await page.keyboard.press("Shift+S");
  await page.getByRole("button", { name: "It cannot be made out" }).click();
  await expect(page.getByText("Saved")).toBeVisible();

  await open(page, project, "unreviewed");
  const side = page.getByRole("complementary", { name: "Answers and agreement" });
  await expect(side.getByText("unclear")).toBeVisible();
  await expect(side.getByText("Could be either.")).toBeVisible();
  await page.keyboard.press("r");
  await page.getByLabel("What is to be changed?").fill("Then say so: loud.");
  await page.getByRole("dialog").getByRole("button", { name: "Return" }).click();
  await expect(page.getByText("That was the last one")).toBeVisible();

  const log = await page.request.get(api(`/projects/${project}/answers`));
  const { answers } = (await log.json()) as { answers: { verb: string; reason: string | null }[] };
  expect(answers.map(({ verb, reason }) => [verb, reason])).toEqual([
    ["answer", null],
    ["skip", "It cannot be made out"],
    ["return", "Then say so: loud."],
  ]);
  // On the page after the one that is open.
  await page.goto(`${server().url}/p/${project}/label`);
  await page.getByText("Loud").click();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Then say so: loud.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Calm" })).toHaveAttribute("aria-pressed", "true");
});
