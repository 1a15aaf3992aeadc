/** The system's Chromium without a graphics card, and what is read from it: waits, frames, processor time. */
import { readdirSync, readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

export const WINDOW = { width: 1440, height: 900 };
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const FRAME_MS = 16;
const PATIENCE_MS = 60_000;
const PAINTED = "recension:task-painted";

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });

/** Processor time of this process and all below it, browser and server among them, in ms. */
export function processorTime() {
  const children = new Map();
  const spent = new Map();
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const text = readFileSync(`/proc/${id}/stat`, "utf8");
      const parts = text.slice(text.lastIndexOf(")") + 2).split(" ");
      children.set(parts[1], [...(children.get(parts[1]) ?? []), id]);
      spent.set(id, (Number(parts[11]) + Number(parts[12])) * 10);
    } catch {
      // It ended while it was looked at.
    }
  }
  const below = (id) =>
    [...(children.get(id) ?? [])].reduce((sum, each) => sum + (spent.get(each) ?? 0) + below(each), 0);
  return below(`${process.pid}`);
}

/** Runs in the page before everything else: frame times, and the time from a press to the frame that shows it. */
function watch() {
  const seen = { frames: [], keys: [], on: false, pressed: 0 };
  Object.assign(window, { seen });
  let last = 0;
  const tick = (now) => {
    if (seen.on && last) seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const drawn = new MessageChannel();
  let began = 0;
  drawn.port1.onmessage = () => seen.keys.push(performance.now() - began);
  const pressed = (event) => {
    seen.pressed = event.timeStamp;
  };
  window.addEventListener("pointerdown", pressed, { capture: true });
  window.addEventListener(
    "keydown",
    (event) => {
      pressed(event);
      began = event.timeStamp;
      requestAnimationFrame(() => drawn.port2.postMessage(0));
    },
    { capture: true },
  );
}

/** A page of somebody who is signed in, with the watch running in it. */
export async function openPage(browser, storageState, options = {}) {
  const context = await browser.newContext({
    viewport: WINDOW,
    colorScheme: "dark",
    storageState,
    ...options,
  });
  const page = await context.newPage();
  await page.addInitScript(watch);
  return page;
}

const marks = (page) =>
  page.evaluate((name) => performance.getEntriesByName(name).map((mark) => mark.startTime), PAINTED);

/** When the n-th task since the page was loaded was on the screen, in ms of the page's own clock. */
export async function paintedAt(page, n) {
  const late = Date.now() + PATIENCE_MS;
  for (;;) {
    const times = await marks(page);
    if (times.length >= n) return times[n - 1];
    if (Date.now() > late) throw new Error(`task ${n} was not painted within ${PATIENCE_MS} ms`);
    await pause(10);
  }
}

export const paintedSoFar = async (page) => (await marks(page)).length;

/** From an address to the task on the screen. */
export async function opened(page, address) {
  await page.goto(address);
  return await paintedAt(page, 1);
}

/** From a press to the next task on the screen. */
export async function nextTask(page, press) {
  const before = await paintedSoFar(page);
  await press();
  const shown = await paintedAt(page, before + 1);
  return shown - (await page.evaluate(() => window.seen.pressed));
}

export async function steadily(times, act) {
  const begun = Date.now();
  for (let i = 0; i < times; i++) {
    await act(i);
    await pause(Math.max(0, begun + (i + 1) * FRAME_MS - Date.now()));
  }
}

/** Frame times while something goes on, and the processor time of one frame. */
export async function framesOf(page, act) {
  await page.evaluate(() => Object.assign(window.seen, { frames: [], on: true }));
  const before = processorTime();
  await act();
  await pause(200);
  const spent = processorTime() - before;
  const values = await page.evaluate(() => {
    window.seen.on = false;
    return window.seen.frames;
  });
  return { values, processorMs: spent / Math.max(1, values.length) };
}

/** Times from key to drawn frame since the last call. */
export const keyTimes = (page) =>
  page.evaluate(() => {
    const { keys } = window.seen;
    window.seen.keys = [];
    return keys;
  });

/** How long the page's own thread was busy with something, in ms of script, style, layout and paint together. */
export async function busyMs(page, act) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => metrics.find((each) => each.name === name)?.value ?? 0;
    return of("TaskDuration") * 1000;
  };
  const before = await read();
  await act();
  const spent = (await read()) - before;
  await session.detach();
  return spent;
}
