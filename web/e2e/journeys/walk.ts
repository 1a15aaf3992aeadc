/** The way that the answers of every tool go: given, changed, reviewed, exported, and back into another project. */
import { join } from "node:path";
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { painted } from "../cells";
import { drawingOn } from "../drawing";
import { SHARED, server } from "../places";
import {
  answers,
  converted,
  draft,
  exported,
  findsOutlines,
  makeProject,
  nameOf,
  standing,
  taken,
} from "./projects";
import { carried, type Fields, type Hands, type Tool, told } from "./tool";

const MOST_TABS = 60;
/** Few formats hold who labelled: it is said again where they are taken in. */
const NAMES = "names of annotators";

export function handsOn(page: Page): Hands {
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const by = async (dx: number, dy: number) => {
    for (const [n, key] of [
      [dx, dx < 0 ? "ArrowLeft" : "ArrowRight"],
      [dy, dy < 0 ? "ArrowUp" : "ArrowDown"],
    ] as const) {
      const far = Math.abs(n);
      for (let i = 0; i < Math.floor(far / 10); i++) await press(`Shift+${key}`);
      for (let i = 0; i < far % 10; i++) await press(key);
    }
  };
  const label = async (key: string) => {
    const option = page.locator(`[aria-keyshortcuts="${key}"]`);
    const drawing = page.locator(
      ".tool[aria-pressed=true]:not([aria-label^=Select]):not([aria-label^=Relate])",
    );
    const inForce = (await option.getAttribute("aria-pressed")) === "true" && (await drawing.count()) > 0;
    if (!inForce) await press(key);
  };
  const tabTo: Hands["tabTo"] = async (target) => {
    for (let i = 0; i < MOST_TABS; i++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await press("Tab");
    }
    throw new Error(`no way by Tab to ${target}`);
  };
  const regions = page.getByRole("listbox", { name: "Regions" }).getByRole("option");
  return { page, drawing: drawingOn(page), regions, press, label, by, tabTo };
}

/** Every tool is seen at every stage; one in two in the light. */
async function see(page: Page, tool: Tool, stage: string): Promise<void> {
  await page.mouse.move(2, 2);
  await page.screenshot({
    path: join(SHARED, "journeys", `${tool.family}-${nameOf(tool).slice(2)}-${stage}.png`),
  });
}

async function ready(page: Page, tool: Tool): Promise<void> {
  if (tool.family === "judgement" || tool.single) await expect(page.locator(".task .asked")).toBeVisible();
  else await painted(page);
}

const saved = (page: Page) => expect(page.locator(".saved")).toHaveText("Saved");

export async function walk(
  page: Page,
  request: APIRequestContext,
  tool: Tool,
  light: boolean,
): Promise<void> {
  const name = nameOf(tool);
  await page.emulateMedia({ colorScheme: light ? "light" : "dark", reducedMotion: "reduce" });
  await makeProject(request, tool, name);
  if (tool.needs === "outlines")
    test.skip(
      !(await findsOutlines(request, name)),
      "this server finds no outlines: pip install 'recension[images]'",
    );
  await test.step("answered by mouse, then by keys", () => answer(page, request, tool, name));
  await test.step("changed after a reload", () => change(page, request, tool, name));
  await test.step("reviewed", () => review(page, request, tool, name));
  await test.step("exported and taken in again", () => carry(page, request, tool, name));
}

async function answer(page: Page, request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  const hands = handsOn(page);
  await page.goto(`${server().url}/p/${name}/label`);
  await ready(page, tool);
  if (tool.single) await see(page, tool, "1-asked");
  await tool.mouse(hands);
  if (!tool.single) {
    await see(page, tool, "1-by-mouse");
    await page.getByRole("button", { name: "Submit" }).click();
  }
  await expect.poll(async () => (await answers(request, name)).length).toBe(1);
  await expect(page.getByRole("img", { name: "Task 2 of 2 on this page" })).toBeVisible();
  await ready(page, tool);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await tool.keys(hands);
  if (!tool.single) {
    await see(page, tool, "2-by-keys");
    await page.keyboard.press(tool.submits ?? "Enter");
  }
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await saved(page);
  expect((await answers(request, name)).map(told)).toEqual(tool.wanted);
}

/** Back to the answered task: a step, taken back and taken again, each as the server hears of it. */
async function change(page: Page, request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  const hands = handsOn(page);
  const [, before = {}] = await answers(request, name);
  await page.reload();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await page.keyboard.press("Backspace");
  await ready(page, tool);
  await saved(page);
  expect(await answers(request, name)).toHaveLength(1);
  const drafted = () => draft(request, name).then((fields) => carried(fields));
  await tool.edit(hands);
  if (!tool.single) {
    await see(page, tool, "3-changed");
    await expect.poll(drafted).not.toEqual(carried(before));
    const changed = await drafted();
    // In a text that is being written, Ctrl Z is the browser's.
    if (await page.evaluate(() => document.activeElement?.matches("input:not([type=checkbox]), textarea")))
      await page.keyboard.press("Escape");
    await page.keyboard.press("Control+z");
    await expect.poll(drafted).toEqual(carried(before));
    await page.keyboard.press("Control+Shift+Z");
    await expect.poll(drafted).toEqual(changed);
    await page.getByRole("button", { name: "Submit" }).click();
  }
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await saved(page);
  const [, after = {}] = await answers(request, name);
  expect(carried(after)).not.toEqual(carried(before));
}

async function openReview(page: Page, tool: Tool, name: string, status: string): Promise<void> {
  await page.goto(`${server().url}/p/${name}/review?status=${status}`);
  if (tool.family === "judgement" || tool.single)
    await expect(page.locator(".review-text, .canvas-pane")).toBeVisible();
  else
    await expect
      .poll(() => page.evaluate(() => performance.getEntriesByName("recension:review-painted").length))
      .toBeGreaterThan(0);
}

/** The first answer is right; the second is not, and is put right by the reviewer or by its author. */
async function review(page: Page, request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  await openReview(page, tool, name, "unreviewed");
  await see(page, tool, "4-review");
  await expect(page.getByText("1 / 2")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 / 2")).toBeVisible();
  if (tool.review === "fix") await fix(page, tool);
  else await giveBack(page, request, tool, name);
}

async function fix(page: Page, tool: Tool): Promise<void> {
  await page.keyboard.press("f");
  await expect(page.locator(".review-fix .bench-main")).toBeVisible();
  await ready(page, tool);
  await tool.edit(handsOn(page));
  if (!tool.single) {
    await see(page, tool, "5-fix");
    await page.getByRole("button", { name: "Submit" }).click();
  }
  await expect(page.getByRole("heading", { name: "Decision" })).toBeVisible();
  await see(page, tool, "6-decided");
}

async function giveBack(page: Page, request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  const before = await answers(request, name);
  await page.keyboard.press("r");
  await page.getByLabel("What is to be changed?").fill("Not quite: look again.");
  await page.getByRole("dialog").getByRole("button", { name: "Return" }).click();
  await expect(page.getByText("That was the last one")).toBeVisible();
  await page.goto(`${server().url}/p/${name}/label`);
  await expect(page.getByText("Not quite: look again.")).toBeVisible();
  await ready(page, tool);
  await expect(page.locator(".bench-main")).toBeInViewport({ ratio: 1 });
  await see(page, tool, "5-returned");
  await tool.edit(handsOn(page));
  if (!tool.single) await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await saved(page);
  const after = await answers(request, name);
  expect(after).toHaveLength(2);
  expect(after.map(carried)).not.toEqual(before.map(carried));
}

/** Out as documents and in a format of others; in again, where the same must be said. */
async function carry(page: Page, request: APIRequestContext, tool: Tool, name: string): Promise<void> {
  const given = standing(await exported(request, name));
  const said = (all: readonly Fields[]) => all.map((each) => JSON.stringify(carried(each))).sort();
  expect(said(given.map(({ fields }) => fields))).toEqual(said(await answers(request, name)));
  const [ours, theirs] = [`${name}-ours`, `${name}-theirs`];
  const decided = tool.review === "fix" ? ["what reviewers decided (recension-consensus has it)"] : [];

  await makeProject(request, tool, ours);
  const took = taken(ours, `${name}-labels@main`, "recension");
  expect(took.lost.map(({ what }) => what)).toEqual(decided);
  expect(standing(await exported(request, ours))).toEqual(given);

  await makeProject(request, tool, theirs);
  const { folder, lost } = converted(tool, `${name}-labels@main`);
  const others = lost.map(({ what }) => what).filter((what) => what !== NAMES);
  expect(others.sort()).toEqual([...decided, ...(tool.lost ?? [])].sort());
  const back = taken(theirs, folder, tool.format, ["--worker", given[0]?.worker ?? ""]);
  expect(back.annotations.unknown).toEqual([]);
  const plain = ({ item, fields }: { item: string; fields: Fields }) => ({ item, fields: carried(fields) });
  expect(standing(await exported(request, theirs)).map(plain)).toEqual(given.map(plain));

  await openReview(page, tool, theirs, "unreviewed");
  await see(page, tool, "7-came-back");
}
