/** Four outermost points become an outline: the server finds it in the pixels. */
import { expect, test } from "@playwright/test";
import { makeCellProjects, openCells } from "./cells";
import { STATE } from "./places";

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ storageState: STATE });
  await makeCellProjects(request);
  await request.dispose();
});

test("four points around a cell become its outline, taken back by one undo", async ({ page }) => {
  const { click, regions } = await openCells(page, "outlined");
  await page.getByRole("button", { name: "Clump" }).click();
  await page.keyboard.press("t");
  for (const [x, y] of [
    [260, 277],
    [375, 177],
    [491, 277],
    [375, 376],
  ] as const)
    await click(x, y);
  await expect(regions).toHaveText([/Clump 1/]);
  await page.screenshot({ path: test.info().outputPath("outline.png") });
  await page.keyboard.press("Control+z");
  await expect(regions).toHaveCount(0);
});
