/** A new project by its wizard: from the keyboard, on photographs and on headlines, with what is wrong said where it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { painted } from "./cells";
import { STATE, server } from "./places";

const IMAGES = join(import.meta.dirname, "..", "..", "tests", "samples", "bccd", "images");
/** Has the name that the wizard would give. */
const TAKEN = `project: photos-boxes
input: {repo: pool, glob: "/*.csv", rows: {format: csv, key: null}}
fields: {show: {headline: text}, ask: {fine: {choice: [of course, never]}}}
output: {repo: photos-boxes-labels}
`;

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const at = (path: string): string => server().url + path;
const preview = (page: Page) => page.getByRole("group", { name: "Preview" });

/** Photographs of blood cells in a repo of their own, and a project whose name is taken. */
test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ storageState: STATE });
  const call = (path: string, options: object) =>
    request.post(at(`/api/v1/${path}`), { headers: { origin: server().url }, ...options });
  // A test that failed is followed by a new worker, which finds everything made.
  if (!(await request.get(at("/api/v1/repos/photos"))).ok()) {
    await call("repos", { data: { name: "photos" } });
    for (const number of [0, 1, 2]) {
      const name = `BloodImage_0000${number}.jpg`;
      const sent = { headers: { origin: server().url, "content-type": "image/jpeg" } };
      const data = readFileSync(join(IMAGES, name));
      await call(`repos/photos/upload?path=/${name}`, { ...sent, data });
    }
    expect((await call("projects", { data: { yaml: TAKEN } })).ok()).toBe(true);
  }
  await request.dispose();
});

/** Tab until what is wanted has the focus. */
async function tabTo(page: Page, wanted: ReturnType<Page["getByRole"]>): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the focus never came there");
}

async function follow(page: Page, wanted: ReturnType<Page["getByRole"]>): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

test("a project on photographs from the keyboard alone: data, template, labels, people, name, first answer", async ({
  page,
}) => {
  await page.goto(at("/projects"));
  await follow(page, page.getByRole("link", { name: "New project" }));
  await expect(page.getByRole("heading", { name: "What is to be labelled?" })).toBeVisible();
  await tabTo(page, page.getByRole("searchbox", { name: "Find a repository" }));
  await page.keyboard.type("photos");
  // The first of a group of radios is entered by Tab, chosen by Space.
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("Space");
  await expect(page.getByRole("radio", { name: /^photos\s/ })).toBeChecked();
  await expect(page.getByText("Each file is an item")).toBeVisible();
  await expect(page.getByText("3 files").last()).toBeVisible();

  await follow(page, page.getByRole("link", { name: "Next: Labels" }));
  await follow(page, page.getByRole("button", { name: /^Boxes A box/ }));
  await expect(preview(page).getByText("/BloodImage_00000.jpg")).toBeVisible();
  const labels = preview(page).getByRole("region", { name: "Labels" });
  await expect(labels.getByRole("button")).toHaveText([/Car/, /Person/, /Tree/]);

  // Renamed, and the preview follows.
  const first = page.getByRole("textbox", { name: "Name of label 1" });
  await tabTo(page, first);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Red cell");
  await expect(labels.getByRole("button").first()).toHaveText(/Red cell/);
  // A key that is taken is refused, by name; another one is not.
  await tabTo(page, page.getByRole("textbox", { name: "Key of Red cell" }));
  await page.keyboard.type("s");
  await expect(page.getByRole("alert").getByText("hotkey 's' of 'Red cell' means skip")).toBeVisible();
  await page.keyboard.type("z");
  await expect(labels.getByRole("button").first()).toHaveText(/Z/);
  // A label more, moved to the front.
  await tabTo(page, page.getByRole("textbox", { name: "Name of label 3" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name of label 4" })).toBeFocused();
  await page.keyboard.type("Platelet");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Alt+ArrowUp");
  await expect(labels.getByRole("button")).toHaveText([/Platelet/, /Red cell/, /Person/, /Tree/]);

  await follow(page, page.getByRole("link", { name: "Next: People and quality" }));
  await tabTo(page, page.getByRole("spinbutton", { name: /People per task/ }));
  await page.keyboard.press("ArrowUp");
  await expect(page.getByText("How answers become one")).toBeVisible();
  // A reload loses nothing.
  await page.reload();
  await expect(page.getByRole("spinbutton", { name: /People per task/ })).toHaveValue("2");
  await page.goBack();
  await expect(labels.getByRole("button")).toHaveText([/Platelet/, /Red cell/, /Person/, /Tree/]);
  await page.goForward();
  await follow(page, page.getByRole("link", { name: "Next: Summary" }));

  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await expect(page.getByRole("alert")).toContainText("there is a project 'photos-boxes' already");
  await tabTo(page, name);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("photos-by-wizard");
  await expect(page.getByRole("region", { name: "Project document" })).toContainText(
    "consensus: {method: majority}",
  );
  await follow(page, page.getByRole("button", { name: "Create project" }));
  await expect(page).toHaveURL(/\/p\/photos-by-wizard$/);

  await page.goto(at("/p/photos-by-wizard/label"));
  await painted(page);
  for (const key of ["1", "Shift+ArrowRight", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"])
    await page.keyboard.press(key);
  const regions = page.getByRole("listbox", { name: "Regions" }).getByRole("option");
  await expect(regions).toHaveText([/Platelet 1/]);
  await page.keyboard.press("z");
  await expect(regions).toHaveText([/Red cell 1/]);
  await page.keyboard.press("Enter");
  await painted(page, 2);
  await expect(page.getByText("Saved")).toBeVisible();
  const response = await page.request.get(at("/api/v1/projects/photos-by-wizard/answers"));
  const { answers } = (await response.json()) as {
    answers: { fields: { things: { labels: string[] }[] } }[];
  };
  expect(answers.map(({ fields }) => fields.things.map((region) => region.labels))).toEqual([[["Red cell"]]]);
});

test("a config on headlines: what is wrong has its line, what is right is tried at once", async ({
  page,
}) => {
  await page.goto(at("/projects/new"));
  await page.getByRole("radio", { name: /^pool\s/ }).check();
  await expect(page.getByText("Each row is an item")).toBeVisible();
  await page.getByRole("link", { name: "Next: Labels" }).click();
  await page.getByRole("button", { name: /^Text classification/ }).click();
  const shown = preview(page).getByLabel("What is asked about");
  await expect(shown).toContainText("Tamil party drops commitment");
  await expect(page.getByRole("combobox")).toHaveCount(0);

  // A key in the preview is an answer there, and nowhere else.
  await shown.click();
  await page.keyboard.press("2");
  await expect(page.getByText("This would be the answer:")).toBeVisible();
  await expect(preview(page)).toContainText('{"class":"Neutral"}');
  await expect(shown).toContainText("The Hardest Harry Potter");

  await page.getByText("Config", { exact: true }).click();
  const text = page.getByRole("textbox", { name: "Config" });
  const good = await text.inputValue();
  await text.fill(good.replace("</Choices>", ""));
  const problem = page.getByRole("button", { name: /^Line 9/ });
  await expect(problem).toContainText("mismatched tag");
  await problem.click();
  await expect(text).toBeFocused();
  expect(
    await text.evaluate((area: HTMLTextAreaElement) =>
      area.value.slice(area.selectionStart, area.selectionEnd),
    ),
  ).toBe("</View>");
  await text.fill(
    good.replace('"Neutral"', '"Neutral" hotkey="x"').replace('"Negative"', '"Negative" hotkey="x"'),
  );
  await expect(page.getByRole("button", { name: /^Line 7/ })).toContainText("is taken by 'Neutral'");
  await page
    .getByLabel("Open a file")
    .setInputFiles({ name: "whole.yaml", mimeType: "text/yaml", buffer: Buffer.from(TAKEN) });
  await expect(page.getByRole("button", { name: /^Line 3/ })).toContainText("a project document");
  await text.fill("show: {text: text}\nask:\n  tone: {choice: [Calm, Loud], required: true}\n");
  await expect(page.getByText("YAML, without a problem")).toBeVisible();
  await expect(preview(page).getByRole("button", { name: /Calm/ })).toBeVisible();

  await page.goto(at("/projects/new?step=summary"));
  const document = page.getByRole("region", { name: "Project document" });
  await expect(document).toContainText("columns: {text: headline}");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Not a Name");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create project" })).toBeDisabled();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("tones");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page).toHaveURL(/\/p\/tones$/);
  await page.goto(at("/projects/new"));
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
});

for (const theme of ["dark", "light"] as const) {
  test(`no barrier on any step, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    const check = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
      expect.soft(found, `${what}, ${theme}`).toEqual([]);
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/wizard-${what.replaceAll(" ", "-")}-${theme}.png`,
        });
    };
    await page.goto(at("/projects/new"));
    await page.getByRole("radio", { name: /^pool\s/ }).check();
    await page.getByText("Each row is an item").waitFor();
    await check("table");
    await page.getByRole("radio", { name: /^photos\s/ }).check();
    await page.getByText("Each file is an item").waitFor();
    await check("files");
    await page.getByRole("link", { name: "Next: Labels" }).click();
    await page.getByText("What is asked about each item?").waitFor();
    await check("templates");
    await page.getByRole("button", { name: /^Boxes with questions/ }).click();
    await preview(page).getByRole("listbox", { name: "Regions" }).waitFor();
    await check("labels");
    await page.getByText("Config", { exact: true }).click();
    await page.getByRole("textbox", { name: "Config" }).fill("<View>\n  <Nothing/>\n</View>");
    await page.getByRole("button", { name: /^Line 2/ }).waitFor();
    await check("problems");
    await page.goto(at("/projects/new?step=labels&view=templates"));
    await page.getByRole("button", { name: /^Which answer is better/ }).click();
    await page.getByText("a sample of the template").waitFor();
    await check("data that does not fit");
    await page.getByRole("link", { name: /^Go on|^Next/ }).click();
    await page.getByText("As people read it").waitFor();
    await check("people");
    await page.getByRole("link", { name: "Next: Summary" }).click();
    await page.getByRole("heading", { name: "project.yaml" }).waitFor();
    await page.waitForTimeout(600);
    await check("summary");
    expect.soft(faults).toEqual([]);
  });
}
