/** Histories, comparisons, large folders, uploads and edits, as a person meets them. */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { server } from "./places";
import { MANY, weave } from "./woven";

test.beforeAll(({ playwright }) => weave(playwright));

const at = (path: string): string => server().url + path;
const compared = "/data/woven/compare?from=v1&to=main";

test("the history shows branches as lanes, with their names and tags", async ({ page }) => {
  await page.goto(at("/data/woven?view=commits"));
  const commits = page.getByRole("region", { name: "Commits" });
  await expect(commits.getByRole("listitem")).toHaveCount(7);
  const row = (text: string) => commits.getByRole("listitem").filter({ hasText: text });
  await expect(row("Merged by hand").getByRole("link", { name: "branch main" })).toBeVisible();
  await expect(row("First files").getByRole("link", { name: "tag v1" })).toBeVisible();
  await expect(commits.locator("svg.lanes circle")).toHaveCount(7);
  const columns = await commits
    .locator("svg.lanes circle")
    .evaluateAll((spots) => new Set(spots.map((spot) => spot.getAttribute("cx"))).size);
  expect(columns).toBe(3);
  await commits.getByRole("link", { name: "Only main" }).click();
  await expect(commits.getByRole("listitem")).toHaveCount(3);
  await expect(page).toHaveURL(/lines=one/);
});

test("two refs are compared: totals, filters in the address, renames", async ({ page }) => {
  await page.goto(at(`${compared}&path=/new`));
  const list = page.getByRole("region", { name: "Differences" });
  await expect(list.getByRole("button", { name: "renamed /old/name.txt → /new/name.txt" })).toBeVisible();
  await page.goto(at(compared));
  await list.getByRole("button", { name: "removed 1" }).click();
  await expect(page).toHaveURL(/kind=removed/);
  await expect(list.getByRole("button", { name: /leaving.txt/ })).toBeVisible();
  await expect(list.locator(".changes > li")).toHaveCount(1);
  await list.getByRole("button", { name: "removed 1" }).click();
  await list.getByLabel("Path").fill("document");
  await expect(page).toHaveURL(/path=document/);
  await expect(list.locator(".changes > li")).toHaveCount(1);
  await page.getByRole("button", { name: "Swap sides" }).click();
  await expect(page.getByLabel("From")).toHaveValue("main");
});

test("a text is compared by line, a table by row, a document by value", async ({ page }) => {
  await page.goto(at(compared));
  await page.getByRole("button", { name: /\/notes.md/ }).click();
  await expect(page).toHaveURL(/file=\/notes.md/);
  await expect(page.locator(".line-diff tr.added")).toContainText("Line 21 of the notes, changed");
  await expect(page.locator(".line-diff mark")).toHaveText(", changed");

  await page.getByRole("button", { name: /\/table.csv/ }).click();
  const table = page.getByRole("region", { name: "3 rows that differ" });
  await expect(table.locator("tr.removed")).toContainText("name 4");
  await expect(table.locator("tr.changed ins")).toHaveText("360");
  await page.getByLabel("Rows are paired by").selectOption("");
  await expect(page).toHaveURL(/key=rows/);
  await expect(page.getByLabel("Rows are paired by")).toHaveValue("");

  await page.getByRole("button", { name: /document.json/ }).click();
  await expect(page.getByText("settings.size")).toBeVisible();
  await expect(page.locator(".json-diff ins").first()).toHaveText("2");
});

test("pictures are compared side by side, and by swiping with the keyboard", async ({ page }) => {
  await page.goto(at(`${compared}&file=/picture.png`));
  await expect(page.getByText("240 × 160")).toHaveCount(2);
  await page.getByRole("button", { name: "Swipe" }).click();
  await expect(page).toHaveURL(/as=swipe/);
  const slider = page.getByRole("slider");
  await slider.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveValue("55");
});

test("a large table is compared off the page's thread", async ({ page }) => {
  const rows = Array.from({ length: 40_000 }, (_, i) => `${i},value ${i}`);
  const put = async (content: string) => {
    const answer = await page.request.post(at("/api/v1/repos/quality/upload?branch=large&path=/large.csv"), {
      data: content,
      headers: { "content-type": "application/octet-stream", origin: server().url },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  await put(`id,v\n${rows.join("\n")}\n`);
  await put(`id,v\n${rows.map((row, i) => (i === 31_234 ? `${row}!` : row)).join("\n")}\n`);
  const workers: string[] = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await page.goto(at("/data/quality/compare?from=large^&to=large&file=/large.csv"));
  await expect(page.getByText("39,999 equal rows left out")).toBeVisible();
  expect(workers.length).toBe(1);
});

test("a folder of many names is loaded as it is scrolled, and jumped through by typing", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/ls?") && asked.push(request.url()));
  await page.goto(at("/data/woven?path=/many"));
  const grid = page.getByRole("grid", { name: "Contents of /many" });
  await expect(grid.getByRole("link", { name: "a-00000.txt" })).toBeVisible();
  expect(await grid.getByRole("row").count()).toBeLessThan(60);
  expect(asked.length).toBe(1);

  await grid.getByRole("link", { name: "a-00000.txt" }).focus();
  await page.keyboard.type("x-02");
  await expect(grid.getByRole("link", { name: "x-02" }).first()).toBeFocused();
  await expect(page).toHaveURL(/start=x-02/);
  await expect(page.getByText(`${MANY.toLocaleString("en")} files`)).toBeVisible();
  expect(asked.length).toBeLessThan(5);

  await grid.getByRole("row").nth(1).getByRole("link").focus();
  await page.keyboard.press("End");
  await expect(grid.getByRole("link", { name: "z-02989.txt" })).toBeFocused();
  await page.keyboard.press("Home");
  await expect(grid.getByRole("link", { name: "Names before these" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(grid.getByRole("link", { name: "a-00000.txt" })).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("grid", { name: "Contents of /" })).toBeVisible();
});

const upload = (page: Page) => page.getByRole("region", { name: "Upload", exact: true });

test("picked files are sent at once and become one commit", async ({ page }) => {
  await page.goto(at("/data/quality"));
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles([
      { name: "table.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") },
      { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    ]);
  await upload(page).getByLabel("Message").fill("Two picked files");
  await upload(page).getByRole("button", { name: "Commit" }).click();
  await page.getByRole("link", { name: "table.csv" }).click();
  await expect(page.getByRole("cell", { name: "2", exact: true })).toBeVisible();
  await page.goto(at("/data/quality?view=commits&lines=one"));
  await expect(page.getByRole("link", { name: "Two picked files" })).toHaveCount(1);
});

test("an upload goes on after the connection was lost", async ({ page }) => {
  await page.goto(at("/data/quality"));
  await page.getByRole("link", { name: "training.csv" }).waitFor();
  let lost = 0;
  await page.route("**/blobs/upload*", (route) => (lost++ < 1 ? route.abort() : route.continue()));
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles({ name: "late.txt", mimeType: "text/plain", buffer: Buffer.from("late") });
  await expect(upload(page)).toContainText("Trying again");
  await upload(page).getByRole("button", { name: "Commit" }).click();
  await expect(page.getByRole("link", { name: "late.txt" })).toBeVisible();
});

test("a large file goes on part by part after the page was left", async ({ page }) => {
  const body = Buffer.alloc(17_000_000);
  for (let i = 0; i < body.length; i += 4) body.writeUInt32LE((i * 2654435761) >>> 0, i);
  const large = { name: "large.bin", mimeType: "application/octet-stream", buffer: body };
  const choose = () => page.locator("input[type=file]").first().setInputFiles(large);
  page.on("dialog", (dialog) => dialog.accept());
  let parcels = 0;
  await page.route("**/bulk/parcel/upload", (route) => (parcels++ < 1 ? route.continue() : route.abort()));
  await page.goto(at("/data/quality"));
  await page.getByRole("link", { name: "training.csv" }).waitFor();
  await choose();
  await expect(upload(page)).toContainText("Trying again");
  await page.reload();
  await page.unroute("**/bulk/parcel/upload");
  await page.getByRole("link", { name: "training.csv" }).waitFor();
  const again: string[] = [];
  page.on("request", (request) => request.url().includes("/bulk/parcel/") && again.push(request.url()));
  await choose();
  await expect(upload(page)).toContainText("All sent");
  expect(again.length, "of three parts one had arrived").toBe(2);
  await upload(page).getByRole("button", { name: "Commit" }).click();
  await page.getByRole("link", { name: "large.bin" }).waitFor();
  const stored = await page.request.get(at("/api/v1/repos/quality/raw?path=/large.bin"));
  expect((await stored.body()).equals(body)).toBe(true);
});

test("files are dropped, renamed and deleted, each as a commit", async ({ page }) => {
  await page.goto(at("/data/quality"));
  await page.getByRole("link", { name: "training.csv" }).waitFor();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped"], "dropped.txt"));
    return data;
  });
  await page
    .getByRole("region", { name: "Place for uploads" })
    .dispatchEvent("drop", { dataTransfer: transfer });
  await upload(page).getByRole("button", { name: "Commit" }).click();
  await page.getByRole("button", { name: "Rename dropped.txt" }).click();
  await page.getByLabel("New path").fill("/kept/here.txt");
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await page.getByRole("link", { name: "kept" }).click();
  const grid = page.getByRole("grid", { name: "Contents of /kept" });
  await grid.getByRole("link", { name: "here.txt" }).focus();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.goto(at("/data/quality?view=commits"));
  await expect(page.getByText("Delete /kept/here.txt").first()).toBeVisible();
});

test("a folder is downloaded as an archive", async ({ page }) => {
  await page.goto(at("/data/woven?path=/deep"));
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Zip" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("deep.zip");
  expect(
    readFileSync(await file.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
});

test("roles of a person are changed", async ({ page }) => {
  await page.request.post(at("/api/v1/users"), {
    headers: { origin: server().url },
    data: { name: "riser", roles: ["annotator"] },
  });
  await page.goto(at("/people"));
  await page.getByRole("button", { name: "Roles of riser" }).click();
  await page.getByLabel("lead").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /riser/ })).toContainText("annotator, lead");
});
