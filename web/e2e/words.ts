/** Hands on a text: where words are on the page, and drags from one to another. */
import type { Page } from "@playwright/test";

/** Where the first occurrence of a word is on the screen, as a mouse would find it. */
export async function boxOf(
  page: Page,
  word: string,
): Promise<{ x: number; y: number; width: number; height: number }> {
  return page.evaluate((wanted) => {
    const walker = document.createTreeWalker(
      document.querySelector(".text-host") as Node,
      NodeFilter.SHOW_TEXT,
    );
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.nodeValue?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }
    throw new Error(`there is no ${wanted}`);
  }, word);
}

export async function dragOver(page: Page, from: string, to: string): Promise<void> {
  const [first, last] = [await boxOf(page, from), await boxOf(page, to)];
  await page.mouse.move(first.x, first.y + first.height / 2);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width, last.y + last.height / 2, { steps: 8 });
  await page.mouse.up();
}
