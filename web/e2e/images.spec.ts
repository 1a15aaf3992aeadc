/** The workbench of images, on photographs of cells: by mouse, by keys, and whatever happens to the tab. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { given, makeCellProjects, openCells, painted } from "./cells";
import { STATE, server } from "./places";

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ storageState: STATE });
  await makeCellProjects(request);
  await request.dispose();
});

const saved = (page: import("@playwright/test").Page) => expect(page.getByText("Saved")).toBeVisible();

test("a box is b, two clicks and a digit; a drag does it too; Enter sends both", async ({ page }) => {
  const { click, drag, regions } = await openCells(page, "boxes");
  await page.keyboard.press("b");
  await click(100, 100);
  await click(160, 150);
  await expect(regions).toHaveText([/No label/]);
  await page.keyboard.press("2");
  await expect(regions).toHaveText([/WBC 1/]);
  await drag([300, 200], [360, 280]);
  await expect(regions).toHaveText([/WBC 1/, /WBC 2/]);
  await page.keyboard.press("1");
  await expect(regions).toHaveText([/WBC 1/, /RBC 1/]);
  await page.keyboard.press("Enter");
  await painted(page, 2);
  await expect(regions).toHaveCount(0);
  await saved(page);
  const [fields] = await given(page, "boxes");
  const cells = fields?.cells ?? [];
  expect(cells.map((region) => [region.shape.type, region.labels])).toEqual([
    ["box", ["WBC"]],
    ["box", ["RBC"]],
  ]);
  const [first] = cells;
  const { x, y, width, height } = (first?.shape ?? {}) as unknown as Record<string, number>;
  for (const [value, wanted] of [
    [x, 100],
    [y, 100],
    [width, 60],
    [height, 50],
  ] as const)
    expect(Math.abs((value ?? 0) - wanted)).toBeLessThan(1.5);
});

test("every tool draws what is then answered", async ({ page }) => {
  const { click, drag, regions } = await openCells(page, "everything");
  await page.keyboard.press("1");
  await drag([60, 60], [120, 110]);
  await page.keyboard.press("o");
  await click(200, 60);
  await click(260, 80);
  await click(250, 120);
  await page.getByRole("button", { name: "Round" }).click();
  await drag([320, 60], [400, 120]);
  await page.getByRole("button", { name: "Clump" }).click();
  for (const [x, y] of [
    [60, 200],
    [200, 200],
    [200, 330],
    [60, 330],
  ] as const)
    await click(x, y);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+P");
  for (const [x, y] of [
    [90, 230],
    [150, 230],
    [150, 290],
  ] as const)
    await click(x, y);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Nucleus" }).click();
  await click(320, 240);
  await page.getByRole("button", { name: "Stain" }).click();
  await drag([450, 200], [520, 240], [460, 280]);
  await drag([520, 200], [560, 260]);
  await expect(regions).toHaveCount(6);
  await page.keyboard.press("x");
  await drag([440, 240], [560, 250]);
  await page.getByRole("button", { name: "Good" }).click();
  await page.keyboard.press("Enter");
  await painted(page, 2);
  await saved(page);
  const [fields] = await given(page, "everything");
  expect(
    Object.entries(fields ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((r) => r.shape.type) : value,
    ]),
  ).toEqual([
    ["cells", ["box", "rotated-box"]],
    ["rounds", ["ellipse"]],
    ["outlines", ["polygon"]],
    ["marks", ["keypoint"]],
    ["areas", ["mask"]],
    ["quality", "Good"],
  ]);
  const outline = fields?.outlines?.[0]?.shape as unknown as { outline: unknown[]; holes: unknown[][] };
  expect([outline.outline.length, outline.holes.map((hole) => hole.length)]).toEqual([4, [3]]);
  const mask = fields?.areas?.[0]?.shape as unknown as { size: number[]; counts: string };
  expect(mask.size).toEqual([480, 640]);
  expect(mask.counts.length).toBeGreaterThan(20);
});

test("keys alone: draw, label, move, resize, turn back, send, take back", async ({ page }) => {
  const { regions } = await openCells(page, "keyboard");
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("1", "Shift+ArrowRight", "Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight");
  await press("Shift+ArrowDown", "Shift+ArrowDown", "Enter");
  await expect(regions).toHaveText([/RBC 1/]);
  await press("v", "ArrowRight", "Shift+ArrowDown", "Alt+Shift+ArrowRight");
  await press("Enter");
  await painted(page, 2);
  await saved(page);
  const box = () =>
    given(page, "keyboard").then((all) => all.at(-1)?.cells?.[0]?.shape as unknown as Record<string, number>);
  const first = await box();
  expect(first).toMatchObject({ type: "box", width: 40, height: 20 });
  await press("Backspace");
  await expect(regions).toHaveText([/RBC 1/]);
  // Of the steps before it was sent, too: the resizing, and it is as wide as it was drawn.
  await press("Control+z", "Enter");
  await painted(page, 4);
  await saved(page);
  expect(await box()).toEqual({ ...first, width: 30 });
  // The list has the keys of a list.
  await press("1", "Shift+ArrowRight", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter");
  await press("Control+d", "v");
  await regions.first().waitFor();
  await page.getByRole("listbox", { name: "Regions" }).focus();
  await press("Home");
  await expect(regions.first()).toHaveAttribute("aria-selected", "true");
  await press("ArrowDown");
  await expect(regions.nth(1)).toHaveAttribute("aria-selected", "true");
  await press("2");
  await expect(regions).toHaveText([/RBC 1/, /WBC 1/]);
  await press("Delete");
  await expect(regions).toHaveText([/RBC 1/]);
});

test("a tab that is killed comes back as it was, and every step can still be taken back", async ({
  page,
  context,
}) => {
  const { drag } = await openCells(page, "killed");
  await page.keyboard.press("1");
  for (let i = 0; i < 4; i++) await drag([40 + i * 60, 60], [80 + i * 60, 100]);
  await page.keyboard.press("Control+z");
  // Dead from here on: it says nothing, saves nothing, sends nothing.
  await page.evaluate(() => {
    BroadcastChannel.prototype.postMessage = () => undefined;
    IDBFactory.prototype.open = IDBObjectStore.prototype.put = () => {
      throw new Error("dead");
    };
    window.fetch = () => new Promise(() => undefined);
  });
  const again = await context.newPage();
  const { regions } = await openCells(again, "killed");
  await expect(regions).toHaveCount(3);
  await again.keyboard.press("Control+Shift+Z");
  await expect(regions).toHaveCount(4);
  for (let i = 4; i > 0; i--) {
    await expect(regions).toHaveCount(i);
    await again.keyboard.press("Control+z");
  }
  await expect(regions).toHaveCount(0);
  await again.close();
});

test("of two tabs one works, the other looks on and can take over", async ({ page, context }) => {
  const first = await openCells(page, "tabs");
  await page.keyboard.press("1");
  await first.drag([60, 60], [120, 120]);
  await expect(first.regions).toHaveCount(1);
  const other = await context.newPage();
  const second = await openCells(other, "tabs");
  await expect(other.getByText("in another tab")).toBeVisible();
  await other.keyboard.press("Control+z");
  await expect(first.regions).toHaveCount(1);
  await other.getByRole("button", { name: "Take over here" }).click();
  await expect(other.getByText("in another tab")).toBeHidden();
  await expect(page.getByText("in another tab")).toBeVisible();
  await expect(second.regions).toHaveCount(1);
  await other.keyboard.press("1");
  await second.drag([200, 60], [260, 120]);
  await other.keyboard.press("Enter");
  await saved(other);
  expect((await given(other, "tabs")).map((fields) => fields.cells?.length)).toEqual([2]);
  await other.close();
});

test("R brings everything from the item before, copies go from task to task, N draws again", async ({
  page,
}) => {
  const { drag, regions } = await openCells(page, "pasted");
  await page.keyboard.press("2");
  await drag([60, 60], [120, 120]);
  await drag([200, 60], [260, 120]);
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Enter");
  await painted(page, 2);
  await page.keyboard.press("r");
  await expect(regions).toHaveText([/WBC 1/, /WBC 2/]);
  await page.keyboard.press("Control+v");
  await expect(regions).toHaveCount(3);
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await drag([400, 200], [450, 240]);
  await expect(regions).toHaveText([/WBC 1/, /WBC 2/, /WBC 3/, /WBC 4/]);
  await page.keyboard.press("v");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("3");
  await expect(regions).toHaveText([/Platelets 1/, /Platelets 2/, /Platelets 3/, /Platelets 4/]);
  await page.keyboard.press("Control+z");
  await expect(regions.first()).toHaveText(/WBC 1/);
});

test("questions about regions are asked of each, gaps lead to them, typing stays typing", async ({
  page,
}) => {
  const { drag, regions } = await openCells(page, "asked");
  await page.keyboard.press("1");
  await drag([60, 60], [120, 120]);
  await drag([200, 60], [260, 120]);
  await page.keyboard.press("Enter");
  const gap = page.getByRole("alert").getByRole("button", { name: /stage.*\(2\)/ });
  await gap.click();
  await page.getByRole("button", { name: /^Old/ }).click();
  const remark = page.getByRole("textbox", { name: "remark" });
  await remark.click();
  await remark.pressSequentially("b 1 vs 2? x");
  await page.keyboard.press("Escape");
  await expect(regions).toHaveCount(2);
  await page.keyboard.press("Enter");
  await painted(page, 2);
  await saved(page);
  const [fields] = await given(page, "asked");
  expect(fields?.cells?.map((region) => region.attributes)).toEqual([{ stage: "Old" }, { stage: "Old" }]);
  expect(fields?.remark).toEqual("b 1 vs 2? x");
});

test("with many labels a name is typed; a key can be given to another command, not to two", async ({
  page,
}) => {
  const { drag, regions } = await openCells(page, "many");
  await page.keyboard.press("/");
  await page.keyboard.type("kind q");
  await page.keyboard.press("Enter");
  await drag([60, 60], [120, 120]);
  await expect(regions).toHaveText([/Kind Q 1/]);
  await page.keyboard.press("?");
  await page.getByRole("button", { name: "Change keys" }).click();
  const ellipse = page.getByRole("button", { name: /^Key of Fit the image/ });
  await ellipse.focus();
  await page.keyboard.press("b");
  await expect(page.getByText("b means “Box”.")).toBeVisible();
  await page.keyboard.press("z");
  await expect(ellipse).toHaveText("Z");
  await page.keyboard.press("Escape");
  await page.mouse.wheel(0, -300);
  await page.keyboard.press("z");
  await page.reload();
  await painted(page);
  await page.keyboard.press("?");
  await expect(page.getByText("Fit the image")).toBeVisible();
});

for (const theme of ["dark", "light"] as const) {
  test(`no barrier on the image workbench, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const { drag } = await openCells(page, "seen");
    await page.keyboard.press("1");
    await drag([60, 60], [120, 120]);
    await page.getByText("History").click();
    const check = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect
        .soft(
          violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`),
          what,
        )
        .toEqual([]);
    };
    await check("workbench");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/images-${theme}.png` });
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          "a, button, input, select, textarea, summary, [role=option]",
        ),
      ]
        .filter((element) => element.checkVisibility())
        .map((element) => ({ element: element.outerHTML.slice(0, 90), box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 1 && (box.height < 24 || box.width < 24))
        .map(({ element, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${element}`),
    );
    expect.soft(small).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await check("keys");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/images-keys-${theme}.png` });
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await check("guideline");
    expect(server().url).toBeTruthy();
  });
}
