/** The graph under the keyboard: nodes take focus, Enter chooses, the panel tells. */
import { expect, test } from "@playwright/test";
import { server } from "./places";

test("a pipeline is found in the graph and opened without a mouse", async ({ page }) => {
  await page.goto(`${server().url}/pipelines`);
  const node = page.getByRole("group", { name: /^pipeline copied/ });
  await node.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/node=pipeline/);
  const side = page.getByRole("complementary", { name: "Details" });
  await expect(side.getByText("crowd-labels")).toBeVisible();
  await side.getByRole("link", { name: "Open pipeline" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Jobs" })).toBeVisible();
});

test("the command menu leads anywhere by a few letters", async ({ page }) => {
  await page.goto(server().url);
  await page.getByRole("heading", { name: "Labelling" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("crowd-l");
  await expect(page.getByRole("option", { name: /crowd-labels/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/data\/crowd-labels/);
});
