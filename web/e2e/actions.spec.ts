/** Many items at once: picked, acted on with what it comes to said before, undone, exported; answers show at once. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { RECENSION } from "./global-setup";
import { STATE, server } from "./places";

const NAME = "acted";
const LINES = Array.from({ length: 12 }, (_, n) => `Line ${String(n).padStart(2, "0")} of a dozen`);
const YAML = `project: ${NAME}
title: A dozen lines
input: {repo: ${NAME}-pool, glob: "/*.csv", rows: {format: csv, key: null}, columns: {line: line}}
label_config: |
  <View>
    <Text name="line" value="$line"/>
    <Choices name="tone" toName="line" required="true"><Choice value="Calm"/><Choice value="Loud"/></Choices>
  </View>
overlap: 1
page: {real: 3, control: 0}
consensus: {method: majority}
output: {repo: ${NAME}-labels}
`;

const at = (path: string): string => server().url + path;
const api = (path: string): string => at(`/api/v1/projects/${NAME}${path}`);
const rows = (page: Page) => page.getByRole("button", { name: /^Answers to:/ });
const box = (page: Page, line: number) => page.getByRole("checkbox", { name: `Pick ${LINES[line]}` });

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ storageState: STATE });
  const there = await request.get(at(`/api/v1/repos/${NAME}-pool`));
  await request.dispose();
  if (there.ok()) return;
  const folder = mkdtempSync(join(tmpdir(), "recension-actions-"));
  const run = (...args: string[]) =>
    execFileSync(RECENSION, [...args, "--home", server().home], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  writeFileSync(join(folder, "acted.yaml"), YAML);
  writeFileSync(join(folder, "lines.csv"), `line\n${LINES.join("\n")}\n`);
  run("repo", "create", `${NAME}-pool`);
  run("put", `${NAME}-pool@main`, "lines.csv");
  run("project", "create", "acted.yaml");
});

async function open(page: Page, query = ""): Promise<void> {
  await page.goto(at(`/p/${NAME}?tab=tasks${query}`));
  await expect(rows(page).first()).toBeVisible();
}

async function act(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "Do something with what is picked" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function noBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("an answer shows in the table at once, and so does who holds what", async ({ page }) => {
  await open(page, `&columns=data.line,status,lease,held_by,label.tone&sort=data.line`);
  const headers = { origin: server().url };
  const pages = await page.request.post(api("/pages"), { headers, data: {} });
  const { page: held } = (await pages.json()) as { page: { id: number; tasks: { id: number }[] } };
  await expect(page.getByText("held", { exact: true })).toHaveCount(3);
  const [first] = held.tasks;
  const body = { answer_id: crypto.randomUUID(), task: first?.id, fields: { tone: "Loud" }, spent_ms: 900 };
  const given = await page.request.post(at(`/api/v1/pages/${held.id}/answers`), { headers, data: body });
  expect(given.ok(), await given.text()).toBe(true);
  await expect(page.getByRole("cell", { name: "Loud" })).toHaveCount(1);
  await expect(page.getByText("held", { exact: true })).toHaveCount(2);
});

test("what is picked is acted on, told, and undone", async ({ page }) => {
  await open(page, `&columns=data.line,status,priority&sort=data.line`);
  await box(page, 8).check();
  await box(page, 10).check({ force: true });
  await expect(page.getByText("2 items picked")).toBeVisible();
  await box(page, 11).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 items picked")).toBeVisible();
  await act(page, "Set priority…");
  const dialog = page.getByRole("dialog", { name: "Set the priority of 3 items" });
  await expect(dialog.getByText("3 tasks of 3 will change.")).toBeVisible();
  await noBarriers(page);
  await dialog.getByRole("button", { name: "Set priority" }).click();
  const told = page.getByRole("region", { name: "Set priority: high" });
  await expect(told).toContainText("3 of 3 tasks changed");
  await expect(page.getByRole("cell", { name: "high" })).toHaveCount(3);
  await noBarriers(page);
  await told.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("region", { name: "Undo: Set priority" })).toContainText(
    "3 of 3 tasks changed",
  );
  await expect(page.getByRole("cell", { name: "high" })).toHaveCount(0);
});

test("all that pass a filter but one are excluded, and what cannot change is said before", async ({
  page,
}) => {
  await open(page, `&columns=data.line,status&sort=data.line`);
  await page.getByRole("checkbox", { name: "Pick all that pass the filter" }).check();
  await box(page, 0).uncheck();
  await expect(page.getByText("11 items picked")).toBeVisible();
  await act(page, "Exclude…");
  const dialog = page.getByRole("dialog", { name: "Exclude 11 items" });
  await expect(dialog.getByText("11 tasks of 11 will change.")).toBeVisible();
  await dialog.getByRole("button", { name: "Exclude" }).click();
  await expect(page.getByRole("cell", { name: "excluded" })).toHaveCount(11);
  await page.getByRole("checkbox", { name: "Pick all that pass the filter" }).check();
  await act(page, "Include again…");
  const back = page.getByRole("dialog", { name: "Include again 12 items" });
  await expect(back.getByText("11 tasks of 12 will change.")).toBeVisible();
  await expect(back.getByText("Left alone, 1: not excluded")).toBeVisible();
  await back.getByRole("button", { name: "Include" }).click();
  await expect(page.getByRole("cell", { name: "excluded" })).toHaveCount(0);
});

test("labels of what is picked are exported; what is picked is kept as a view", async ({ page }) => {
  await open(page, `&columns=data.line,status&sort=data.line`);
  await box(page, 1).check();
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export 1 item" });
  await dialog.getByLabel("Format").selectOption("recension");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`${NAME}-recension.zip`);
  expect(readFileSync(await file.path()).includes("items/")).toBe(true);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "Save as view" }).click();
  await page.getByLabel("Name").fill("To talk about");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "To talk about" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("no barrier with rows picked, in either theme", async ({ page }) => {
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await open(page, `&columns=data.line,status,lease,priority,label.tone&sort=data.line`);
    await box(page, 2).check();
    await box(page, 3).check();
    await noBarriers(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/actions-${scheme}.png` });
    await act(page, "Accept suggestions…");
    await expect(page.getByText("Left alone, 2: no suggestion like that")).toBeVisible();
    await noBarriers(page);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/actions-dialog-${scheme}.png` });
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("button", { name: "Do something with what is picked" }).click();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/actions-menu-${scheme}.png` });
  }
});

test("a key that a person changed follows them to another browser", async ({ page, browser }) => {
  await page.goto(at(`/p/${NAME}/label`));
  await expect(page.getByText("of a dozen").first()).toBeVisible();
  await page.keyboard.press("?");
  await page.getByRole("button", { name: "Change keys" }).click();
  const skip = "Key of Skip: press a new one";
  await page.getByRole("button", { name: skip }).press("g");
  await expect(page.getByRole("alert")).toContainText("Show or hide the guideline");
  await page.getByRole("button", { name: skip }).press("x");
  await expect(page.getByRole("button", { name: skip })).toHaveText("X");
  const settings = at("/api/v1/me/settings");
  await expect
    .poll(async () => ((await (await page.request.get(settings)).json()) as { keys: unknown }).keys)
    .toEqual({ skip: "x" });
  const elsewhere = await browser.newContext({ storageState: STATE });
  const other = await elsewhere.newPage();
  await other.goto(at(`/p/${NAME}/label`));
  await expect(other.getByText("of a dozen").first()).toBeVisible();
  await other.keyboard.press("?");
  await expect(other.getByRole("dialog").getByText("X", { exact: true })).toBeVisible();
  await elsewhere.close();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect
    .poll(async () => ((await (await page.request.get(settings)).json()) as { keys: unknown }).keys)
    .toEqual({});
});

test("a queue of the review is agreed with from the keyboard, and that is undone", async ({ page }) => {
  const headers = { origin: server().url };
  for (let turn = 0; turn < 3; turn++) {
    const answer = await page.request.post(api("/pages"), { headers, data: { holding: [] } });
    const { page: held } = (await answer.json()) as {
      page: { id: number; tasks: { id: number; answer: unknown }[] };
    };
    for (const task of held.tasks.filter(({ answer: said }) => said === null)) {
      const body = { answer_id: crypto.randomUUID(), task: task.id, fields: { tone: "Calm" }, spent_ms: 900 };
      await page.request.post(at(`/api/v1/pages/${held.id}/answers`), { headers, data: body });
    }
  }
  const waiting = async (): Promise<number> => {
    const answer = await page.request.get(api("/review?status=unreviewed&counts=true"));
    return ((await answer.json()) as { counts: { unreviewed: number } }).counts.unreviewed;
  };
  const before = await waiting();
  expect(before).toBeGreaterThan(6);
  await page.goto(at(`/p/${NAME}/review?status=unreviewed`));
  await expect(page.getByText(`1 / ${before}`)).toBeVisible();
  await page.keyboard.press("l");
  const agree = (n: number) => page.getByRole("button", { name: `Agree with ${n} tasks` });
  await expect(agree(before)).toBeVisible();
  await page.keyboard.press("Shift+X");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(agree(2)).toBeVisible();
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await noBarriers(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/review-list-${scheme}.png` });
  }
  await page.keyboard.press("Enter");
  await expect.poll(waiting).toBe(before - 2);
  await expect(agree(before - 2)).toBeVisible();
  await page.keyboard.press("Backspace");
  await expect.poll(waiting).toBe(before);
  await expect(agree(before)).toBeVisible();
  await page.keyboard.press("Shift+Enter");
  const dialog = page.getByRole("dialog", { name: `Agree with the answers of ${before} items` });
  await expect(dialog.getByText(`${before} tasks of ${before} will change.`)).toBeVisible();
  await dialog.getByRole("button", { name: "Agree" }).click();
  await expect.poll(waiting).toBe(0);
  await expect(page.getByText("Every answer was reviewed")).toBeVisible();
});
