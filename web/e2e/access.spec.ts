/** What an annotator sees: their work, and no door that is locked. */
import { expect, test } from "@playwright/test";
import { server } from "./places";

test("an invited person signs in by link and finds their work", async ({ page, browser }) => {
  await page.goto(`${server().url}/people`);
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByLabel("Name").fill("berta");
  await page.getByRole("button", { name: "Make link" }).click();
  const link = await page.getByLabel("One-time link").inputValue();

  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const hers = await context.newPage();
  await hers.goto(server().url);
  await hers.getByLabel("Your one-time link").fill(link);
  await hers.getByRole("button", { name: "Sign in" }).click();
  await expect(hers.getByRole("heading", { name: "My work" })).toBeVisible();
  const rail = hers.getByRole("navigation", { name: "Pages" });
  await expect(rail.getByRole("link", { name: "Home" })).toBeVisible();
  await expect(rail.getByRole("link", { name: "Data" })).toHaveCount(0);
  await hers.locator('a[href="/p/bench/label"]', { hasText: "Start labelling" }).click();
  await expect(hers.getByLabel("What is asked about")).toBeVisible();
  await hers.goto(`${server().url}/data/pool`);
  await expect(hers.getByRole("alert")).toContainText("may not");
  await context.close();
});

test("pages follow what others do, without a reload", async ({ page }) => {
  await page.goto(`${server().url}/data/pool?view=commits`);
  await expect(page.getByText("Ten headlines")).toBeVisible();
  const response = await page.request.post(
    `${server().url}/api/v1/repos/pool/upload?branch=main&path=/notes.txt&message=A%20note`,
    { data: "hello", headers: { "content-type": "application/octet-stream", origin: server().url } },
  );
  expect(response.ok(), await response.text()).toBe(true);
  await expect(page.getByText("A note")).toBeVisible();
});
