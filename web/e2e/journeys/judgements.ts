/** Judgements of headlines. */
import { expect } from "@playwright/test";
import type { Hands, Tool } from "./tool";

const headline = `<Text name="headline" value="$headline"/>`;
const pair = `${headline}<Text name="other" value="$other"/>`;
const choices = (...values: string[]): string => values.map((value) => `<Choice value="${value}"/>`).join("");

/** Of the options one that is not chosen. */
const another =
  (one: string, other: string) =>
  async ({ page, press }: Hands) => {
    const first = page.locator(`[aria-keyshortcuts="${one}"]`);
    await press((await first.getAttribute("aria-pressed")) === "true" ? other : one);
  };

export const JUDGEMENTS: readonly Tool[] = [
  {
    name: "single choice",
    family: "judgement",
    short: true,
    input: "rows",
    config: `${headline}<Choices name="kind" toName="headline" required="true">${choices("News", "Clickbait")}</Choices>`,
    single: true,
    mouse: ({ page }) => page.getByRole("button", { name: "News" }).click(),
    keys: ({ press }) => press("2"),
    edit: another("1", "2"),
    wanted: [{ kind: "News" }, { kind: "Clickbait" }],
    review: "fix",
    format: "csv",
  },
  {
    name: "multiple choice",
    family: "judgement",
    input: "rows",
    config: `${headline}<Choices name="topics" toName="headline" choice="multiple" required="true">${choices("Politics", "Sport", "Animals")}</Choices>`,
    mouse: async ({ page }) => {
      await page.getByRole("button", { name: "Animals" }).click();
      await page.getByRole("button", { name: "Politics" }).click();
    },
    keys: ({ press }) => press("2", "1"),
    edit: ({ press }) => press("3"),
    wanted: [{ topics: ["Politics", "Animals"] }, { topics: ["Politics", "Sport"] }],
    review: "return",
    format: "jsonl",
  },
  {
    name: "taxonomy",
    family: "judgement",
    input: "rows",
    config: `${headline}<Taxonomy name="subject" toName="headline" required="true">
<Choice value="World">${choices("Europe", "Asia", "America")}</Choice><Choice value="Life">${choices("Love", "Food")}</Choice></Taxonomy>`,
    mouse: async ({ page }) => {
      await page.getByRole("button", { name: "What is below World" }).click();
      await page.getByRole("checkbox", { name: "America" }).check();
    },
    keys: async ({ page, press, tabTo }) => {
      await tabTo(page.getByRole("searchbox"));
      await page.keyboard.type("lov");
      await tabTo(page.getByRole("checkbox", { name: "Love" }));
      await press("Space");
    },
    edit: async ({ page }) => {
      const life = page.getByRole("checkbox", { name: "Life" });
      await life.click();
    },
    wanted: [{ subject: [["World", "America"]] }, { subject: [["Life", "Love"]] }],
    review: "return",
    format: "label-studio",
  },
  {
    name: "rating",
    family: "judgement",
    input: "rows",
    config: `${headline}<Rating name="stars" toName="headline" maxRating="5" required="true"/>`,
    single: true,
    mouse: ({ page }) => page.getByRole("button", { name: "4" }).click(),
    keys: ({ press }) => press("2"),
    edit: another("1", "5"),
    wanted: [{ stars: 4 }, { stars: 2 }],
    review: "return",
    format: "label-studio-min",
  },
  {
    name: "number",
    family: "judgement",
    input: "rows",
    config: `${headline}<Number name="people" toName="headline" min="0" max="100" required="true"/>`,
    mouse: ({ page }) => page.getByRole("spinbutton", { name: "people" }).fill("3"),
    keys: async ({ page, tabTo }) => {
      await tabTo(page.getByRole("spinbutton", { name: "people" }));
      await page.keyboard.type("12.5");
    },
    edit: async ({ page }) => {
      const box = page.getByRole("spinbutton", { name: "people" });
      await box.fill((await box.inputValue()) === "7" ? "8" : "7");
    },
    wanted: [{ people: 3 }, { people: 12.5 }],
    review: "fix",
    format: "csv",
  },
  {
    name: "date",
    family: "judgement",
    input: "rows",
    config: `${headline}<DateTime name="day" toName="headline" only="date" required="true"/>`,
    mouse: ({ page }) => page.getByLabel("day").fill("2024-05-06"),
    keys: async ({ page, tabTo }) => {
      await tabTo(page.getByLabel("day"));
      await page.keyboard.type("01312023");
    },
    edit: async ({ page }) => {
      const box = page.getByLabel("day");
      await box.fill((await box.inputValue()) === "2020-02-29" ? "2019-01-01" : "2020-02-29");
    },
    wanted: [{ day: "2024-05-06" }, { day: "2023-01-31" }],
    review: "return",
    format: "label-studio",
  },
  {
    name: "free text",
    family: "judgement",
    input: "rows",
    config: `${headline}<TextArea name="why" toName="headline" required="true"/>`,
    submits: "Control+Enter",
    mouse: ({ page }) => page.getByRole("textbox", { name: "why" }).fill("It says what happened. 😀"),
    keys: async ({ page, tabTo }) => {
      await tabTo(page.getByRole("textbox", { name: "why" }));
      await page.keyboard.type("A list, “of” feelings: 1 2 s g");
    },
    edit: async ({ page }) => {
      const box = page.getByRole("textbox", { name: "why" });
      await box.fill(`${await box.inputValue()}!`);
    },
    wanted: [{ why: "It says what happened. 😀" }, { why: "A list, “of” feelings: 1 2 s g" }],
    review: "fix",
    format: "label-studio",
  },
  {
    name: "pairwise",
    family: "judgement",
    input: "rows",
    config: `${pair}<Pairwise name="better" toName="headline,other" equal="true" required="true"/><TextArea name="why" toName="headline"/>`,
    mouse: ({ page }) => page.getByRole("button", { name: "The left one" }).click(),
    keys: ({ press }) => press("3"),
    edit: another("1", "2"),
    wanted: [{ better: "left" }, { better: "right" }],
    review: "fix",
    format: "label-studio",
  },
  {
    name: "ranking",
    family: "judgement",
    // Enter would press the button that moved.
    submits: "Control+Enter",
    input: "rows",
    config: `<List name="list" value="$entries" title="Headlines"/><Ranker name="order" toName="list" required="true"/>`,
    mouse: async ({ page }) => {
      const entries = page.getByRole("list", { name: "order" }).getByRole("listitem");
      await entries.nth(2).dragTo(entries.nth(0));
      await expect(entries.nth(0).getByRole("button", { name: /: up/ })).toBeDisabled();
    },
    keys: async ({ page, press, tabTo }) => {
      await tabTo(
        page
          .getByRole("list", { name: "order" })
          .getByRole("button", { name: /: down/ })
          .first(),
      );
      await press("Alt+ArrowDown", "Alt+ArrowDown");
    },
    edit: ({ page }) =>
      page
        .getByRole("list", { name: "order" })
        .getByRole("button", { name: /: down/ })
        .first()
        .click(),
    wanted: [{ order: ["c", "a", "b", "d"] }, { order: ["b", "c", "a", "d"] }],
    review: "return",
    format: "label-studio",
  },
];
