/** Hands on a canvas that shows a photograph of cells: where a point of it lies on the page, clicks and drags there. */
import type { Page } from "@playwright/test";

const SIZE = { width: 640, height: 480 };

type At = readonly [number, number];

export interface Drawing {
  readonly at: (x: number, y: number) => Promise<[number, number]>;
  readonly click: (x: number, y: number) => Promise<void>;
  readonly drag: (...points: At[]) => Promise<void>;
}

export function drawingOn(page: Page): Drawing {
  const at = async (x: number, y: number): Promise<[number, number]> => {
    const box = await page.locator(".canvas-host").boundingBox();
    if (!box) throw new Error("there is no canvas");
    const scale = Math.min((box.width - 32) / SIZE.width, (box.height - 32) / SIZE.height);
    return [
      box.x + box.width / 2 + (x - SIZE.width / 2) * scale,
      box.y + box.height / 2 + (y - SIZE.height / 2) * scale,
    ];
  };
  const click = async (x: number, y: number) => page.mouse.click(...(await at(x, y)));
  const drag = async (...points: At[]) => {
    const [first, ...others] = points;
    if (!first) return;
    await page.mouse.move(...(await at(...first)));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...(await at(...point)), { steps: 6 });
    await page.mouse.up();
  };
  return { at, click, drag };
}
