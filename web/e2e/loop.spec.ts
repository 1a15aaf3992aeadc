/** The loop of one answer: given by a key, seen in the output repo, taken back by a key, and both remembered. */
import { expect, type Page, test } from "@playwright/test";
import { server } from "./places";
import { HEADLINES } from "./seed";

const at = (path: string): string => server().url + path;
const first = HEADLINES[0] ?? "";

/** What the output repo holds of the first headline, reached from its task. */
async function document(page: Page): Promise<string> {
  await page.goto(at("/p/loop?tab=tasks"));
  await page.getByRole("button", { name: `Answers to: ${first}` }).click();
  await page.getByRole("link", { name: "Document" }).click();
  await expect(page.getByText("annotations")).toBeVisible();
  return (await page.getByRole("main").textContent()) ?? "";
}

test("an answer travels from a key to the output repo, and back", async ({ page }) => {
  await page.goto(at("/p/loop/label"));
  const shown = page.getByLabel("What is asked about");
  await expect(shown).toContainText(first);
  await page.keyboard.press("1");
  await expect(shown).toContainText(HEADLINES[1] ?? "");
  await expect(page.getByText("Saved")).toBeVisible();

  await expect(async () => {
    const text = await document(page);
    expect(text).toContain(first);
    expect(text).toContain("Clickbait");
  }).toPass({ timeout: 20_000 });

  await page.goto(at("/p/loop/label"));
  await expect(shown).toContainText(HEADLINES[1] ?? "");
  await page.keyboard.press("Backspace");
  await expect(shown).toContainText(first);
  await page.keyboard.press("2");
  await expect(shown).toContainText(HEADLINES[1] ?? "");
  await expect(page.getByText("Saved")).toBeVisible();

  await page.goto(at("/p/loop?tab=tasks"));
  await page.getByRole("button", { name: `Answers to: ${first}` }).click();
  const history = page.getByRole("row", { name: /^admin/ });
  await expect(history).toHaveCount(2);
  await expect(history.first()).toContainText("Clickbait");
  await expect(history.first()).toContainText("withdrawn");
  await expect(history.last()).toContainText("Not clickbait");
  await expect(history.last()).not.toContainText("withdrawn");

  await expect(async () => {
    const text = await document(page);
    expect(text).toMatch(/withdrawn\s*true/);
    expect(text).toMatch(/withdrawn\s*false/);
    expect(text).toContain("Not clickbait");
  }).toPass({ timeout: 20_000 });
});

test("the commit of an answer leads back to people, guideline and raw data", async ({ page }) => {
  await page.goto(at("/data/crowd-labels?view=commits"));
  await page.getByRole("link", { name: "Lineage" }).first().click();
  const graph = page.getByRole("region", { name: "Lineage" });
  await expect(graph.getByText("pool", { exact: true })).toBeVisible();
  await expect(graph.getByText("crowd", { exact: true })).toBeVisible();
});
