/** Lines that fail while somebody works: the work goes on, and all of it arrives, once, when they carry again. */
import { expect, type Page, test } from "@playwright/test";
import { POINTS } from "./chance";
import { faults, type Given, PAGE, reader, seedHeadlines } from "./headlines";
import { Line, type Mood } from "./line";
import { freshPage, Machine, Server, sleep } from "./machine";

/** In the long form as long as a lift, a tunnel, or a router that starts anew. */
const OUT_MS = POINTS >= 20 ? 60_000 : 5_000;
const PATIENCE_MS = 40_000;
const server = new Server();
const machine = new Machine();
const line = new Line();
let page: Page;

test.describe.configure({ timeout: 120_000 + 2 * OUT_MS });
test.beforeAll(async () => {
  await server.start();
  await line.lay(server.portNumber);
});
test.beforeEach(async () => {
  line.turn("open");
  page = await freshPage(await machine.start(server.cookies));
});
test.afterEach(() => machine.kill());
test.afterAll(async () => {
  await machine.stop();
  await line.cut();
  await server.stop();
});

/** What stands on the server as begun, for the first task that is open there. */
async function draftOf(name: string): Promise<unknown> {
  const view = await server.get<{
    open_pages: { tasks: { draft: unknown; answer: unknown; skipped: boolean }[] }[];
  }>(`projects/${name}/workbench`);
  const tasks = view.open_pages.flatMap((each) => each.tasks);
  return tasks.find(({ answer, skipped }) => answer === null && !skipped)?.draft;
}

async function through(name: string, out: () => Promise<void>, back: () => Promise<void>): Promise<void> {
  seedHeadlines(server, name, 4 * PAGE);
  await page.goto(`${line.url}/p/${name}/label`);
  const hand = reader(page);
  await hand.ready();
  const given: (Given | null)[] = [await hand.answer(0)];
  await expect(hand.state).toHaveText("Saved");
  await out();
  const began = Date.now();
  for (let i = 0; i < 6; i++) given.push(await hand.answer((i % 2) as 0 | 1));
  await hand.note.click();
  await hand.note.pressSequentially("written in a tunnel");
  await page.keyboard.press("Escape");
  await expect(hand.state).toHaveText(/Offline · 6 kept here/, { timeout: 15_000 });
  await sleep(Math.max(0, began + OUT_MS - Date.now()));
  await expect(hand.note).toHaveValue("written in a tunnel");
  await back();
  const since = Date.now();
  await expect(hand.state).toHaveText("Saved", { timeout: PATIENCE_MS });
  process.stdout.write(`${name}: out for ${OUT_MS} ms, all saved ${Date.now() - since} ms after it\n`);
  expect(await faults(server, name, given as Given[])).toEqual([]);
  await expect.poll(() => draftOf(name)).toEqual({ note: "written in a tunnel" });
  given.push(await hand.answer(1));
  await expect(hand.state).toHaveText("Saved");
  expect(await faults(server, name, given as Given[])).toEqual([]);
}

for (const mood of ["dead", "held", "refusing", "halved"] satisfies Mood[]) {
  test(`a line that is ${mood}`, () =>
    through(
      `line-${mood}`,
      async () => line.turn(mood),
      async () => line.turn("open"),
    ));
}

test("a machine that is offline", () =>
  through(
    "line-offline",
    () => page.context().setOffline(true),
    () => page.context().setOffline(false),
  ));

test("a page whose time runs out meanwhile takes nothing with it", async () => {
  const name = "line-expired";
  seedHeadlines(server, name, 2 * PAGE, 6);
  await page.goto(`${line.url}/p/${name}/label`);
  const hand = reader(page);
  await hand.ready();
  line.turn("dead");
  const first = await hand.answer(0);
  const second = await hand.headline();
  await page.keyboard.press("2");
  await hand.note.click();
  await hand.note.pressSequentially("half");
  await page.keyboard.press("Escape");
  await sleep(14_000);
  line.turn("open");
  // The answer came too late: its task is there again, as it was answered.
  await expect.poll(hand.headline, { timeout: PATIENCE_MS }).toBe(first?.headline ?? "");
  await expect(page.getByRole("button", { name: /Calm/ })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Enter");
  await expect.poll(hand.headline).toBe(second);
  await expect(hand.note).toHaveValue("half");
  await expect(page.getByRole("button", { name: /Loud/ })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+z");
  await expect(hand.note).toHaveValue("");
  await expect(hand.state).toHaveText("Saved", { timeout: PATIENCE_MS });
  expect(await faults(server, name, first ? [first] : [])).toEqual([]);
});

test("a reload in the middle of sending, and a second tab beside it", async () => {
  const name = "line-reloaded";
  seedHeadlines(server, name, 4 * PAGE);
  await page.goto(`${line.url}/p/${name}/label`);
  const hand = reader(page);
  await hand.ready();
  // Requests reach the server, its answers are lost.
  line.turn("halved");
  const given = [await hand.answer(0), await hand.answer(1), await hand.answer(0)] as Given[];
  const shown = await hand.headline();
  await sleep(300);
  line.turn("open");
  await page.reload();
  expect(await hand.ready()).toBe(shown);
  const other = await page.context().newPage();
  await other.goto(`${line.url}/p/${name}/label`);
  await expect(other.getByText("in another tab")).toBeVisible({ timeout: 20_000 });
  given.push((await hand.answer(1)) as Given);
  await other.getByRole("button", { name: "Take over here" }).click();
  await expect(page.getByText("in another tab")).toBeVisible();
  const hers = reader(other);
  await hers.ready();
  given.push((await hers.answer(0)) as Given);
  await expect(hers.state).toHaveText("Saved", { timeout: PATIENCE_MS });
  expect(await faults(server, name, given)).toEqual([]);
  await other.close();
});
