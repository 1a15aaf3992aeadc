/**
 * How the image workbench bears many regions: `npm run measure` (after `npm run build`) prints a table of waits, frame
 * times and processor time, in the system's Chromium without a graphics card. Arguments: numbers of regions.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { preview } from "vite";

const SIZE = { width: 4000, height: 3000 };
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];
const FRAME_MS = 16;
const PAINTED = "recension:task-painted";
const counts = process.argv.slice(2).filter((word) => /^\d+$/.test(word));

const say = (line) => process.stdout.write(`${line}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(1);
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** A photograph of the size that phones make, drawn here. */
async function photograph(browser) {
  const page = await browser.newPage();
  const data = await page.evaluate(async ({ width, height }) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 6000; i++) {
      context.fillStyle = `hsl(${(i * 37) % 360} 40% ${30 + (i % 40)}% / .5)`;
      context.beginPath();
      context.arc(Math.random() * width, Math.random() * height, 5 + Math.random() * 80, 0, 7);
      context.fill();
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, SIZE);
  await page.close();
  const path = join(tmpdir(), "recension-photograph.jpg");
  writeFileSync(path, Buffer.from(data));
  return path;
}

/** Processor time of this process and all below it, the browser's among them, in ms. */
function processorTime() {
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

/** Runs in the page before everything else: frame times, and the time from a key to the frame that shows it. */
function watch() {
  const seen = { frames: [], keys: [], on: false, enter: 0 };
  Object.assign(window, { seen });
  let last = 0;
  const tick = (now) => {
    if (seen.on && last) seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const drawn = new MessageChannel();
  let pressed = 0;
  drawn.port1.onmessage = () => seen.keys.push(performance.now() - pressed);
  window.addEventListener(
    "keydown",
    (event) => {
      pressed = event.timeStamp;
      if (event.key === "Enter") seen.enter = event.timeStamp;
      requestAnimationFrame(() => drawn.port2.postMessage(0));
    },
    { capture: true },
  );
}

async function steadily(times, act) {
  const begun = Date.now();
  for (let i = 0; i < times; i++) {
    await act(i);
    await pause(Math.max(0, begun + (i + 1) * FRAME_MS - Date.now()));
  }
}

async function measure(browser, url, count) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const painted = () =>
    page.evaluate((name) => performance.getEntriesByName(name).map((mark) => mark.startTime), PAINTED);
  const until = async (times) => {
    while ((await painted()).length < times) await pause(10);
    return (await painted()).at(-1);
  };
  const row = (what, text) => say(`${String(count).padStart(6)}  ${what.padEnd(34)} ${text}`);
  const frames = async (what, act) => {
    await page.evaluate(() => Object.assign(window.seen, { frames: [], on: true }));
    const before = processorTime();
    await act();
    await pause(200);
    const spent = processorTime() - before;
    const { n, p50, p95, max } = quantiles(
      await page.evaluate(() => {
        window.seen.on = false;
        return window.seen.frames;
      }),
    );
    row(
      `${what}, frame ms`,
      `p50 ${p50}  p95 ${p95}  max ${max}  processor ${(spent / n).toFixed(1)} ms a frame`,
    );
  };

  await page.goto(`${url}/p/many-${count}/label`);
  await until(1);
  await pause(2_000);
  await page.reload();
  row("open, from address to painted, ms", (await until(1)).toFixed(0));
  await pause(3_000);
  const box = await page.locator(".canvas-host").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const key = async (name, rest = 700) => {
    await page.keyboard.press(name);
    await pause(rest);
  };
  const pan = async () => {
    await page.mouse.move(x, y);
    await page.keyboard.down(" ");
    await page.mouse.down();
    await steadily(60, (i) => page.mouse.move(x + i * 3, y + Math.sin(i / 9) * 80));
    await page.mouse.up();
    await page.keyboard.up(" ");
  };
  await page.mouse.move(x, y);
  await frames("wheel zoom", () => steadily(60, (i) => page.mouse.wheel(0, i < 30 ? -60 : 60)));
  await key("f");
  await frames("pan, fitted", pan);
  await key("f");
  await page.mouse.move(x, y);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -100);
  await pause(900);
  await frames("pan, zoomed in", pan);
  await key("f");

  // A box of our own, so that the pointer is surely on one.
  await page.keyboard.press("b");
  await page.mouse.move(x - 40, y - 40);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 40, { steps: 4 });
  await page.mouse.up();
  await key("v", 1_500);
  await page.evaluate(() => {
    window.seen.keys = [];
  });
  for (let i = 0; i < 30; i++) await key(`${1 + (i % 3)}`, 80);
  const keys = quantiles(await page.evaluate(() => window.seen.keys));
  row("label key to drawn, ms", `p50 ${keys.p50}  p95 ${keys.p95}  max ${keys.max}`);
  await pause(1_500);
  await page.mouse.move(x - 35, y - 36);
  await frames("drag and drop", async () => {
    await page.mouse.down();
    await steadily(70, (i) => page.mouse.move(x - 35 + i * 1.5, y - 36 + Math.sin(i / 6) * 40));
    await page.mouse.up();
  });

  const waits = [];
  for (let i = 0; i < 8; i++) {
    await pause(3_000);
    const before = (await painted()).length;
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("Enter");
    const shown = await until(before + 1);
    waits.push(shown - (await page.evaluate(() => window.seen.enter)));
  }
  row("Enter to next task painted, ms", waits.map((ms) => ms.toFixed(0)).join(" "));
  await context.close();
}

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ARGS });
process.env.LARGE = await photograph(browser);
const server = await preview({
  configFile: join(import.meta.dirname, "fixture.config.ts"),
  preview: { port: 5197, strictPort: true },
  logLevel: "error",
});
say(
  `${SIZE.width} x ${SIZE.height} pixels, window 1440 x 900, load of this machine ${loadavg()[0].toFixed(1)}`,
);
for (const count of counts.length > 0 ? counts : ["1000", "5000", "20000"])
  await measure(browser, "http://127.0.0.1:5197", count);
say(`load at the end ${loadavg()[0].toFixed(1)}`);
await browser.close();
await server.close();
process.exit(0);
