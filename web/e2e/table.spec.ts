/** The tasks of a project as a table: filtered, sorted, columns chosen, kept as a view, all of it in the address. */
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
  await dialog.getByLabel("Value").fill(value);
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
