/** The tasks of a project as a table: filtered, sorted, columns chosen, kept as a view, all of it in the address. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { server } from "./places";
import { HEADLINES } from "./seed";

const at = (path: string): string => server().url + path;
const rows = (page: Page) => page.getByRole("button", { name: /^Answers to:/ });

async function add(page: Page, column: string, op: string, value: string): Promise<void> {
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Column").selectOption(column);
  await dialog.getByLabel("Test").selectOption(op);
  if (value) await dialog.getByLabel("Value").fill(value);
  await page.getByRole("button", { name: "Add" }).click();
}

test("rows are filtered, sorted and kept as a view", async ({ page }) => {
  await page.goto(at("/p/crowd?tab=tasks"));
  await expect(rows(page)).toHaveCount(HEADLINES.length);
  await expect(page.getByRole("status").filter({ hasText: `${HEADLINES.length} items` })).toBeVisible();

  await add(page, "data.headline", "contains", "THE");
  const wanted = HEADLINES.filter((headline) => headline.toLowerCase().includes("the"));
  await expect(rows(page)).toHaveCount(wanted.length);

  await page.getByRole("button", { name: "headline", exact: true }).click();
  await page.getByRole("button", { name: "headline", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "headline" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  const last = [...wanted].sort().at(-1) ?? "";
  await expect(rows(page).first()).toHaveAccessibleName(`Answers to: ${last.slice(0, 80)}`);

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: /^workers/ }).check();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("columnheader", { name: "workers" })).toBeVisible();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/table-filtered.png` });

  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByLabel("Name").fill("With an article");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(/view=With\+an\+article$/);

  await page.goto(at("/p/crowd?tab=tasks"));
  await expect(rows(page)).toHaveCount(HEADLINES.length);
  await page.getByRole("link", { name: "With an article" }).click();
  await expect(rows(page)).toHaveCount(wanted.length);
  await expect(page.getByRole("columnheader", { name: "workers" })).toBeVisible();
  await page.reload();
  await expect(rows(page).first()).toHaveAccessibleName(`Answers to: ${last.slice(0, 80)}`);

  await rows(page).first().click();
  await expect(page.getByText("in the history of this task")).toBeVisible();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/table-task.png` });
  await page.getByRole("button", { name: "Close the task" }).click();

  await page.getByRole("button", { name: /^Delete the view/ }).click();
  await expect(page.getByRole("link", { name: "With an article" })).toHaveCount(0);
  await expect(rows(page)).toHaveCount(HEADLINES.length);
});

test("a filter that nothing passes, and one that is wrong, say so", async ({ page }) => {
  await page.goto(at("/p/crowd?tab=tasks"));
  await expect(rows(page)).toHaveCount(HEADLINES.length);
  await add(page, "answers", "gt", "99");
  await expect(page.getByText("No item passes the filter")).toBeVisible();
  await page.getByRole("button", { name: "Remove: answers > 99" }).click();
  await expect(rows(page)).toHaveCount(HEADLINES.length);

  const wrong = encodeURIComponent('{"field":"nope","op":"eq","value":"x"}');
  await page.goto(at(`/p/crowd?tab=tasks&filter=${wrong}`));
  await expect(page.getByText("there is no column 'nope'")).toBeVisible();
});

test("what people agree on is accepted fifty at a time, after a correction", async ({ page }) => {
  await page.goto(at("/p/crowd?tab=tasks"));
  await page.getByRole("button", { name: "Bulk" }).click();
  const headline = HEADLINES[3] ?? "";
  const one = page.getByLabel(`Label of ${headline.slice(0, 80)}`);
  await expect(one).toHaveValue(/./);
  const before = await one.inputValue();
  const other = before === "Clickbait" ? "Not clickbait" : "Clickbait";
  await one.selectOption(other);
  await expect(page.getByText("corrected")).toBeVisible();
  await page.getByRole("button", { name: /^Accept \d+ labels/ }).click();
  await expect(page.getByRole("button", { name: "Accept 0 labels" })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/bulk.png` });

  await expect(async () => {
    const asked = {
      filter: { field: "data.headline", op: "eq", value: headline },
      columns: ["label.category"],
    };
    const answer = await page.request.post(at("/api/v1/projects/crowd/table"), {
      data: asked,
      headers: { origin: server().url },
    });
    expect((await answer.json()).rows[0].values["label.category"]).toBe(other);
  }).toPass({ timeout: 20_000 });
});

for (const theme of ["dark", "light"] as const) {
  test(`the table and its dialogs have no serious barrier, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const check = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(
        (v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`,
      );
      expect.soft(found, what).toEqual([]);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${what}-${theme}.png` });
    };
    await page.goto(at("/p/crowd?tab=tasks"));
    await add(page, "answers", "le", "2");
    await add(page, "label.category", "filled", "");
    await expect(rows(page).first()).toBeVisible();
    await rows(page).first().click();
    await expect(page.getByText("in the history of this task")).toBeVisible();
    await check("table with a task");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await check("adding a test");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Columns" }).click();
    await check("choosing columns");
  });
}
