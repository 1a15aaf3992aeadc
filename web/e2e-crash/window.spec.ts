/** How long an edit is only in a tab's memory, and how long only on this machine: measured at the browser's own doors. */
import { expect, test } from "@playwright/test";
import { reader, seedHeadlines } from "./headlines";
import { freshPage, Machine, Server, sleep } from "./machine";

const NAME = "crash-window";
const EDITS = 20;
const KEPT_MS = 100;
const SENT_MS = 2_000;
const server = new Server();
const machine = new Machine();

test.describe.configure({ timeout: 120_000 });
test.beforeAll(() => server.start());
test.afterAll(async () => {
  await machine.stop();
  await server.stop();
});

interface Seen {
  readonly edits: number[];
  readonly kept: number[];
  readonly sent: number[];
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const figures = (values: readonly number[]): string =>
  `median ${middle(values).toFixed(1)} ms, longest ${Math.max(...values).toFixed(1)} ms`;

test("an edit is on this machine within 100 ms, on the server within two seconds", async () => {
  seedHeadlines(server, NAME, 10);
  const page = await freshPage(await machine.start(server.cookies));
  await page.addInitScript(() => {
    const seen = { edits: [] as number[], kept: [] as number[], sent: [] as number[] };
    Object.assign(window, { seen });
    window.addEventListener("beforeinput", () => seen.edits.push(performance.now()), { capture: true });
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function begun(this: IDBDatabase, ...args) {
      const made = transaction.apply(this, args);
      const steps = made.mode === "readwrite" && made.objectStoreNames.contains("steps");
      if (steps) made.addEventListener("complete", () => seen.kept.push(performance.now()));
      return made;
    };
    const { fetch } = window;
    window.fetch = async (...args) => {
      const response = await fetch(...args);
      if (args[1]?.method === "PUT" && response.ok) seen.sent.push(performance.now());
      return response;
    };
  });
  await page.goto(`${server.url}/p/${NAME}/label`);
  const hand = reader(page);
  await hand.ready();
  await hand.note.click();
  const kept: number[] = [];
  const sent: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    // Now and then somebody rests, and goes on typing.
    const burst = i % 4 === 3;
    await page.keyboard.type("x");
    if (!burst) {
      await sleep(60);
      continue;
    }
    await expect(hand.state).toHaveText("Saved", { timeout: 10_000 });
    const seen = await page.evaluate(() => (window as unknown as { seen: Seen }).seen);
    for (const at of seen.edits) {
      const after = seen.kept.find((each) => each >= at);
      if (after !== undefined) kept.push(after - at);
    }
    const last = seen.edits.at(-1) ?? 0;
    sent.push((seen.sent.at(-1) ?? Number.POSITIVE_INFINITY) - last);
    await page.evaluate(() => {
      const { seen: all } = window as unknown as { seen: Record<string, number[]> };
      for (const list of Object.values(all)) list.length = 0;
    });
  }
  process.stdout.write(`edit to this machine: ${figures(kept)}; to the server: ${figures(sent)}\n`);
  expect(kept.length).toBe(EDITS);
  expect(middle(kept)).toBeLessThan(KEPT_MS);
  expect(Math.max(...sent)).toBeLessThan(SENT_MS);
});
