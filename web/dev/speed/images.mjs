/** Targets of the image workbench: waits between tasks, and frames while hands are at work. */
import { framesOf, keyTimes, nextTask, opened, pause, steadily } from "./browser.mjs";

const REST_MS = 700;

/** The workbench of a project, its first task on the screen, and where its canvas is. */
export async function openImages(page, url, project) {
  const wait = await opened(page, `${url}/p/${project}/label`);
  await pause(1_500);
  const box = await page.locator(".canvas-host").boundingBox();
  return { wait, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Waits for tasks that were made ready while the one before them was on the screen; the first, with code that never ran, does not count. */
export async function submitToNext(page, times) {
  const waits = [];
  for (let i = 0; i <= times; i++) {
    await pause(1_500);
    await page.evaluate(() => document.activeElement?.blur());
    const wait = await nextTask(page, () => page.keyboard.press("Enter"));
    if (i > 0) waits.push(wait);
  }
  return waits;
}

const wholeImage = async (page) => {
  await page.keyboard.press("f");
  await pause(REST_MS);
};

export async function wheelZoom(page, { x, y }) {
  await page.mouse.move(x, y);
  const frames = await framesOf(page, () => steadily(60, (i) => page.mouse.wheel(0, i < 30 ? -60 : 60)));
  await wholeImage(page);
  return frames;
}

/** `steps` of the wheel nearer, then moved by the hand. */
export async function pan(page, { x, y }, steps) {
  await page.mouse.move(x, y);
  for (let i = 0; i < steps; i++) await page.mouse.wheel(0, -100);
  await pause(900);
  const frames = await framesOf(page, async () => {
    await page.keyboard.down(" ");
    await page.mouse.down();
    await steadily(60, (i) => page.mouse.move(x + i * 3, y + Math.sin(i / 9) * 80));
    await page.mouse.up();
    await page.keyboard.up(" ");
  });
  await wholeImage(page);
  return frames;
}

/** A box of our own, so that the pointer is surely on one; it stays selected. */
export async function drawBox(page, { x, y }) {
  await page.keyboard.press("b");
  await page.mouse.move(x - 40, y - 40);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 40, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.press("v");
  await pause(1_500);
}

export async function labelKeys(page, times) {
  await keyTimes(page);
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(`${1 + (i % 3)}`);
    await pause(80);
  }
  await pause(1_500);
  return await keyTimes(page);
}

/** The box that was drawn, taken by its edge, moved about and put down. */
export async function dragAndDrop(page, { x, y }) {
  await page.mouse.move(x - 35, y - 36);
  return await framesOf(page, async () => {
    await page.mouse.down();
    await steadily(70, (i) => page.mouse.move(x - 35 + i * 1.5, y - 36 + Math.sin(i / 6) * 40));
    await page.mouse.up();
    await pause(500);
  });
}
