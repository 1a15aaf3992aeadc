/** A project of images in memory: cells to be boxed, outlined and painted. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as t from "../src/api/types";
import type { CrowdOptions } from "./crowd";

const FOLDER = join(import.meta.dirname, "..", "..", "tests", "samples", "bccd", "images");
const field = (part: Partial<t.Field> & Pick<t.Field, "name" | "kind">): t.Field => ({
  options: [],
  required: false,
  opinion: false,
  title: "",
  minimum: null,
  maximum: null,
  max_length: 1000,
  of: ["image"],
  ...part,
});
const options = (...values: string[]): t.Option[] =>
  values.map((value, i) => ({ value, label: value, hotkey: i < 9 ? `${i + 1}` : "" }));

export const schema: t.Schema = {
  fields: [
    field({ name: "cells", kind: "regions", required: true, options: options("RBC", "WBC", "Platelets") }),
    field({ name: "links", kind: "relations", options: options("touches", "overlaps") }),
    field({
      name: "stage",
      kind: "choice",
      title: "Stage",
      per_region: true,
      options: [
        { value: "young", label: "Young", hotkey: "4" },
        { value: "old", label: "Old", hotkey: "5" },
      ],
    }),
    field({
      name: "quality",
      kind: "choice",
      title: "How good is the image?",
      options: [
        { value: "good", label: "Good", hotkey: "8" },
        { value: "poor", label: "Poor", hotkey: "9" },
      ],
    }),
  ],
  objects: [{ name: "image", kind: "image", field: "image", text: "" }],
  references: ["image"],
};

const image = (n: number) => {
  const url = `/samples/BloodImage_${String(n).padStart(5, "0")}.jpg`;
  return { url, width: 640, height: 480 };
};
/** The second task has several images. */
const media = (n: number) => ({ image: n === 1 ? [image(1), image(11), image(12)] : image(n) });

export const crowd: CrowdOptions = {
  schema,
  title: "Blood cells",
  guideline: "<h2>Cells</h2><p>Draw a box around every cell; platelets are small and dark.</p>",
  pageSize: 4,
  work: Array.from({ length: 10 }, (_, n) => ({ data: { image: `cells/${n}.jpg` }, media: media(n) })),
};

/** So many boxes and polygons on a large photograph: to see how the canvas bears them. `LARGE` names the image file, `LARGE_SIZE` its pixels. */
export function many(count: number): CrowdOptions {
  const [width = 4_000, height = 3_000] = (process.env.LARGE_SIZE ?? "4000x3000").split("x").map(Number);
  let seed = 7;
  const random = (): number => {
    seed = (seed + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const shape = (i: number): t.Json => {
    const size = 20 + random() * 100;
    const [x, y] = [random() * (width - size), random() * (height - size)];
    if (i % 2 === 0) return { type: "box", x, y, width: size, height: size * (0.5 + random() / 2) };
    const corners = 8 + Math.floor(random() * 9);
    const outline = Array.from({ length: corners }, (_, k) => {
      const angle = (k / corners) * 2 * Math.PI;
      const reach = size * (0.35 + 0.15 * random());
      return [x + size / 2 + Math.cos(angle) * reach, y + size / 2 + Math.sin(angle) * reach];
    });
    return { type: "polygon", outline, holes: [] };
  };
  const task = (n: number) => ({
    data: { image: `large/${n}.jpg` },
    media: { image: { url: `/samples/large.jpg?${n}`, width, height } },
    proposal: {
      cells: Array.from({ length: count }, (_, i) => ({
        id: `r${i}`,
        shape: shape(i),
        labels: [["RBC", "WBC", "Platelets"][i % 3] ?? ""],
      })),
    },
  });
  return {
    schema,
    title: `${count} regions`,
    pageSize: 4,
    work: Array.from({ length: 12 }, (_, n) => task(n)),
  };
}

/** One of the sample images, by the name it has in its folder. */
export function sample(path: string): Buffer | null {
  const name = /^\/samples\/([\w.]+)$/.exec(path)?.[1];
  const file = name === "large.jpg" ? (process.env.LARGE ?? "") : join(FOLDER, name ?? "");
  return name && existsSync(file) ? readFileSync(file) : null;
}
