/** What hands can rely on: how many keys an answer costs, that no mouse is needed, and that nothing is lost. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { opened, openPage, paintedAt, pause } from "./browser.mjs";

const regionsListed = (page) =>
  page.locator(".side-regions .side-head .figure").first().textContent().then(Number);
const headline = (page) => page.locator(".shown").textContent();

async function until(check, what) {
  for (let i = 0; i < 200; i++) {
    if (await check()) return;
    await pause(50);
  }
  throw new Error(`in vain: ${what}`);
}

/** Presses until the headline is another one; how many it took. */
async function pressesTo(page, keys) {
  const before = await headline(page);
  for (const [i, key] of keys.entries()) {
    await page.keyboard.press(key);
    if (i + 1 < keys.length) continue;
    await until(async () => (await headline(page)) !== before, "the next headline");
  }
  return keys.length;
}

/** Target 9. */
export async function keystrokes(page, url) {
  const found = {};
  await page.goto(`${url}/p/one/label`);
  await page.locator(".option").first().waitFor();
  const first = await headline(page);
  found["one label"] = await pressesTo(page, ["1"]);
  await page.keyboard.press("Backspace");
  await until(async () => (await headline(page)) === first, "the headline that was taken back");
  await page.goto(`${url}/p/several/label`);
  await page.locator(".option").first().waitFor();
  found["two of several labels"] = await pressesTo(page, ["1", "3", "Enter"]);
  await opened(page, `${url}/p/boxes-1000/label`);
  await pause(500);
  await page.keyboard.press("Enter");
  await paintedAt(page, 2);
  found["what a model proposes"] = 1;
  const { click } = await openPlain(page, url);
  await page.keyboard.press("b");
  await click(0.3, 0.3);
  await click(0.4, 0.4);
  await page.keyboard.press("2");
  await until(
    async () => (await page.getByRole("option", { name: /WBC 1/ }).count()) === 1,
    "a labelled box",
  );
  found["a labelled box"] = 4;
  await page.keyboard.press("Delete");
  return found;
}

async function openPlain(page, url) {
  await opened(page, `${url}/p/plain/label`);
  await pause(300);
  const box = await page.locator(".canvas-host").boundingBox();
  const click = (x, y) => page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  return { click };
}

/** Target 10: a box drawn, labelled, moved, resized, sent, taken back and sent again by keys alone. */
export async function keysAlone(page, url, given) {
  await page.goto(url);
  const link = page.locator("a[href='/p/plain/label']");
  await link.first().waitFor();
  const there = () =>
    link.first().evaluate((a) => a === document.activeElement || a.contains(document.activeElement));
  for (let i = 0; i < 80 && !(await there()); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await paintedAt(page, 1);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const many = (key, times) => Array(times).fill(key);
  await press(
    "b",
    ...many("Shift+ArrowLeft", 3),
    "Enter",
    ...many("Shift+ArrowRight", 5),
    ...many("Shift+ArrowDown", 4),
  );
  await press("Enter", "1", "v", ...many("ArrowRight", 4), ...many("Alt+ArrowDown", 4));
  await until(async () => (await regionsListed(page)) === 1, "a box by keys");
  await press("Enter");
  await paintedAt(page, 2);
  await until(async () => (await given("plain")).length === 1, "the answer on the server");
  await press("Backspace");
  await paintedAt(page, 3);
  await until(async () => (await regionsListed(page)) === 1, "the box that was taken back");
  await press("Enter");
  await paintedAt(page, 4);
  await until(async () => (await given("plain")).length === 1, "the answer on the server again");
  const [answer] = await given("plain");
  const { shape, labels } = answer.fields.marks[0];
  return shape.type === "box" && labels[0] === "RBC" && shape.height > 0;
}

/** Runs in the page: resolves when the browser has a step or a draft more on disk than before; ms since the key that made it. */
async function untilKept(page, act) {
  const open = `new Promise((done, fail) => { const r = indexedDB.open("recension.workbench"); r.onsuccess = () => done(r.result); r.onerror = fail; })`;
  const count = `async (db) => { const all = (name, what) => new Promise((done) => { const r = db.transaction(name).objectStore(name)[what](); r.onsuccess = () => done(r.result); }); return JSON.stringify([await all("steps", "count"), await all("drafts", "getAll")]); }`;
  await page.evaluate(`(async () => {
    const db = await ${open};
    const state = ${count};
    const before = await state(db);
    window.kept = new Promise((done) => {
      const look = async () => { if (await state(db) !== before) done(performance.now()); else setTimeout(look, 4); };
      look();
    });
  })()`);
  await act();
  return await page.evaluate("window.kept.then((at) => at - window.seen.pressed)");
}

/** Target 11: from a key to the disk of this machine, to the server, and what a tab that is killed leaves. */
export async function drafts(browser, session, url, times) {
  const [disk, sent] = [[], []];
  let lost = 0;
  for (const project of ["plain", "many-1000"]) {
    const page = await openPage(browser, session);
    await opened(page, `${url}/p/${project}/label`);
    await pause(2_000);
    const before = await regionsListed(page);
    const box = await page.locator(".canvas-host").boundingBox();
    for (let i = 0; i < times; i++) {
      await page.keyboard.press("b");
      const [x, y] = [box.x + box.width * (0.3 + 0.05 * i), box.y + box.height * 0.3];
      await page.mouse.click(x, y);
      const arrived = page
        .waitForResponse((response) => response.url().includes("/drafts/") && response.ok())
        .then(() => page.evaluate(() => performance.now() - window.seen.pressed));
      disk.push(await untilKept(page, () => page.mouse.click(x + 30, y + 30)));
      sent.push(await arrived);
    }
    // One edit more, and the tab dies in the moment after it is on disk.
    await page.keyboard.press("b");
    await page.mouse.click(box.x + box.width * 0.6, box.y + box.height * 0.6);
    await untilKept(page, () => page.mouse.click(box.x + box.width * 0.65, box.y + box.height * 0.65));
    const devtools = await page.context().newCDPSession(page);
    devtools.send("Page.crash").catch(() => undefined);
    await pause(300);
    const again = await page.context().newPage();
    await opened(again, `${url}/p/${project}/label`);
    await pause(500);
    lost += Math.abs((await regionsListed(again)) - (before + times + 1));
    await page.context().close();
  }
  return { disk, sent, lost };
}

/** Target 12: steps back and forth over a reload, and the way back over a submit. */
export async function undoOverReload(browser, session, url) {
  const page = await openPage(browser, session);
  const { click } = await openPlain(page, url);
  const before = await regionsListed(page);
  const count = (n, what) => until(async () => (await regionsListed(page)) === before + n, what);
  for (const x of [0.2, 0.3, 0.4]) {
    await page.keyboard.press("b");
    await click(x, 0.7);
    await click(x + 0.05, 0.75);
  }
  await page.keyboard.press("1");
  await count(3, "three boxes");
  await pause(500);
  await page.reload();
  await paintedAt(page, 1);
  for (let i = 0; i < 4; i++) await page.keyboard.press("Control+z");
  await count(0, "no box after undo");
  for (let i = 0; i < 4; i++) await page.keyboard.press("Control+Shift+Z");
  await count(3, "three boxes after redo");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("2");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await paintedAt(page, 2);
  await page.keyboard.press("Backspace");
  await paintedAt(page, 3);
  await count(3, "three boxes after the submit was taken back");
  await page.context().close();
  return true;
}

/** Keys mean nothing to the workbench as long as a dialog is there. */
async function closeDialog(page) {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

/** Whether two options with one key are refused when a config is checked. */
function refusesConflict(recension) {
  const folder = mkdtempSync(join(tmpdir(), "recension-speed-"));
  const file = join(folder, "config.xml");
  writeFileSync(file, CONFLICT);
  try {
    execFileSync(recension, ["config", "check", file], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CONFLICT = `<View><Text name="t" value="$text"/><Choices name="c" toName="t">
  <Choice value="A" hotkey="x"/><Choice value="B" hotkey="x"/></Choices></View>`;

/** Target 14: what keys do, and when they do nothing. */
export async function hotkeys(page, url, recension) {
  const { click } = await openPlain(page, url);
  const tool = () =>
    page.locator(".tools [aria-pressed=true], .tools [aria-checked=true]").first().getAttribute("aria-label");
  const keySheet = async (act) => {
    await page.getByRole("button", { name: "Keys ?" }).click();
    await act(page.getByRole("dialog"));
    await closeDialog(page);
  };
  await page.keyboard.press("v");
  const selecting = await tool();
  await keySheet((sheet) => sheet.getByLabel("Single-key shortcuts").uncheck());
  await page.keyboard.press("b");
  const off = (await tool()) === selecting;
  await keySheet((sheet) => sheet.getByLabel("Single-key shortcuts").check());
  await keySheet(async (sheet) => {
    await sheet.getByRole("button", { name: "Change keys" }).click();
    await sheet.getByRole("button", { name: "Key of Box: press a new one" }).focus();
    await page.keyboard.press("z");
  });
  await page.keyboard.press("v");
  await page.keyboard.press("z");
  const remapped = (await tool()) !== selecting;
  await click(0.5, 0.2);
  await click(0.55, 0.25);
  // A note is written about it: digits are digits there.
  const note = page.locator(".side-attributes textarea");
  const listed = () => page.getByRole("option", { name: /No label/ }).count();
  const before = await listed();
  await note.fill("");
  await note.pressSequentially("12bv");
  const typed = (await note.inputValue()) === "12bv";
  const unlabelled = (await listed()) === before;
  await page.keyboard.press("Escape");
  const refused = refusesConflict(recension);
  await opened(page, `${url}/p/kinds/label`);
  const found = await labelByName(page);
  return {
    "switched off": off,
    remapped,
    "silent in inputs": typed && unlabelled,
    "conflict refused": refused,
    "found by name": found,
  };
}

async function labelByName(page) {
  const box = await page.locator(".canvas-host").boundingBox();
  await page.keyboard.press("z");
  await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.keyboard.press("/");
  await page.keyboard.type("kind q");
  await page.keyboard.press("Enter");
  await pause(200);
  return (await page.getByRole("option", { name: /Kind Q 1/ }).count()) === 1;
}
