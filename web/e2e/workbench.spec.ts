/** The workbench under the fingers: quick, forgiving, and losing nothing. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { server } from "./places";
import { HEADLINES, HOSTILE } from "./seed";

async function open(page: Page, project: string): Promise<Locator> {
  await page.goto(`${server().url}/p/${project}/label`);
  const shown = page.getByLabel("What is asked about");
  await expect(shown).toBeVisible();
  return shown;
}

async function answers(
  page: Page,
  project: string,
): Promise<{ verb: string; task: number; worker: string }[]> {
  const response = await page.request.get(`${server().url}/api/v1/projects/${project}/answers`);
  return ((await response.json()) as { answers: { verb: string; task: number; worker: string }[] }).answers;
}

const headline = (i: number): string => HEADLINES[i] ?? "";

test("the next task is painted within a frame or two of the key", async ({ page }) => {
  const shown = await open(page, "speed");
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const watch = (event: KeyboardEvent) => {
      if (event.key !== "1" && event.key !== "2") return;
      const before = document.querySelector(".shown")?.textContent;
      let passed = 1;
      const look = () => {
        if (document.querySelector(".shown")?.textContent !== before) frames.push(passed);
        else {
          passed += 1;
          requestAnimationFrame(look);
        }
      };
      requestAnimationFrame(look);
    };
    window.addEventListener("keydown", watch, { capture: true });
  });
  for (let i = 0; i < 5; i++) {
    await expect(shown).toContainText(headline(i));
    await page.keyboard.press(i % 2 === 0 ? "1" : "2");
  }
  await expect(shown).toContainText(headline(5));
  const read = () => page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  await expect.poll(async () => (await read()).length).toBe(5);
  // Counted, not timed: frames of a busy machine are long, but no answer of the server may lie between key and task.
  expect(Math.max(...(await read()))).toBeLessThanOrEqual(2);
  await expect(page.getByText("Saved")).toBeVisible();
  await expect(page.getByText("$0.05")).toBeVisible();
});

test("answers survive a dead network, a lost reply and a reload, and arrive once", async ({ page }) => {
  const shown = await open(page, "offline");
  await page.route("**/api/v1/pages/*/answers", (route) => route.abort());
  await expect(shown).toContainText(headline(0));
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  await expect(page.getByText("Offline · 2 kept here")).toBeVisible();
  await expect(shown).toContainText(headline(2));

  await page.reload();
  await expect(shown).toContainText(headline(2));
  await expect(page.getByText(/2 kept here|Sending/)).toBeVisible();

  await page.unroute("**/api/v1/pages/*/answers");
  let lost = 0;
  await page.route("**/api/v1/pages/*/answers", async (route) => {
    const response = await route.fetch();
    // The server has acted; its word does not get through the first time.
    if (lost++ === 0) await route.abort();
    else await route.fulfill({ response });
  });
  await expect(page.getByText("Saved")).toBeVisible({ timeout: 20_000 });
  expect(lost).toBeGreaterThanOrEqual(3);
  const log = await answers(page, "offline");
  expect(log.length).toBe(2);
  expect(new Set(log.map((row) => row.task)).size).toBe(log.length);
});

test("training explains, insists, and lets go", async ({ page }) => {
  const shown = await open(page, "school");
  await expect(page.getByText("Training")).toBeVisible();
  await expect(page.getByRole("button", { name: /Skip/ })).toBeDisabled();
  await expect(shown).toContainText("Gunman");
  await page.keyboard.press("1");
  await expect(page.getByText("Not quite.")).toBeVisible();
  await expect(page.getByText("It says what happened.")).toBeVisible();
  await page.keyboard.press("2");
  await expect(shown).toContainText("15 Cats");
  await page.keyboard.press("1");
  await expect(shown).toContainText(headline(0));
  await expect(page.getByText("Training")).toBeHidden();
});

test("several fields: digits mark, typing types, a gap is named, Enter sends, a reload forgets nothing", async ({
  page,
}) => {
  const shown = await open(page, "survey");
  await expect(shown).toContainText(headline(0));
  await page.keyboard.press("3");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This needs an answer.")).toBeVisible();
  const note = page.getByRole("textbox", { name: "note" });
  await note.click();
  await note.pressSequentially("5 gs? s");
  await expect(shown).toContainText(headline(0));
  await expect(page.getByRole("button", { name: /Loud/ })).toHaveAttribute("aria-pressed", "false");

  await page.reload();
  await expect(note).toHaveValue("5 gs? s");
  await expect(page.getByRole("button", { name: /Sport/ })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("4");
  await page.keyboard.press("Enter");
  await expect(shown).toContainText(headline(1));
  await expect(page.getByText("Saved")).toBeVisible();
  const response = await page.request.get(`${server().url}/api/v1/projects/survey/answers`);
  const { answers: log } = (await response.json()) as { answers: { fields: object }[] };
  expect(log.at(-1)?.fields).toEqual({ topics: ["Sport", "Animals"], tone: "Calm", note: "5 gs? s" });
});

test("skip, guideline, keys and Escape", async ({ page }) => {
  const shown = await open(page, "loop");
  const first = (await shown.textContent()) ?? "";
  await page.keyboard.press("s");
  await expect(shown).not.toContainText(first);
  await page.keyboard.press("Backspace");
  await expect(shown).toContainText(first);
  await expect(page.getByText("Saved")).toBeVisible();
  await page.keyboard.press("g");
  await expect(page.getByRole("heading", { name: "How to judge" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "How to judge" })).toBeHidden();
  await page.keyboard.press("?");
  await page.getByLabel("Single-key shortcuts").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await expect(shown).toContainText(first);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(`${server().url}/`);
});

test("hostile data and guidelines are words, nothing more", async ({ page }) => {
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  const shown = await open(page, "hostile");
  await page.keyboard.press("g");
  await expect(page.getByRole("heading", { name: "How to judge" })).toBeVisible();
  await expect(shown.or(page.getByText("no harm")).first()).toBeVisible();
  if (!(await shown.textContent())?.includes("onerror")) await page.keyboard.press("s");
  await expect(shown).toContainText(HOSTILE);
  await expect(page).toHaveTitle(/Hostile headlines/);
  expect(faults).toEqual([]);
});
