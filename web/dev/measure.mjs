/**
 * The speed of the workbench, target by target: `npm run measure` (after `npm run build`) prints a table and, with
 * `--page FILE`, writes it as a page of the documentation. `--rival FILE`: figures of others for the same works, to be
 * printed beside ours. `--only a,b`: some of the parts below.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { request } from "@playwright/test";
import { launch, nextTask, opened, openPage, paintedAt, pause } from "./speed/browser.mjs";
import * as habits from "./speed/habits.mjs";
import * as images from "./speed/images.mjs";
import { barriers, firstLoad, smallTargets } from "./speed/pages.mjs";
import { fill } from "./speed/projects.mjs";
import { besides, line, machine, page as pageOf, Table } from "./speed/report.mjs";
import { RECENSION, startServer } from "./speed/server.mjs";
import * as texts from "./speed/texts.mjs";
import { photograph } from "./work.mjs";

const say = (text) => process.stdout.write(`${text}\n`);
const argument = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
};
/** Relative to where npm was called. */
const fileOf = (name) => {
  const given = argument(name);
  return given && resolve(process.env.INIT_CWD ?? ".", given);
};
const only = argument("--only")?.split(",") ?? null;
const table = new Table();
table.listeners.push((row) => say(line(row)));
const works = {};

const PAGES = ["one", "several", "kinds", "boxes-1000", "letter", "book"];
/** The projects that each part needs. */
const needs = {
  thousand: ["many-1000"],
  cold: ["boxes-1000"],
  fiveThousand: ["many-5000"],
  twentyThousand: ["many-20000"],
  longTexts: ["book"],
  rivals: ["boxes-1000", "letter", "cells"],
  keystrokes: ["one", "several", "boxes-1000", "plain"],
  keysAlone: ["plain"],
  nothingLost: ["plain", "many-1000"],
  backAndForth: ["plain"],
  barriers: PAGES,
  hotkeys: ["plain", "kinds"],
  sizes: PAGES,
  firstLoad: PAGES,
};

/** What a part that fails leaves unmet. */
const targets = {
  thousand: 1,
  cold: 2,
  fiveThousand: 4,
  twentyThousand: 6,
  longTexts: 7,
  rivals: "–",
  keystrokes: 9,
  keysAlone: 10,
  nothingLost: 11,
  backAndForth: 12,
  barriers: 13,
  hotkeys: 14,
  sizes: 15,
  firstLoad: 16,
};

const FRAMES = { p95: 17, max: 50 };
const processor = ({ processorMs }) => `processor ${processorMs.toFixed(1)} ms a frame`;

/** Parts of the run: each opens its own page, so that none finds what another left. */
const parts = {
  async thousand({ page, url }) {
    const at = await images.openImages(page, url, "many-1000");
    const waits = await images.submitToNext(page, 12);
    table.times(1, "submit → next task painted, 12 MP, 1,000 regions", waits, { p95: 50 });
    await gestures(page, at, "1,000", {});
  },
  async cold({ browser, session, url }) {
    const [first, app] = [[], []];
    for (let i = 0; i < 4; i++) {
      const page = await openPage(browser, session);
      first.push(await opened(page, `${url}/p/boxes-1000/label`));
      await page.context().close();
      const other = await openPage(browser, session);
      await other.goto(url);
      await other.locator("a[href='/p/boxes-1000/label']").first().waitFor();
      await pause(1_000);
      await other.locator("a[href='/p/boxes-1000/label']").first().click();
      const shown = await paintedAt(other, 1);
      app.push(shown - (await other.evaluate(() => window.seen.pressed)));
      await other.context().close();
    }
    table.times(2, "first task from a press at home, nothing fetched, 12 MP", app, { p95: 600 });
    table.times(2, "the same from its address, empty browser", first, {});
  },
  async fiveThousand({ page, url }) {
    const at = await images.openImages(page, url, "many-5000");
    await gestures(page, at, "5,000", { zoom: FRAMES, pan: FRAMES, drag: FRAMES });
    const waits = await images.submitToNext(page, 5);
    table.times(1, "submit → next task painted, 5,000 regions", waits, {});
  },
  async twentyThousand({ page, url }) {
    const waits = [];
    for (let i = 0; i < 5; i++) {
      await page.goto("about:blank");
      const { wait } = await images.openImages(page, url, "many-20000");
      if (i > 0) waits.push(wait);
    }
    table.times(6, "open 20,000 regions, from the address", waits, { p50: 1500 });
    const at = await images.openImages(page, url, "many-20000");
    const zoom = await images.wheelZoom(page, at);
    table.times(6, "wheel zoom, 20,000 regions, frames", zoom.values, { p95: 34 }, processor(zoom));
    await images.drawBox(page, at);
    const drag = await images.dragAndDrop(page, at);
    table.times(5, "drag and drop, 20,000 regions, frames", drag.values, {}, processor(drag));
  },
  async longTexts({ page, url }) {
    await opened(page, `${url}/p/book/label`);
    table.times(7, "add a span, 50,000 characters, 2,000 spans, processor", await texts.addSpans(page), {
      p50: 16.7,
    });
    const waits = await texts.nextTexts(page, 4);
    table.times(7, "submit → next text painted, 2,000 spans", waits, { p50: 150 });
  },
  async rivals({ page, url }) {
    works.open_boxes_1000_ms = await openings(page, `${url}/p/boxes-1000/label`, 6);
    works.open_text_500_ms = await openings(page, `${url}/p/letter/label`, 6);
    works.submit_next_ms = await boxedCells(page, `${url}/p/cells/label`, 6);
  },
  async keystrokes({ page, url }) {
    const found = await habits.keystrokes(page, url);
    const wanted = {
      "one label": 1,
      "two of several labels": 3,
      "what a model proposes": 1,
      "a labelled box": 4,
    };
    const met = Object.entries(wanted).every(([what, count]) => found[what] === count);
    const figure = Object.entries(found)
      .map(([what, count]) => `${what}: ${count}`)
      .join(" · ");
    table.add(9, "presses for an answer", "1; k + 1; 1; b, 2 clicks, digit", figure, met);
  },
  async keysAlone({ page, url, given }) {
    const done = await habits.keysAlone(page, url, given);
    table.add(
      10,
      "open, box, label, move, resize, submit, undo, next by keys",
      "no mouse",
      done ? "done" : "not done",
      done,
    );
  },
  async nothingLost({ browser, session, url }) {
    const { disk, sent, lost } = await habits.drafts(browser, session, url, 4);
    table.times(11, "edit → on this machine's disk", disk, { max: 100 });
    table.times(11, "edit → on the server", sent, { max: 2000 });
    table.add(
      11,
      "edits lost when the tab is killed right after",
      "0",
      `${lost} of 2 tabs' last edits`,
      lost === 0,
    );
  },
  async backAndForth({ browser, session, url }) {
    const done = await habits.undoOverReload(browser, session, url);
    table.add(
      12,
      "undo and redo over a reload; a submit taken back",
      "all steps",
      "4 back, 4 forth, 1 submit",
      done,
    );
  },
  async barriers({ browser, session, url }) {
    const { pages, found } = await barriers(browser, session, url);
    const figure = `${found.length} on ${pages} pages in two themes ${found.join("; ")}`;
    table.add(13, "axe: serious or critical", "0", figure.trim(), found.length === 0);
  },
  async hotkeys({ page, url }) {
    const found = await habits.hotkeys(page, url, RECENSION);
    const figure = Object.entries(found)
      .map(([what, holds]) => `${what}: ${holds ? "yes" : "no"}`)
      .join(" · ");
    table.add(
      14,
      "keys: off, changed, silent, refused, by name",
      "all",
      figure,
      Object.values(found).every(Boolean),
    );
  },
  async sizes({ browser, session, url }) {
    const small = await smallTargets(browser, session, url);
    const figure = small.length === 0 ? "none" : `${small.length}: ${small.slice(0, 3).join("; ")}`;
    table.add(15, "what can be pressed and is smaller than 24 px", "none", figure, small.length === 0);
  },
  async firstLoad({ browser, session, url }) {
    const { sizes, elsewhere } = await firstLoad(browser, session, url);
    const names = {
      "/": "home",
      "/p/one/label": "headlines",
      "/p/boxes-1000/label": "images",
      "/p/letter/label": "texts",
    };
    const figure = Object.entries(sizes)
      .map(([path, kB]) => `${names[path]} ${kB.toFixed(0)}`)
      .join(" · ");
    const whole = sizes["/p/one/label"];
    const more = Math.max(sizes["/p/boxes-1000/label"], sizes["/p/letter/label"]) - whole;
    const met = Math.max(sizes["/"], whole) <= 200 && more <= 60 && elsewhere.length === 0;
    table.add(
      16,
      "scripts and styles of a first visit, kB gzipped",
      "≤ 200, a kind of work ≤ 60 more, no other host",
      figure,
      met,
    );
  },
};

async function gestures(page, at, count, limits) {
  const row = (no, what, frames, limit = {}) =>
    table.times(no, `${what}, ${count} regions, frames`, frames.values, limit, processor(frames));
  row(4, "wheel zoom", await images.wheelZoom(page, at), limits.zoom);
  row(4, "pan, fitted", await images.pan(page, at, 0), limits.pan);
  row(4, "pan, zoomed in", await images.pan(page, at, 4), limits.pan);
  await images.drawBox(page, at);
  const keys = await images.labelKeys(page, 30);
  table.times(3, `label key → drawn, ${count} regions`, keys, { p50: 16, p95: 34 });
  row(5, "drag and drop", await images.dragAndDrop(page, at), limits.drag);
}

/** Waits from an address to the task on the screen, scripts in the browser's cache as with any second visit. */
async function openings(page, address, times) {
  const waits = [];
  for (let i = 0; i <= times; i++) {
    await page.goto("about:blank");
    const wait = await opened(page, address);
    if (i > 0) waits.push(wait);
    await pause(800);
  }
  return waits;
}

/** From the key that submits a box to the next photograph, of the size of those in the tests. */
async function boxedCells(page, address, times) {
  await opened(page, address);
  await pause(1_000);
  const box = await page.locator(".canvas-host").boundingBox();
  const waits = [];
  for (let i = 0; i <= times; i++) {
    if (i === 0) await page.keyboard.press("1"); // it stays chosen; pressed again, it is not
    await page.keyboard.press("b");
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5, { steps: 4 });
    await page.mouse.up();
    await pause(1_500);
    const wait = await nextTask(page, () => page.keyboard.press("Enter"));
    if (i > 0) waits.push(wait);
  }
  return waits;
}

async function run(server, browser, jpeg) {
  const { home, url } = server;
  const api = await request.newContext();
  // The link works once; what it gives is what every page of this run begins with.
  await api.get(server.signIn);
  const session = await api.storageState();
  const call = async (method, path, data) => {
    const answer = await api.fetch(`${url}/api/v1${path}`, {
      method,
      data,
      headers: { origin: url },
      timeout: 120_000,
    });
    if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
    return await answer.json();
  };
  const names = Object.keys(parts).filter((name) => !only || only.includes(name));
  await fill(home, jpeg, call, new Set(names.flatMap((name) => needs[name])));
  const given = async (project) => {
    const { answers } = await call("GET", `/projects/${project}/answers`);
    const withdrawn = new Set(answers.map((each) => each.of));
    return answers.filter((each) => each.verb === "answer" && !withdrawn.has(each.seq));
  };
  for (const name of names) {
    const part = parts[name];
    const page = await openPage(browser, session);
    try {
      await part({ browser, page, url, session, given });
    } catch (error) {
      // What cannot be measured is not met; the rest is measured nevertheless.
      table.add(targets[name], `not measured (${name})`, "", error.message.split("\n")[0], false);
      process.exitCode = 1;
    } finally {
      await page.context().close();
    }
  }
  await api.dispose();
}

const before = loadavg()[0].toFixed(1);
const browser = await launch();
const server = await startServer();
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => server.stop().then(() => process.exit(130)));
try {
  const picture = join(server.home, "photograph.jpg");
  await photograph(browser, picture);
  const jpeg = readFileSync(picture);
  await run(server, browser, jpeg);
} finally {
  await server.stop();
}
const rivalFile = fileOf("--rival");
const rivals = rivalFile ? JSON.parse(readFileSync(rivalFile, "utf8")) : {};
const compared = works.submit_next_ms ? besides(works, rivals) : [];
for (const { what, own, others } of compared)
  say(`    ${what.padEnd(40)} ${own}${others.map(({ name, text }) => `   ${name}: ${text}`).join("")}`);
const where = { ...machine(), before, browser: browser.version() };
say(`    load ${where.before} at the beginning, ${where.load} at the end`);
const file = fileOf("--page");
if (file) writeFileSync(file, pageOf(table, compared, where));
await browser.close();
