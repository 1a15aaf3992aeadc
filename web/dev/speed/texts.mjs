/** Targets of the text workbench: a long text with many spans. */
import { busyMs, nextTask, pause } from "./browser.mjs";

const COPIES = 8;

/** Selects so many characters of the n-th line that is on the screen, as a drag would. */
async function selectIn(page, line) {
  await page.evaluate((n) => {
    const host = document.querySelector(".text-line:nth-child(1)").parentElement;
    const walker = document.createTreeWalker(host.children[n], NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    while (node.length < 6) node = walker.nextNode();
    getSelection().setBaseAndExtent(node, 1, node, 5);
  }, line);
}

/** Processor time of the page's thread from the key that adds a span to its being drawn; what selecting costs is not in it. */
export async function addSpans(page) {
  const spent = [];
  for (let i = 0; i < COPIES; i++) {
    await selectIn(page, i);
    await pause(900);
    const before = await spansListed(page);
    spent.push(
      await busyMs(page, async () => {
        await page.keyboard.press(`${1 + (i % 6)}`);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
      }),
    );
    await pause(1_500);
    if ((await spansListed(page)) !== before + 1) throw new Error("no span was added");
  }
  return spent;
}

const spansListed = (page) =>
  page.evaluate(() => Number(document.querySelector(".side-regions .figure").textContent));

export async function nextTexts(page, times) {
  const waits = [];
  for (let i = 0; i < times; i++) {
    await pause(1_500);
    await page.evaluate(() => document.activeElement?.blur());
    waits.push(await nextTask(page, () => page.keyboard.press("Enter")));
  }
  return waits;
}

export async function scrollThrough(page) {
  await page.mouse.move(500, 450);
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 120);
    await pause(16);
  }
}
