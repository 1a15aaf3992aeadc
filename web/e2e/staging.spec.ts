/** What is staged on a branch, and what moves one, as a person sees it. */
import { expect, test } from "@playwright/test";
import { server } from "./places";

const at = (path: string): string => server().url + path;

test("staged files are shown, and committed by a button", async ({ page }) => {
  const call = async (method: "POST" | "PUT", path: string, data: unknown) => {
    const answer = await page.request.fetch(at(`/api/v1/repos${path}`), {
      method,
      data,
      headers: { origin: server().url },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  await call("POST", "", { name: "staged" });
  await call("POST", "/staged/upload?path=/first.txt", Buffer.from("one"));
  await call("PUT", "/staged/branches/main/staging", { idle_s: 3600 });
  await call("PUT", "/staged/branches/prod/trigger", { source: "main", commits: 1 });
  await call("POST", "/staged/staged/upload?path=/second.txt", Buffer.from("two"));

  await page.goto(at("/data/staged?view=refs"));
  await expect(page.getByRole("row").filter({ hasText: "prod" })).toContainText(
    "triggered by main: 1 commit",
  );
  await page.goto(at("/data/staged"));
  await expect(page.getByText("1 staged change, to be committed soon")).toBeVisible();
  await expect(page.getByRole("link", { name: "second.txt", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Commit now" }).click();
  await expect(page.getByText("to be committed soon")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "second.txt", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Commits" }).click();
  await expect(page.getByText("Put /second.txt").first()).toBeVisible();
});
