/** No serious barrier on any page, in either theme. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { parted } from "./parted";
import { server } from "./places";
import { weave } from "./woven";

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const COMPARED = "/data/woven/compare?from=v1&to=main";
const PICKED = { name: "picked.txt", mimeType: "text/plain", buffer: Buffer.from("a picked file") };

interface Stop {
  readonly name: string;
  readonly path: string;
  /** What shows that the page is there. */
  readonly ready: string;
  readonly open?: (page: Page) => Promise<void>;
}

async function idOf(page: Page, path: string, pick: (body: never) => string): Promise<string> {
  const response = await page.request.get(`${server().url}/api/v1/${path}`);
  return pick((await response.json()) as never);
}

test.beforeAll(async ({ playwright }) => {
  await weave(playwright);
  await parted(playwright, "parted");
});

async function stops(page: Page): Promise<Stop[]> {
  const commit = await idOf(
    page,
    "repos/copied/log?ref=main",
    (body: { commits: { id: string }[] }) => body.commits[0]?.id ?? "",
  );
  const job = await idOf(page, "pipelines/copied/jobs", (body: { id: string }[]) => body[0]?.id ?? "");
  const task = await idOf(page, "projects/crowd/tasks", (body: { tasks: { id: number }[] }) =>
    String(body.tasks[0]?.id ?? ""),
  );
  return [
    { name: "home", path: "/", ready: "Labelling" },
    { name: "projects", path: "/projects", ready: "What the crowd thinks" },
    { name: "project", path: "/p/crowd", ready: "Throughput" },
    { name: "tasks", path: `/p/crowd?tab=tasks&task=${task}`, ready: "in the history of this task" },
    { name: "workers", path: "/p/crowd?tab=workers", ready: "simulated" },
    { name: "guideline", path: "/p/crowd?tab=guideline", ready: "How to judge" },
    { name: "configuration", path: "/p/crowd?tab=config", ready: "overlap" },
    { name: "repos", path: "/data", ready: "crowd-labels" },
    { name: "repo", path: "/data/pool", ready: "headlines.csv" },
    { name: "file", path: "/data/pool?file=/headlines.csv", ready: "Cattle Rustling" },
    { name: "commits", path: "/data/pool?view=commits", ready: "Ten headlines" },
    { name: "commit", path: `/data/copied/commit/${commit}`, ready: "Made from" },
    { name: "compare", path: "/data/crowd-labels/compare?from=live&to=main", ready: "Compare" },
    { name: "lanes", path: "/data/woven?view=commits", ready: "Merged by hand" },
    { name: "folder", path: "/data/woven?path=/many", ready: "names loaded" },
    { name: "text difference", path: `${COMPARED}&file=/notes.md`, ready: "equal line" },
    { name: "table difference", path: `${COMPARED}&file=/table.csv`, ready: "Rows are paired by" },
    { name: "document difference", path: `${COMPARED}&file=/deep/document.json`, ready: "settings.size" },
    { name: "pictures", path: `${COMPARED}&file=/picture.png`, ready: "Swipe" },
    { name: "pictures swiped", path: `${COMPARED}&file=/picture.png&as=swipe`, ready: "Swipe" },
    { name: "branches and tags", path: "/data/woven?view=refs", ready: "Stands at" },
    {
      name: "actions on a branch",
      path: "/data/parted?view=refs",
      ready: "Stands at",
      open: (p) => p.getByRole("button", { name: "Actions on draft" }).click(),
    },
    {
      name: "drop a commit",
      path: "/data/parted?view=commits&lines=one",
      ready: "Put /plan.txt",
      open: async (p) => {
        await p
          .getByRole("button", { name: /^Actions on/ })
          .first()
          .click();
        await p.getByRole("menuitem", { name: "Drop…" }).click();
      },
    },
    { name: "merge", path: "/data/parted/merge?from=draft&into=main", ready: "2 conflicts" },
    {
      name: "merge with own text",
      path: "/data/parted/merge?from=draft&into=main",
      ready: "2 conflicts",
      open: async (p) => {
        await p.getByLabel("Edit the text").check();
        await p.getByLabel("Text of /notes.md").waitFor();
      },
    },
    {
      name: "selected names",
      path: "/data/woven",
      ready: "notes.md",
      open: async (p) => {
        await p.getByRole("checkbox", { name: "Select notes.md" }).click();
        await p.getByRole("checkbox", { name: "Select table.csv" }).click();
      },
    },
    {
      name: "delete a file",
      path: "/data/woven",
      ready: "notes.md",
      open: (p) => p.getByRole("button", { name: "Delete notes.md" }).click(),
    },
    {
      name: "upload",
      path: "/data/woven",
      ready: "notes.md",
      open: async (p) => {
        await p.locator("input[type=file]").first().setInputFiles(PICKED);
        await p.getByText("All sent").waitFor();
      },
    },
    {
      name: "roles",
      path: "/people",
      ready: "admin",
      open: (p) =>
        p
          .getByRole("button", { name: /^Roles of/ })
          .first()
          .click(),
    },
    { name: "pipelines", path: "/pipelines", ready: "copied" },
    { name: "pipeline", path: `/pipelines/copied?job=${job}`, ready: "Logs" },
    { name: "lineage", path: `/lineage/${commit}`, ready: "In this picture" },
    { name: "people", path: "/people", ready: "admin" },
    { name: "workbench", path: "/p/survey/label", ready: "Submit" },
    {
      name: "guideline beside a task",
      path: "/p/bench/label",
      ready: "Skip",
      open: async (p) => {
        await p.keyboard.press("g");
        await p.getByText("How to judge").waitFor();
      },
    },
    {
      name: "keys",
      path: "/p/bench/label",
      ready: "Skip",
      open: async (p) => {
        await p.keyboard.press("?");
        await p.getByText("Single-key shortcuts").waitFor();
      },
    },
    {
      name: "command menu",
      path: "/",
      ready: "Labelling",
      open: async (p) => {
        await p.keyboard.press("Control+k");
        await p.getByRole("combobox").fill("pool");
      },
    },
    {
      name: "invitation",
      path: "/people",
      ready: "admin",
      open: (p) => p.getByRole("button", { name: "Invite" }).click(),
    },
    { name: "nothing here", path: "/p/no-such-project", ready: "no-such-project" },
  ];
}

for (const theme of ["dark", "light"] as const) {
  test(`no serious barrier, ${theme}`, async ({ page }) => {
    test.setTimeout(360_000);
    const faults: string[] = [];
    page.on(
      "console",
      (message) => message.type() === "error" && faults.push(`${page.url()} ${message.text()}`),
    );
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const stop of await stops(page)) {
      await page.goto(server().url + stop.path);
      await page.getByText(stop.ready).first().waitFor();
      await stop.open?.(page);
      const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
      const found = violations.map(
        (v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`,
      );
      expect.soft(found, `${stop.name}, ${theme}`).toEqual([]);
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/${stop.name.replaceAll(" ", "-")}-${theme}.png`,
        });
    }
    // A page of its own accord asks for nothing that is missing or forbidden; only the last stop asks for what is not.
    expect(faults.filter((fault) => !fault.includes("no-such-project"))).toEqual([]);
  });
}

test("the sign-in page has no serious barrier", async ({ browser }) => {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(server().url);
  await page.getByRole("heading", { name: "Sign in to Recension" }).waitFor();
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/sign-in.png` });
  await context.close();
});

test("every target is at least 24 pixels", async ({ page }) => {
  for (const path of [
    "/",
    "/projects",
    "/p/crowd",
    "/p/crowd?tab=tasks",
    "/data/pool",
    "/data/parted?view=refs",
    "/data/parted/merge?from=draft&into=main",
    "/people",
    "/p/bench/label",
  ]) {
    await page.goto(server().url + path);
    await page.waitForLoadState("networkidle").catch(() => undefined);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("a, button, input, select, textarea, summary")]
        .filter((element) => element.checkVisibility() && !element.closest("p, td, dd, .small, .prose"))
        // Whoever hits the words beside a box hits the box.
        .map((element) => ({
          element,
          hit: element.matches("[type=radio], [type=checkbox]") ? element.closest("label") : null,
        }))
        .map(({ element, hit }) => ({
          element: element.outerHTML.slice(0, 90),
          box: (hit ?? element).getBoundingClientRect(),
        }))
        .filter(({ box }) => box.width > 1 && (box.height < 24 || box.width < 24))
        .map(({ element, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${element}`),
    );
    expect.soft(small, path).toEqual([]);
  }
});
