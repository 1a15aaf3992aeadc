/** Images on which boxes, outlines and painted areas are drawn, moved, ordered, related and asked about. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Chance } from "./chance";
import type { Server } from "./machine";
import { docOf, edited, type Model, type Step } from "./model";
import { letGo, type Modality, typing } from "./walk";

export type Point = readonly [number, number];

interface Region {
  readonly cell: number;
  readonly type: "box" | "polygon" | "mask";
  readonly label: string;
  /** Of a box its corners, of a polygon its points, of a mask points that are painted; pixels of the image. */
  readonly points: readonly Point[];
  readonly stage: string | null;
  readonly hidden: boolean;
  readonly locked: boolean;
}

interface Drawn {
  /** Bottom to top. */
  readonly regions: readonly Region[];
  /** The cells of the two. */
  readonly relations: readonly (readonly [number, number])[];
  readonly quality: string | null;
  readonly remark: string;
}

const IMAGE = join(
  import.meta.dirname,
  "..",
  "..",
  "tests",
  "samples",
  "bccd",
  "images",
  "BloodImage_00000.jpg",
);
const SIZE = { width: 640, height: 480 };
const COLUMNS = 5;
const ROWS = 4;
const CELL: Point = [SIZE.width / COLUMNS, SIZE.height / ROWS];
const CELLS = ["RBC", "WBC"];
const STAGES = ["Young", "Old"];
const QUALITIES = ["Good", "Poor"];
/** A pixel of the screen is about that many of the image. */
const NEAR_PX = 2;
const EMPTY: Drawn = { regions: [], relations: [], quality: null, remark: "" };

const choices = (names: readonly string[]): string =>
  names.map((each) => `<Choice value="${each}"/>`).join("");
const labels = (names: readonly string[]): string => names.map((each) => `<Label value="${each}"/>`).join("");
const project = (name: string): string => `project: ${name}
input: {repo: ${name}, glob: "/*.jpg"}
label_config: |
  <View>
    <Image name="picture" value="$image"/>
    <RectangleLabels name="cells" toName="picture">${labels(CELLS)}</RectangleLabels>
    <PolygonLabels name="outlines" toName="picture">${labels(["Clump"])}</PolygonLabels>
    <BrushLabels name="areas" toName="picture">${labels(["Stain"])}</BrushLabels>
    <Relations><Relation value="touches"/></Relations>
    <Choices name="stage" toName="picture" perRegion="true">${choices(STAGES)}</Choices>
    <Choices name="quality" toName="picture">${choices(QUALITIES)}</Choices>
    <TextArea name="remark" toName="picture"/>
  </View>
page: {real: 3, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels}
`;
const KEY: Record<string, string> = {
  RBC: "1",
  WBC: "2",
  Clump: "3",
  Stain: "4",
  Young: "5",
  Old: "6",
  Good: "7",
  Poor: "8",
};

export function images(tasks: number): Modality<Drawn> {
  const name = "crash-images";
  return {
    project: name,
    empty: EMPTY,
    seed: (server) => seedImages(server, name, tasks),
    ready: imagesReady,
    bare: letGo,
    step,
    shown,
    looks: (doc) => ({
      regions: namesOf(doc.regions).map(
        (name, i) =>
          `${name}${doc.regions[i]?.locked ? " locked" : ""}${doc.regions[i]?.hidden ? " hidden" : ""} ${doc.regions[i]?.type}`,
      ),
      relations: doc.relations.map(([from, to]) => {
        const names = namesOf(doc.regions);
        const nameOf = (cell: number) => names[doc.regions.findIndex((each) => each.cell === cell)];
        return `${nameOf(from)} to ${nameOf(to)}`;
      }),
      quality: doc.quality,
      remark: doc.remark,
    }),
    differs,
  };
}

export async function imagesReady(page: Page): Promise<void> {
  await page.locator(".canvas-host").waitFor();
  await page.getByText("Loading the image").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Good" }).waitFor();
  await page.locator(".tools button").first().waitFor();
}

/** The same photograph under many names; a byte after its end makes each another file. */
export function seedImages(server: Server, name: string, tasks: number): void {
  const folder = mkdtempSync(join(tmpdir(), "recension-crash-seed-"));
  const image = readFileSync(IMAGE);
  const files = Array.from({ length: tasks }, (_, i) => `image-${String(i).padStart(3, "0")}.jpg`);
  for (const [i, file] of files.entries())
    writeFileSync(join(folder, file), Buffer.concat([image, Buffer.from([i % 256, i >> 8])]));
  writeFileSync(join(folder, "project.yaml"), project(name));
  server.run(["repo", "create", name], folder);
  server.run(["put", `${name}@main`, ...files], folder);
  server.run(["project", "create", "project.yaml"], folder);
}

function namesOf(regions: readonly Region[]): string[] {
  const counts = new Map<string, number>();
  return regions.map(({ label }) => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return `${label} ${counts.get(label)}`;
  });
}

/** A point within a cell of the image, from 0 to 1 on both sides. */
const within = (cell: number, x: number, y: number): Point => [
  ((cell % COLUMNS) + x) * CELL[0],
  (Math.floor(cell / COLUMNS) + y) * CELL[1],
];

function step(page: Page, model: Model<Drawn>, dice: Chance): Step<Drawn> | null {
  const doc = docOf(model);
  const { regions } = doc;
  const one = (name: string, after: Drawn, work: () => Promise<void>): Step<Drawn> => ({
    name,
    states: [edited(model, after)],
    do: async (mark) => {
      await work();
      mark();
    },
  });
  const hand = handOf(page);
  const options = page.getByRole("listbox", { name: "Regions" }).getByRole("option");
  const choose = async (at: number): Promise<void> => {
    await letGo(page);
    await options.nth(at).click();
  };
  const begin = async (label: string): Promise<void> => {
    await letGo(page);
    await page.keyboard.press(KEY[label] ?? "");
  };
  const at = regions.length > 0 ? dice.below(regions.length) : 0;
  const chosen = regions[at];
  const change = (part: Partial<Region>): Drawn => ({
    ...doc,
    regions: regions.map((each, i) => (i === at ? { ...each, ...part } : each)),
  });
  const free = Array.from({ length: COLUMNS * ROWS }, (_, i) => i).filter((cell) =>
    regions.every((each) => each.cell !== cell),
  );
  const draws = regions.length < 7 && free.length > 0;
  const cell = dice.pick(free);
  const plain = { cell, stage: null, hidden: false, locked: false };
  const grown = (region: Region): Drawn => ({ ...doc, regions: [...regions, region] });
  switch (dice.below(16)) {
    case 0:
    case 1:
    case 2: {
      if (!draws) return null;
      const label = dice.pick(CELLS);
      const points = [within(cell, 0.2, 0.2), within(cell, 0.7, 0.8)];
      return one(`box ${label}`, grown({ ...plain, type: "box", label, points }), async () => {
        await begin(label);
        await hand.drag(points);
      });
    }
    case 3:
    case 4: {
      if (!draws) return null;
      const points = [
        within(cell, 0.2, 0.2),
        within(cell, 0.8, 0.3),
        within(cell, 0.7, 0.8),
        within(cell, 0.3, 0.7),
      ];
      return one("polygon", grown({ ...plain, type: "polygon", label: "Clump", points }), async () => {
        await begin("Clump");
        for (const point of points) await hand.click(point);
        await page.keyboard.press("Enter");
      });
    }
    case 5:
    case 6: {
      if (!draws) return null;
      const stroke = [within(cell, 0.3, 0.3), within(cell, 0.6, 0.4)];
      return one("stroke", grown({ ...plain, type: "mask", label: "Stain", points: stroke }), async () => {
        await begin("Stain");
        await hand.drag(stroke);
      });
    }
    case 7: {
      if (chosen?.type !== "mask" || chosen.locked || chosen.hidden || chosen.points.length > 2) return null;
      const stroke = [within(chosen.cell, 0.4, 0.6), within(chosen.cell, 0.6, 0.7)];
      return one("another stroke", change({ points: [...chosen.points, ...stroke] }), async () => {
        await choose(at);
        await page.keyboard.press("w");
        await hand.drag(stroke);
      });
    }
    case 8: {
      if (chosen?.type !== "box" || chosen.locked || chosen.hidden) return null;
      const [a, b] = chosen.points as [Point, Point];
      // There and back, so that it stays in its cell.
      const by: Point = a[0] % CELL[0] > CELL[0] * 0.25 ? [-12, -8] : [12, 8];
      const moved = chosen.points.map(([x, y]): Point => [x + by[0], y + by[1]]);
      const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      return one("move", change({ points: moved }), async () => {
        await letGo(page);
        await hand.drag([middle, [middle[0] + by[0], middle[1] + by[1]]]);
      });
    }
    case 9: {
      const label = dice.pick(CELLS);
      if (chosen?.type !== "box" || chosen.locked || chosen.label === label) return null;
      return one(`relabel ${label}`, change({ label }), async () => {
        await choose(at);
        await page.keyboard.press(KEY[label] ?? "");
      });
    }
    case 10: {
      const stage = dice.pick(STAGES);
      if (!chosen || chosen.locked) return null;
      const after = change({ stage: chosen.stage === stage ? null : stage });
      return one(`stage ${stage}`, after, async () => {
        await choose(at);
        await page.keyboard.press(KEY[stage] ?? "");
      });
    }
    case 11: {
      if (!chosen) return null;
      const locks = dice.below(2) === 0;
      const after = locks ? change({ locked: !chosen.locked }) : change({ hidden: !chosen.hidden });
      return one(locks ? "lock" : "hide", after, async () => {
        await choose(at);
        await page.keyboard.press(locks ? "Shift+L" : "h");
      });
    }
    case 12: {
      const front = dice.below(2) === 0;
      if (!chosen || at === (front ? regions.length - 1 : 0)) return null;
      const others = regions.filter((_, i) => i !== at);
      const after = front ? [...others, chosen] : [chosen, ...others];
      return one(front ? "to the front" : "to the back", { ...doc, regions: after }, async () => {
        await choose(at);
        await page.keyboard.press(front ? "Shift+PageUp" : "Shift+PageDown");
      });
    }
    case 13: {
      if (!chosen || chosen.locked) return null;
      const relations = doc.relations.filter((pair) => !pair.includes(chosen.cell));
      const after = { ...doc, relations, regions: regions.filter((_, i) => i !== at) };
      return one("delete", after, async () => {
        await choose(at);
        await page.keyboard.press("Delete");
      });
    }
    case 14: {
      const to = regions.length > 0 ? dice.below(regions.length) : 0;
      const other = regions[to];
      if (!chosen || !other || to === at) return null;
      const pair = [chosen.cell, other.cell] as const;
      if (doc.relations.some((each) => each.includes(pair[0]) && each.includes(pair[1]))) return null;
      return one("relate", { ...doc, relations: [...doc.relations, pair] }, async () => {
        await choose(at);
        await page.keyboard.press("c");
        await options.nth(to).click();
      });
    }
    default: {
      if (dice.below(2) === 0) {
        const quality = dice.pick(QUALITIES);
        const after = { ...doc, quality: doc.quality === quality ? null : quality };
        return one(`quality ${quality}`, after, async () => {
          await letGo(page);
          await page.keyboard.press(KEY[quality] ?? "");
        });
      }
      const focus = async (): Promise<void> => {
        await letGo(page);
        await page.getByRole("textbox", { name: "remark" }).click();
      };
      const text = dice.pick(["odd", "b 1", "v"]);
      return typing(
        "remark",
        model,
        "value remark",
        text,
        doc.remark,
        (d, remark) => ({ ...d, remark }),
        focus,
        page,
      );
    }
  }
}

export function handOf(page: Page) {
  const at = async ([x, y]: Point): Promise<[number, number]> => {
    const box = await page.locator(".canvas-host").boundingBox();
    if (!box) throw new Error("there is no canvas");
    const scale = Math.min((box.width - 32) / SIZE.width, (box.height - 32) / SIZE.height);
    return [
      box.x + box.width / 2 + (x - SIZE.width / 2) * scale,
      box.y + box.height / 2 + (y - SIZE.height / 2) * scale,
    ];
  };
  return {
    click: async (point: Point): Promise<void> => page.mouse.click(...(await at(point))),
    drag: async (points: readonly Point[]): Promise<void> => {
      const [first, ...others] = points;
      if (!first) return;
      await page.mouse.move(...(await at(first)));
      await page.mouse.down();
      for (const point of others) await page.mouse.move(...(await at(point)), { steps: 6 });
      await page.mouse.up();
    },
  };
}

async function shown(page: Page): Promise<unknown> {
  await letGo(page);
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll(".region-row")];
    const pressed = [...document.querySelectorAll(".asked [aria-pressed=true]")].map(
      (e) => e.textContent ?? "",
    );
    return {
      regions: rows.map((row) => {
        const marks = [...row.querySelectorAll(".region-marks .visually-hidden")].map((e) => e.textContent);
        return [row.querySelector(".clip")?.textContent, ...marks].join(" ");
      }),
      relations: [...document.querySelectorAll(".relations .clip")].map(
        (row) => row.getAttribute("title") ?? "",
      ),
      quality: ["Good", "Poor"].find((name) => pressed.some((text) => text.includes(name))) ?? null,
      remark: document.querySelector<HTMLTextAreaElement>("textarea[aria-label=remark]")?.value ?? "?",
    };
  });
}

interface WireRegion {
  readonly id: string;
  readonly z?: number;
  readonly shape: Record<string, unknown> & { readonly type: string };
  readonly labels: string[];
  readonly attributes?: { stage?: string };
  readonly hidden?: boolean;
  readonly locked?: boolean;
}

function differs(fields: Record<string, unknown>, doc: Drawn): string | null {
  const found = (["cells", "outlines", "areas"] as const).flatMap(
    (name) => (fields[name] as WireRegion[] | undefined) ?? [],
  );
  const ordered = found.every((each) => each.z !== undefined)
    ? [...found].sort((a, b) => (a.z ?? 0) - (b.z ?? 0))
    : found;
  if (ordered.length !== doc.regions.length) return `${ordered.length} regions, not ${doc.regions.length}`;
  // Where the drawing order says nothing, each is known by its place.
  const cells = new Map<string, number>();
  const left = [...doc.regions];
  for (const region of ordered) {
    const at = left.findIndex((each) => unlike(region, each) === null);
    const match = left[at];
    if (!match) return `${JSON.stringify(region)} is none of ${JSON.stringify(left)}`;
    cells.set(region.id, match.cell);
    left.splice(at, 1);
  }
  const order = ordered.map((each) => cells.get(each.id));
  const wanted = doc.regions.map((each) => each.cell);
  const known = found.every((each) => each.z !== undefined);
  if (known && JSON.stringify(order) !== JSON.stringify(wanted)) return `order ${order}, not ${wanted}`;
  const links = (Object.values(fields).find(
    (value) =>
      Array.isArray(value) && value.some((each) => typeof each === "object" && each && "from" in each),
  ) ?? []) as { from: string; to: string }[];
  const pairs = links.map(({ from, to }) => [cells.get(from), cells.get(to)]);
  if (JSON.stringify(pairs) !== JSON.stringify(doc.relations))
    return `relations ${JSON.stringify(pairs)}, not ${JSON.stringify(doc.relations)}`;
  const said = JSON.stringify([fields.quality ?? null, fields.remark ?? ""]);
  const asked = JSON.stringify([doc.quality, doc.remark]);
  return said === asked ? null : `${said}, not ${asked}`;
}

function unlike(region: WireRegion, model: Region): string | null {
  const { shape } = region;
  const flags = [
    region.labels.join(),
    region.attributes?.stage ?? null,
    region.hidden ?? false,
    region.locked ?? false,
  ];
  const wanted = [model.label, model.stage, model.hidden, model.locked];
  if (shape.type !== model.type || flags.join() !== wanted.join()) return "another";
  const near = ([x, y]: Point, [a, b]: Point): boolean =>
    Math.abs(x - a) < NEAR_PX && Math.abs(y - b) < NEAR_PX;
  if (shape.type === "box") {
    const { x, y, width, height } = shape as unknown as Record<"x" | "y" | "width" | "height", number>;
    const corners: Point[] = [
      [x, y],
      [x + width, y + height],
    ];
    return corners.every((corner, i) => near(corner, model.points[i] as Point)) ? null : "elsewhere";
  }
  if (shape.type === "polygon") {
    const outline = shape.outline as Point[];
    const same = outline.length === model.points.length;
    return same && model.points.every((point) => outline.some((each) => near(each, point)))
      ? null
      : "elsewhere";
  }
  const [height = 0] = shape.size as number[];
  const painted = paintedBy(shape.counts as string);
  const isPainted = ([x, y]: Point): boolean => painted(Math.floor(x) * height + Math.floor(y));
  const cell = (other: number): Point => within(other, 0.5, 0.5);
  if (!model.points.every(isPainted)) return "a stroke is missing";
  // A second stroke that is not in the model is not in the mask.
  const second = within(model.cell, 0.6, 0.7);
  if (model.points.length === 2 && isPainted(second)) return "a stroke too many";
  return isPainted(cell((model.cell + 1) % (COLUMNS * ROWS))) ? "elsewhere" : null;
}

/** COCO's compressed run lengths: whether the pixel at a place, counted by columns, is in the mask. */
function paintedBy(counts: string): (at: number) => boolean {
  const runs: number[] = [];
  for (let i = 0; i < counts.length; ) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; i++) {
      const c = counts.charCodeAt(i) - 48;
      value |= (c & 0x1f) << shift;
      more = (c & 0x20) !== 0;
      shift += 5;
      if (!more && (c & 0x10) !== 0) value |= -1 << shift;
    }
    runs.push(runs.length > 2 ? value + (runs[runs.length - 2] ?? 0) : value);
  }
  return (at) => {
    let end = 0;
    for (const [i, run] of runs.entries()) {
      end += run;
      if (at < end) return i % 2 === 1;
    }
    return false;
  };
}
