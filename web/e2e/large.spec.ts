/** Images of a hundred megapixels: squares of them come as they are looked at, and every pixel can be seen and marked. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { given, painted } from "./cells";
import { RECENSION } from "./global-setup";
import { server } from "./places";

const SIDE = 10_000;
const CELL = 4;
const FILES = ["one-a.png", "two-a.png", "two-b.png", "bomb-a.png"];

/** Shades of grey in cells of four by four pixels, none like its neighbours. */
const shade = (x: number, y: number): number =>
  (Math.imul(Math.floor(x / CELL) + 1, 73_856_093) ^ Math.imul(Math.floor(y / CELL) + 7, 19_349_663)) & 255;

function chunk(name: string, body: Buffer): Buffer {
  const whole = Buffer.alloc(12 + body.length);
  whole.writeUInt32BE(body.length);
  whole.write(name, 4, "latin1");
  body.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + body.length)), 8 + body.length);
  return whole;
}

function png(width: number, height: number, rows: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const data = deflateSync(rows, { level: 1 });
  const magic = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([magic, chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function greys(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const at = y * (width + 1);
    if (y % CELL > 0) rows.copy(rows, at, at - width - 1, at);
    else for (let x = 0; x < width; x++) rows[at + 1 + x] = shade(x, y);
  }
  return png(width, height, rows);
}

const project = (name: string, files: string): string => `project: cells-${name}
title: Large, ${name}
input: {repo: large, glob: "/${files}-*"}
label_config: |
  <View><Image name="picture" value="$image"/>
  <RectangleLabels name="cells" toName="picture"><Label value="Here"/></RectangleLabels></View>
page: {real: 2, control: 0, time_limit_s: 600}
output: {repo: large-${name}-labels}
`;

test.beforeAll(() => {
  const { home } = server();
  const run = (args: string[], cwd: string) =>
    execFileSync(RECENSION, [...args, "--home", home], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const folder = mkdtempSync(join(tmpdir(), "recension-large-"));
  const large = greys(SIDE, SIDE);
  writeFileSync(join(folder, "one-a.png"), large);
  writeFileSync(join(folder, "two-a.png"), large);
  writeFileSync(join(folder, "two-b.png"), greys(5000, 4000));
  writeFileSync(join(folder, "bomb-a.png"), png(60_000, 60_000, Buffer.alloc(8)));
  try {
    run(["repo", "create", "large"], folder);
  } catch {
    return; // a test that failed is followed by a new worker, which finds everything made
  }
  run(["put", "large@main", ...FILES, "-m", "Large images"], folder);
  for (const name of ["one", "two", "bomb"]) {
    writeFileSync(join(folder, `${name}.yaml`), project(`large-${name}`, name));
    run(["project", "create", `${name}.yaml`], folder);
  }
  rmSync(folder, { recursive: true });
});

const open = (page: Page, name: string) => page.goto(`${server().url}/p/cells-large-${name}/label`);

/** Level and place of every square that was asked for, of each image. */
function asked(page: Page): Map<string, [number, number, number][]> {
  const found = new Map<string, [number, number, number][]>();
  page.on("request", (request) => {
    const match = /media\/(\w+)(?:\/tiles\/(\d+)\/(\d+)_(\d+))?$/.exec(request.url());
    if (!match) return;
    const of = found.get(match[1] as string) ?? [];
    found.set(match[1] as string, [...of, [Number(match[2] ?? -1), Number(match[3]), Number(match[4])]]);
  });
  return found;
}

test("a hundred megapixels open at once, show every pixel, and are marked where they are", async ({
  page,
}) => {
  const tiles = asked(page);
  await open(page, "one");
  await painted(page);
  const box = await page.locator(".canvas-host").boundingBox();
  if (!box) throw new Error("there is no canvas");
  await page.screenshot({ path: test.info().outputPath("whole.png") });
  const fit = Math.min(box.width - 32, box.height - 32) / SIDE;
  const steps = 12;
  for (let i = 0; i < steps; i++) await page.getByRole("button", { name: "Zoom in" }).click();
  const scale = fit * 1.4 ** steps;
  const at = (x: number, y: number): [number, number] => [
    box.width / 2 + (x - SIDE / 2) * scale,
    box.height / 2 + (y - SIDE / 2) * scale,
  ];
  const places = Array.from({ length: 60 }, (_, i): [number, number] => [
    SIDE / 2 - 120 + CELL * (i % 20) * 3 + CELL / 2,
    SIDE / 2 - 60 + CELL * Math.floor(i / 20) * 9 + CELL / 2,
  ]);
  // Every cell is as it is in the file: nothing on the screen is a smaller copy made larger.
  await expect
    .poll(() =>
      page.evaluate(
        (points) => {
          const context = document.querySelector<HTMLCanvasElement>(".canvas-host canvas")?.getContext("2d");
          const k = devicePixelRatio;
          return points.map(
            ([x, y]) => context?.getImageData(Math.round(x * k), Math.round(y * k), 1, 1).data[0],
          );
        },
        places.map(([x, y]) => at(x, y)),
      ),
    )
    .toEqual(places.map(([x, y]) => shade(x, y)));
  await page.screenshot({ path: test.info().outputPath("pixels.png") });
  const squares = [...tiles.values()].flat();
  expect(squares.filter(([level]) => level === -1)).toEqual([]); // the file itself is never loaded
  expect(squares.filter(([level]) => level === 0).length).toBeLessThan(40); // of 400
  await page.keyboard.press("b");
  const [left, top] = at(4_980, 4_990);
  const [right, bottom] = at(5_020, 5_015);
  await page.mouse.move(box.x + left, box.y + top);
  await page.mouse.down();
  await page.mouse.move(box.x + right, box.y + bottom, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved")).toBeVisible();
  const [fields] = await given(page, "large-one");
  const shape = (fields?.cells?.[0]?.shape ?? {}) as unknown as Record<string, number>;
  const wanted = { x: 4_980, y: 4_990, width: 40, height: 25 };
  for (const [name, value] of Object.entries(wanted))
    expect(Math.abs((shape[name] ?? 0) - value), name).toBeLessThan(0.5);
});

test("of the next task only the squares of its first view are fetched beforehand", async ({ page }) => {
  const tiles = asked(page);
  await open(page, "two");
  await painted(page);
  await expect.poll(() => tiles.size).toBe(2);
  await page.waitForLoadState("networkidle");
  const [first, second] = [...tiles.values()] as [[number, number, number][], [number, number, number][]];
  for (const squares of [first, second]) {
    const finest = Math.min(...squares.map(([level]) => level));
    expect(finest).toBeGreaterThan(1);
    expect(new Set(squares.map(([level]) => level)).size).toBeLessThanOrEqual(2);
    expect(squares.length).toBeLessThan(20);
  }
});

test("an image that claims to be enormous is not loaded, and says so", async ({ page }) => {
  const tiles = asked(page);
  await open(page, "bomb");
  await expect(page.getByRole("alert")).toHaveText(/3,600 million; up to 1,000 are shown/);
  expect(tiles.size).toBe(0);
});
