/** The tools of texts, on tweets. */
import { expect, type Page } from "@playwright/test";
import { boxOf, dragOver } from "../words";
import type { Hands, Tool } from "./tool";

const kinds = ["person", "location", "group"].map((value) => `<Label value="${value}"/>`).join("");
const tweet = `<Text name="text" value="$tweet"/><Labels name="names" toName="text">${kinds}</Labels>`;

async function twice({ page }: Hands, word: string): Promise<void> {
  const box = await boxOf(page, word);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
}

/** The caret goes to where the words begin, then the selection grows until it holds them. */
async function mark({ page, press, tabTo }: Hands, words: string): Promise<void> {
  await tabTo(page.locator(".text-host"));
  await press("Control+Home");
  const first = words.split(" ")[0] ?? "";
  for (let i = 0; i < MOST_STEPS && !(await standsBefore(page, first)); i++) await press("ArrowRight");
  for (let i = 0; i < MOST_STEPS && (await held(page)) !== words; i++) await press("Shift+ArrowRight");
  expect(await held(page)).toBe(words);
}

const MOST_STEPS = 200;
const held = (page: Page): Promise<string> => page.evaluate(() => String(document.getSelection()));

function standsBefore(page: Page, word: string): Promise<boolean> {
  return page.evaluate((wanted) => {
    const selection = document.getSelection();
    const host = document.querySelector(".text-host");
    if (!selection?.anchorNode || !host) return false;
    const rest = document.createRange();
    rest.setStart(selection.anchorNode, selection.anchorOffset);
    rest.setEnd(host, host.childNodes.length);
    return String(rest).startsWith(wanted);
  }, word);
}

/** The first region gets another label. */
async function relabel({ page, press, regions }: Hands): Promise<void> {
  await regions.first().click();
  const group = page.getByRole("button", { name: "group" });
  await press((await group.getAttribute("aria-pressed")) === "true" ? "1" : "3");
}

export const TEXTS: readonly Tool[] = [
  {
    name: "span",
    family: "text",
    short: true,
    input: "rows",
    config: tweet,
    mouse: async (hands) => {
      const { page, press, regions } = hands;
      // One in another, and one over both.
      await dragOver(page, "Redondo", "Blvd");
      await press("2");
      await press("Escape", "Escape");
      await dragOver(page, "Redondo", "Beach");
      await press("3");
      await press("Escape", "Escape");
      await dragOver(page, "Beach", "you were");
      await press("1");
      await expect(regions).toHaveText([
        /Redondo Beach Blvd · location 1/,
        /Redondo Beach · group 1/,
        /Beach Blvd \. you were · person 1/,
      ]);
    },
    keys: async (hands) => {
      const { press, regions } = hands;
      await mark(hands, "Ahmed");
      await press("1", "Escape", "Escape");
      await mark(hands, "orchard academy");
      await press("2", "Escape", "Escape");
      await mark(hands, "academy in milton");
      await press("3");
      await expect(regions).toHaveText([
        /Ahmed · person 1/,
        /orchard academy · location 1/,
        /academy in milton · group 1/,
      ]);
    },
    edit: relabel,
    wanted: [
      { names: ["span location", "span group", "span person"] },
      { names: ["span person", "span location", "span group"] },
    ],
    review: "fix",
    format: "spacy",
  },
  {
    name: "span relations",
    family: "text",
    input: "rows",
    config: `${tweet}<Relations><Relation value="part-of"/><Relation value="visits"/></Relations>`,
    mouse: async (hands) => {
      const { page, press, regions } = hands;
      await dragOver(page, "Redondo", "Blvd");
      await press("2");
      await press("Escape", "Escape");
      await twice(hands, "Gardena");
      await press("2");
      await press("c");
      await regions.first().click();
      await page.getByRole("combobox", { name: "Kind of the relation" }).selectOption("part-of");
    },
    keys: async (hands) => {
      const { page, press, tabTo } = hands;
      await mark(hands, "Ahmed");
      await press("1", "Escape", "Escape");
      await mark(hands, "orchard academy");
      await press("2", "c", ",");
      await tabTo(page.getByRole("combobox", { name: "Kind of the relation" }));
      await press("ArrowDown", "Escape");
    },
    edit: async ({ page }) => {
      const kind = page.getByRole("combobox", { name: "Kind of the relation" });
      await kind.selectOption((await kind.inputValue()) === "visits" ? "part-of" : "visits");
    },
    wanted: [
      { names: ["span location", "span location"], relations: ["right part-of"] },
      { names: ["span person", "span location"], relations: ["right part-of"] },
    ],
    review: "return",
    format: "brat",
  },
  {
    name: "document class",
    family: "text",
    input: "rows",
    config: `${tweet}<Choices name="tone" toName="text" required="true"><Choice value="friendly"/><Choice value="angry"/></Choices>`,
    mouse: async (hands) => {
      await twice(hands, "Gardena");
      await hands.press("2");
      await hands.page.getByRole("button", { name: "friendly" }).click();
    },
    keys: async (hands) => {
      await mark(hands, "milton");
      await hands.press("2", "Escape", "Escape", "5");
    },
    edit: async ({ page, press }) => {
      const angry = page.getByRole("button", { name: "angry" });
      await press((await angry.getAttribute("aria-pressed")) === "true" ? "4" : "5");
    },
    wanted: [
      { names: ["span location"], tone: "friendly" },
      { names: ["span location"], tone: "angry" },
    ],
    review: "fix",
    format: "spacy",
  },
  {
    name: "dialogue",
    family: "text",
    input: "rows",
    config: `<Paragraphs name="talk" value="$turns" nameKey="author" textKey="text"/><ParagraphLabels name="names" toName="talk">${kinds}</ParagraphLabels>`,
    mouse: async (hands) => {
      await twice(hands, "kaite");
      await hands.press("1", "Escape", "Escape");
      // Beyond what 16 bits can say, and in the second turn.
      await twice(hands, "ryan");
      await hands.press("1", "Escape", "Escape");
      await dragOver(hands.page, "Redondo", "Blvd");
      await hands.press("2");
      await expect(hands.regions).toHaveText([
        /kaite · person 1/,
        /ryan · person 2/,
        /Redondo Beach Blvd · location 1/,
      ]);
    },
    keys: async (hands) => {
      await mark(hands, "Marcelo");
      await hands.press("1", "Escape", "Escape");
      await mark(hands, "Ahmed");
      await hands.press("1");
      await expect(hands.regions).toHaveText([/Marcelo · person 1/, /Ahmed · person 2/]);
    },
    edit: relabel,
    wanted: [
      { names: ["span person", "span person", "span location"] },
      { names: ["span person", "span person"] },
    ],
    review: "return",
    format: "label-studio",
  },
  {
    name: "HTML",
    family: "text",
    input: "rows",
    config: `<HyperText name="page" value="$html"/><HyperTextLabels name="names" toName="page">${kinds}</HyperTextLabels>`,
    mouse: async (hands) => {
      // From a bold word into plain text.
      await dragOver(hands.page, "Redondo", "Blvd");
      await hands.press("2");
      await expect(hands.regions).toHaveText([/Redondo Beach Blvd · location 1/]);
    },
    keys: async (hands) => {
      await mark(hands, "orchard academy");
      await hands.press("2");
      await expect(hands.regions).toHaveText([/orchard academy · location 1/]);
    },
    edit: relabel,
    wanted: [{ names: ["span location"] }, { names: ["span location"] }],
    review: "fix",
    format: "label-studio",
  },
];
