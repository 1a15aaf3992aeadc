/** The tools of images, on photographs of blood cells. Points are pixels of the photograph; keys begin in its middle. */
import { expect } from "@playwright/test";
import type { Hands, Tool } from "./tool";

const photo = `<Image name="picture" value="$image"/>`;
const labels = (...values: string[]): string => values.map((value) => `<Label value="${value}"/>`).join("");
const cells = labels("RBC", "WBC", "Platelets");

/** A label of the panel, taken by the mouse. */
const take = ({ page }: Hands, name: string) =>
  page.getByRole("region", { name: "Labels" }).getByRole("button", { name }).click();
const tool = ({ page }: Hands, name: string) =>
  page.getByRole("toolbar", { name: "Tools" }).getByRole("button", { name, exact: true }).click();

/** The first region of the list is chosen, with the tool that moves. */
async function chooseFirst({ press, regions }: Hands): Promise<void> {
  await press("v");
  await regions.first().click();
  // On the list Enter gives the region to the hands.
  await press("Enter");
}

/** The first region goes ten pixels to the right: one step, taken by the arrows. */
async function shift(hands: Hands): Promise<void> {
  await chooseFirst(hands);
  await hands.press("Shift+ArrowRight");
}

/** From the middle to a point, a press there, and on from point to point. */
async function points({ press, by }: Hands, ...steps: (readonly [number, number])[]): Promise<void> {
  for (const [dx, dy] of steps) {
    await by(dx, dy);
    await press("Enter");
  }
}

let times = 0;
/** Another number each time: what was painted is not painted again in the same place. */
const another = (): number => times++;

const LARGE_CELL = [
  [260, 177],
  [491, 376],
] as const;

export const IMAGES: readonly Tool[] = [
  {
    name: "class",
    family: "image",
    input: "photos",
    config: `${photo}<Choices name="quality" toName="picture"><Choice value="Good"/><Choice value="Poor"/></Choices>`,
    single: true,
    mouse: ({ page }) => page.getByRole("button", { name: "Good" }).click(),
    keys: ({ press }) => press("2"),
    edit: async ({ page, press }) => {
      const good = page.getByRole("button", { name: "Good" });
      const isGood = (await good.getAttribute("aria-pressed")) === "true";
      await press(isGood ? "2" : "1");
    },
    wanted: [{ quality: "Good" }, { quality: "Poor" }],
    review: "return",
    format: "imagefolder",
  },
  {
    name: "box",
    family: "image",
    short: true,
    input: "photos",
    config: `${photo}<RectangleLabels name="cells" toName="picture" canRotate="false">${cells}</RectangleLabels>`,
    mouse: async (hands) => {
      await take(hands, "WBC");
      await hands.drawing.drag(...LARGE_CELL);
      await hands.drawing.drag([78, 336], [184, 435]);
      await take(hands, "RBC");
      await expect(hands.regions).toHaveText([/WBC 1/, /RBC 1/]);
    },
    keys: async (hands) => {
      await hands.label("1");
      await hands.press("b");
      await points(hands, [56, -69], [62, 82]);
    },
    edit: shift,
    wanted: [{ cells: ["box WBC", "box RBC"] }, { cells: ["box RBC"] }],
    review: "return",
    format: "coco",
  },
  {
    name: "rotated box",
    family: "image",
    input: "photos",
    config: `${photo}<RectangleLabels name="cells" toName="picture">${cells}</RectangleLabels>`,
    mouse: async (hands) => {
      await take(hands, "WBC");
      await tool(hands, "Rotated box");
      await hands.drawing.click(285, 200);
      await hands.drawing.click(470, 185);
      await hands.drawing.click(480, 370);
    },
    keys: async (hands) => {
      await hands.label("1");
      await hands.press("o");
      await points(hands, [60, -60], [50, 20], [-20, 60]);
    },
    edit: async (hands) => {
      await chooseFirst(hands);
      await hands.press("Alt+.");
    },
    wanted: [{ cells: ["rotated-box WBC"] }, { cells: ["rotated-box RBC"] }],
    review: "fix",
    format: "yolo-obb",
  },
  {
    name: "ellipse",
    family: "image",
    input: "photos",
    config: `${photo}<EllipseLabels name="rounds" toName="picture">${labels("Round", "Oval")}</EllipseLabels>`,
    mouse: async (hands) => {
      await take(hands, "Round");
      await hands.drawing.drag(...LARGE_CELL);
    },
    keys: async (hands) => {
      await hands.label("2");
      await points(hands, [56, -69], [62, 82]);
    },
    edit: shift,
    wanted: [{ rounds: ["ellipse Round"] }, { rounds: ["ellipse Oval"] }],
    review: "return",
    format: "cvat",
  },
  {
    name: "polygon with a hole",
    family: "image",
    input: "photos",
    config: `${photo}<PolygonLabels name="outlines" toName="picture">${labels("Cell", "Clump")}</PolygonLabels>`,
    mouse: async (hands) => {
      const { click } = hands.drawing;
      await take(hands, "Cell");
      for (const [x, y] of [
        [300, 190],
        [440, 185],
        [488, 270],
        [430, 365],
        [310, 360],
        [262, 280],
      ] as const)
        await click(x, y);
      await click(300, 190);
      await tool(hands, "Hole in a polygon");
      for (const [x, y] of [
        [340, 230],
        [400, 230],
        [400, 300],
        [340, 300],
      ] as const)
        await click(x, y);
      await click(340, 230);
    },
    keys: async (hands) => {
      await hands.label("2");
      await points(hands, [40, -60], [90, 0], [0, 90], [-90, 0]);
      // Back on the first point, which closes it.
      await points(hands, [0, -90]);
      await hands.press("Shift+P");
      await points(hands, [20, 20], [40, 0], [0, 40], [-40, 0], [0, -40]);
    },
    edit: shift,
    wanted: [{ outlines: ["polygon Cell"] }, { outlines: ["polygon Clump"] }],
    review: "fix",
    format: "jsonl",
  },
  {
    name: "polyline",
    family: "image",
    input: "photos",
    config: `${photo}<VectorLabels name="lines" toName="picture">${labels("Edge", "Scratch")}</VectorLabels>`,
    mouse: async (hands) => {
      const { drawing, page } = hands;
      await take(hands, "Edge");
      for (const [x, y] of [
        [262, 280],
        [300, 190],
        [440, 185],
        [488, 270],
      ] as const)
        await drawing.click(x, y);
      await page.mouse.dblclick(...(await drawing.at(430, 365)));
    },
    keys: async (hands) => {
      await hands.label("2");
      await points(hands, [-60, -60], [50, 40], [50, -10]);
      // Again in the same place ends it.
      await hands.press("Enter");
    },
    edit: shift,
    wanted: [{ lines: ["polyline Edge"] }, { lines: ["polyline Scratch"] }],
    review: "return",
    format: "cvat",
  },
  {
    name: "keypoint",
    family: "image",
    input: "photos",
    config: `${photo}<KeyPointLabels name="marks" toName="picture">${labels("Nucleus", "Speck")}</KeyPointLabels>`,
    mouse: async (hands) => {
      await take(hands, "Nucleus");
      await hands.drawing.click(375, 270);
      await hands.drawing.click(120, 120);
      await take(hands, "Speck");
    },
    keys: async (hands) => {
      await hands.label("1");
      await points(hands, [80, -30], [20, 40]);
    },
    edit: shift,
    wanted: [
      { marks: ["keypoint Nucleus", "keypoint Speck"] },
      { marks: ["keypoint Nucleus", "keypoint Nucleus"] },
    ],
    review: "fix",
    format: "label-studio",
  },
  {
    name: "skeleton",
    family: "image",
    input: "photos",
    config: `show: {image: image}
ask:
  pose: {regions: [cell, clump], of: image, shapes: [skeleton], joints: [top, right, bottom, left], edges: [[0, 1], [1, 2], [2, 3], [3, 0]]}`,
    mouse: async (hands) => {
      await take(hands, "cell");
      await hands.drawing.drag(...LARGE_CELL);
    },
    keys: async (hands) => {
      await hands.label("2");
      await points(hands, [56, -69], [62, 82]);
      await hands.press("v", "q", "q", "ArrowRight", "u");
    },
    edit: async (hands) => {
      await chooseFirst(hands);
      await hands.press("q", "Shift+ArrowDown");
    },
    wanted: [{ pose: ["skeleton cell"] }, { pose: ["skeleton clump"] }],
    review: "return",
    format: "coco",
  },
  {
    name: "brush",
    family: "image",
    input: "photos",
    config: `${photo}<BrushLabels name="areas" toName="picture">${labels("Nucleus", "Stain")}</BrushLabels>`,
    mouse: async (hands) => {
      await take(hands, "Nucleus");
      await hands.press("]", "]", "]");
      await hands.drawing.drag([300, 250], [360, 220], [430, 250], [400, 320], [320, 310]);
      await hands.drawing.drag([330, 280], [400, 280]);
    },
    keys: async (hands) => {
      await hands.label("2");
      await hands.press("]", "]");
      await points(hands, [60, -40], [10, 0], [10, 5], [5, 10]);
    },
    edit: async (hands) => {
      await hands.press("w");
      await hands.regions.first().click();
      const at = 40 * another();
      await hands.drawing.drag([60 + at, 440], [80 + at, 460]);
    },
    wanted: [{ areas: ["mask Nucleus"] }, { areas: ["mask Stain"] }],
    review: "return",
    format: "label-studio",
  },
  {
    name: "eraser",
    family: "image",
    input: "photos",
    config: `${photo}<BrushLabels name="areas" toName="picture">${labels("Nucleus", "Stain")}</BrushLabels>`,
    mouse: async (hands) => {
      await take(hands, "Nucleus");
      await hands.press("]", "]", "]", "]");
      await hands.drawing.drag([300, 250], [360, 220], [430, 250], [400, 320], [320, 310]);
      await tool(hands, "Eraser");
      await hands.drawing.drag([360, 200], [370, 330]);
    },
    keys: async (hands) => {
      await hands.label("2");
      await hands.press("]", "]", "]");
      await points(hands, [60, -40], [10, 0], [10, 5]);
      await hands.press("x", "[", "[");
      await points(hands, [-10, 0]);
    },
    edit: async (hands) => {
      await hands.press("x", "[", "[", "[");
      await hands.regions.first().click();
      const x = 410 + 20 * (another() % 2);
      await hands.drawing.drag([x, 190], [x, 245]);
      await hands.press("]", "]", "]");
    },
    wanted: [{ areas: ["mask Nucleus"] }, { areas: ["mask Stain"] }],
    review: "fix",
    format: "coco",
  },
  {
    name: "four extreme points",
    family: "image",
    needs: "outlines",
    input: "photos",
    config: `${photo}<PolygonLabels name="outlines" toName="picture">${labels("Cell", "Clump")}</PolygonLabels>`,
    mouse: async (hands) => {
      await take(hands, "Cell");
      await tool(hands, "Four outermost points");
      for (const [x, y] of [
        [260, 277],
        [375, 177],
        [491, 277],
        [375, 376],
      ] as const)
        await hands.drawing.click(x, y);
      await expect(hands.regions).toHaveText([/Cell 1/]);
    },
    keys: async (hands) => {
      await hands.label("2");
      await hands.press("t");
      await points(hands, [56, -28], [31, -41], [31, 41], [-31, 41]);
      await expect(hands.regions).toHaveText([/Clump 1/]);
    },
    edit: shift,
    wanted: [{ outlines: ["polygon Cell"] }, { outlines: ["polygon Clump"] }],
    review: "fix",
    format: "coco",
  },
  {
    name: "several images",
    family: "image",
    input: "rows",
    config: `<Image name="pictures" valueList="$images"/>
<RectangleLabels name="cells" toName="pictures" canRotate="false">${cells}</RectangleLabels>
<Choices name="quality" toName="pictures"><Choice value="Good"/><Choice value="Poor"/></Choices>`,
    mouse: async (hands) => {
      const { page, regions } = hands;
      await take(hands, "WBC");
      await hands.drawing.drag([300, 200], [440, 320]);
      await page.getByRole("tab", { name: "Image 2 of 2" }).click();
      await expect(regions).toHaveCount(0);
      await hands.drawing.drag([100, 100], [200, 180]);
      await take(hands, "RBC");
      await page.getByRole("button", { name: "Good" }).click();
    },
    keys: async (hands) => {
      await hands.label("1");
      await points(hands, [-40, -40], [80, 70]);
      await hands.press("Alt+PageDown");
      await points(hands, [20, 20], [60, 60]);
      await hands.press("5");
    },
    edit: shift,
    wanted: [
      { cells: ["box WBC", "box RBC #1"], quality: "Good" },
      { cells: ["box RBC", "box RBC #1"], quality: "Poor" },
    ],
    review: "return",
    format: "label-studio",
  },
  {
    name: "attributes and text",
    family: "image",
    input: "photos",
    config: `${photo}<RectangleLabels name="cells" toName="picture" canRotate="false">${cells}</RectangleLabels>
<Choices name="stage" toName="picture" perRegion="true" required="true"><Choice value="Young"/><Choice value="Old"/></Choices>
<Rating name="sharp" toName="picture" perRegion="true" maxRating="3"/>
<TextArea name="remark" toName="picture" perRegion="true"/>`,
    mouse: async (hands) => {
      const { page } = hands;
      await take(hands, "WBC");
      await hands.drawing.drag(...LARGE_CELL);
      const about = page.getByRole("region", { name: "Selection" });
      await about.getByRole("button", { name: "Old" }).click();
      await about.getByRole("group", { name: "sharp" }).getByRole("button", { name: "3" }).click();
      await about.getByLabel("remark").fill("A lobed nucleus");
      await about.getByLabel("Note").fill("see the atlas");
    },
    keys: async (hands) => {
      const { page, press, tabTo } = hands;
      await hands.label("1");
      await points(hands, [56, -69], [62, 82]);
      await press("4", "7");
      await tabTo(page.getByRole("region", { name: "Selection" }).getByLabel("remark"));
      await page.keyboard.type("pale in the middle");
      await press("Escape");
    },
    edit: async (hands) => {
      await chooseFirst(hands);
      const { page } = hands;
      const old = page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Old" });
      await hands.press((await old.getAttribute("aria-pressed")) === "true" ? "4" : "5");
    },
    wanted: [
      { cells: ["box WBC remark=A lobed nucleus sharp=3 stage=Old “see the atlas”"] },
      { cells: ["box RBC remark=pale in the middle sharp=2 stage=Young"] },
    ],
    review: "fix",
    format: "label-studio",
  },
  {
    name: "relations",
    family: "image",
    input: "photos",
    config: `${photo}<RectangleLabels name="cells" toName="picture" canRotate="false">${cells}</RectangleLabels>
<Relations><Relation value="touches"/><Relation value="covers"/></Relations>`,
    mouse: async (hands) => {
      const { drawing, page } = hands;
      await take(hands, "WBC");
      await drawing.drag(...LARGE_CELL);
      await drawing.drag([78, 336], [184, 435]);
      await take(hands, "RBC");
      await hands.press("v");
      await drawing.click(40, 40);
      await tool(hands, "Relate two regions");
      await drawing.click(376, 178);
      await drawing.click(131, 337);
      await page.getByRole("combobox", { name: "Kind of the relation" }).selectOption("touches");
    },
    keys: async (hands) => {
      const { page, press, tabTo } = hands;
      await hands.label("1");
      await points(hands, [-60, -60], [50, 50], [40, 0], [50, 50]);
      await press("v", "Escape", ".", "c", ".");
      await tabTo(page.getByRole("combobox", { name: "Kind of the relation" }));
      await press("ArrowDown", "ArrowDown", "Escape");
    },
    edit: async ({ page }) => page.getByRole("button", { name: "Turn the relation" }).click(),
    wanted: [
      { cells: ["box WBC", "box RBC"], relations: ["right touches"] },
      { cells: ["box RBC", "box RBC"], relations: ["right covers"] },
    ],
    review: "return",
    format: "label-studio",
  },
  {
    name: "order, lock and hide",
    family: "image",
    input: "photos",
    config: `${photo}<RectangleLabels name="cells" toName="picture" canRotate="false">${cells}</RectangleLabels>
<EllipseLabels name="rounds" toName="picture">${labels("Round")}</EllipseLabels>`,
    mouse: async (hands) => {
      const { drawing, page, regions } = hands;
      await take(hands, "WBC");
      await drawing.drag(...LARGE_CELL);
      await drawing.drag([78, 336], [184, 435]);
      await take(hands, "RBC");
      await take(hands, "Round");
      await drawing.drag([280, 190], [470, 360]);
      await hands.press("v");
      await regions.nth(2).click();
      await page.getByRole("button", { name: "To the back" }).click();
      await expect(regions).toHaveText([/Round 1/, /WBC 1/, /RBC 1/]);
      await page.getByRole("button", { name: "Lock" }).click();
      await regions.nth(2).click();
      await page.getByRole("button", { name: "Hide" }).click();
    },
    keys: async (hands) => {
      const { label, press, regions } = hands;
      await label("1");
      await points(hands, [-60, -60], [50, 50]);
      await press("4");
      await points(hands, [-30, -30], [80, 60]);
      await press("v", "Shift+PageDown", "Shift+L", ".", "h");
      await expect(regions).toHaveText([/Round 1/, /RBC 1/]);
    },
    edit: async (hands) => {
      await chooseFirst(hands);
      await hands.press("h");
    },
    wanted: [
      { cells: ["box WBC", "box RBC"], rounds: ["ellipse Round"] },
      { cells: ["box RBC"], rounds: ["ellipse Round"] },
    ],
    review: "fix",
    format: "parquet",
  },
];
