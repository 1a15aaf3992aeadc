/** Branches, tags, merges and what takes commits back, as a person meets them. */
import { expect, type Page, test } from "@playwright/test";
import { parted } from "./parted";
import { server } from "./places";

const at = (path: string): string => server().url + path;

const files = async (page: Page, repo: string, path: string, ref = "main"): Promise<string> =>
  (await page.request.get(at(`/api/v1/repos/${repo}/raw?path=${path}&ref=${ref}`))).text();

test("a branch is made, protected, opened, moved and deleted", async ({ page, playwright }) => {
  await parted(playwright, "branches");
  await page.goto(at("/data/branches?view=refs"));
  const rows = page.getByRole("region", { name: "Branches" }).getByRole("row");
  const actions = async (branch: string, doing: string) => {
    await page.getByRole("button", { name: `Actions on ${branch}` }).click();
    await page.getByRole("menuitem", { name: doing }).click();
  };
  await page.getByRole("button", { name: "New branch" }).click();
  await page.getByLabel("Name").fill("trial");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/ref=trial/);
  await page.getByRole("link", { name: "Branches and tags" }).click();
  await actions("trial", "Protect");
  await expect(rows.filter({ hasText: "trial" })).toContainText("protected");
  await page.getByRole("button", { name: "Actions on trial" }).click();
  await expect(page.getByRole("menuitem", { name: "Delete…" })).toHaveCount(0);
  await page.getByRole("menuitem", { name: "Lift protection" }).click();
  await expect(rows.filter({ hasText: "trial" })).not.toContainText("protected");
  await actions("trial", "Move…");
  await page.getByLabel("To").fill("draft");
  await page.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  const head = (name: string) => rows.filter({ hasText: name }).locator("td").nth(1).innerText();
  await expect.poll(() => head("trial")).toBe(await head("draft"));
  await actions("trial", "Delete…");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(rows.filter({ hasText: "trial" })).toHaveCount(0);
});

test("a menu is walked with the keyboard and gives the focus back", async ({ page, playwright }) => {
  await parted(playwright, "branches");
  await page.goto(at("/data/branches?view=refs"));
  const opener = page.getByRole("button", { name: "Actions on main" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
  await expect(page.getByRole("menu")).toHaveCount(0);
});

test("a commit is tagged from the history, and the tag deleted", async ({ page, playwright }) => {
  await parted(playwright, "branches");
  await page.goto(at("/data/branches?view=commits&lines=one"));
  const row = page.getByRole("listitem").filter({ hasText: "/plan.txt" }).last();
  await row.getByRole("button", { name: /^Actions on/ }).click();
  await page.getByRole("menuitem", { name: "Tag…" }).click();
  await page.getByLabel("Name").fill("first-plan");
  await page.getByRole("textbox", { name: "Message" }).fill("What we began with");
  await page.getByRole("dialog").getByRole("button", { name: "Tag" }).click();
  await expect(row.getByRole("link", { name: "tag first-plan" })).toBeVisible();
  await page.getByRole("link", { name: "Branches and tags" }).click();
  await expect(page.getByRole("cell", { name: "What we began with" })).toBeVisible();
  await page.getByRole("button", { name: "Delete the tag first-plan" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No tag yet")).toBeVisible();
});

test("conflicts are decided one by one, one with text of one's own", async ({ page, playwright }) => {
  await parted(playwright, "merging");
  await page.goto(at("/data/merging/merge?from=draft&into=main"));
  const conflicts = page.getByRole("region", { name: /2 conflicts/ });
  await expect(conflicts.getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Merge", exact: true })).toBeDisabled();
  await expect(page.getByRole("region", { name: "What draft has changed since they parted" })).toContainText(
    "/added.txt",
  );
  await expect(conflicts.locator(".line-diff")).toContainText("zwei");
  await conflicts.getByLabel("Edit the text").check();
  await expect(conflicts.getByLabel("Text of /notes.md")).toHaveValue("one\ndeux\nthree\n");
  await conflicts.getByLabel("Text of /notes.md").fill("one\ndeux, zwei\nthree\n");
  await conflicts.getByRole("button", { name: "/plan.txt" }).click();
  await conflicts.getByLabel("Take draft").check();
  await page.getByRole("textbox", { name: "Message" }).fill("Both together");
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page.getByRole("link", { name: "added.txt" })).toBeVisible();
  expect(await files(page, "merging", "/notes.md")).toBe("one\ndeux, zwei\nthree\n");
  expect(await files(page, "merging", "/plan.txt")).toBe("another plan\n");
  await page.goto(at("/data/merging/merge?from=draft&into=main"));
  await expect(page.getByText("main holds everything of draft already")).toBeVisible();
});

test("a commit is taken back, folded and dropped; the last one is undone", async ({ page, playwright }) => {
  await parted(playwright, "undoing");
  await page.goto(at("/data/undoing"));
  await page.getByRole("button", { name: "Undo the last commit on main" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revert" }).click();
  await expect(page.getByText("Took back", { exact: false }).first()).toBeVisible();
  expect(await files(page, "undoing", "/plan.txt")).toBe("the plan\n");

  await page.goto(at("/data/undoing?view=commits&lines=one"));
  const rows = page.getByRole("region", { name: "Commits" }).getByRole("listitem");
  await expect(rows).toHaveCount(5);
  const doing = async (row: number, name: string, button: string) => {
    await rows
      .nth(row)
      .getByRole("button", { name: /^Actions on/ })
      .click();
    await page.getByRole("menuitem", { name }).click();
    await page.getByRole("dialog").getByRole("button", { name: button }).click();
  };
  await doing(0, "Drop…", "Drop");
  await expect(rows).toHaveCount(4);
  expect(await files(page, "undoing", "/plan.txt")).toBe("the same plan, kept\n");
  await doing(1, "Fold into the next…", "Squash");
  await expect(rows).toHaveCount(3);
  expect(await files(page, "undoing", "/notes.md")).toBe("one\ndeux\nthree\n");
});

test("a commit whose files were changed since asks what is to become of them", async ({
  page,
  playwright,
}) => {
  await parted(playwright, "reverting");
  await page.goto(at("/data/reverting?view=commits&lines=one"));
  const rows = page.getByRole("region", { name: "Commits" }).getByRole("listitem");
  await rows
    .nth(3)
    .getByRole("button", { name: /^Actions on/ })
    .click();
  await page.getByRole("menuitem", { name: "Revert on main…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Revert" }).click();
  await dialog.getByLabel("Keep what is there now").check();
  await dialog.getByRole("button", { name: "Revert" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await files(page, "reverting", "/notes.md")).toBe("one\ndeux\nthree\n");
});

test("several names are copied, moved, downloaded and deleted at once", async ({ page, playwright }) => {
  await parted(playwright, "several");
  await page.goto(at("/data/several?ref=draft"));
  const bar = page.getByRole("toolbar", { name: "Selected names" });
  await page.getByRole("checkbox", { name: "Select added.txt" }).click();
  await page.getByRole("link", { name: "plan.txt" }).focus();
  await page.keyboard.press("Shift+ ");
  await expect(bar).toContainText("3 names selected");
  const download = page.waitForEvent("download");
  await bar.getByRole("link", { name: "Zip" }).click();
  expect((await download).suggestedFilename()).toBe("several.zip");
  await bar.getByRole("button", { name: "Copy…" }).click();
  await page.getByLabel("To the folder").fill("kept/here");
  await page.getByRole("dialog").getByRole("button", { name: "Copy" }).click();
  await page.getByRole("link", { name: "kept" }).click();
  await page.getByRole("link", { name: "here" }).click();
  await expect(page.getByRole("link", { name: "added.txt" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await bar.getByRole("button", { name: "Move…" }).click();
  await page.getByLabel("To the folder").fill("/moved");
  await page.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  await page.goto(at("/data/several?ref=draft&path=/moved"));
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await bar.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.goto(at("/data/several?ref=draft"));
  await expect(page.getByRole("grid").getByRole("link")).toHaveText(["added.txt", "notes.md", "plan.txt"]);
});
