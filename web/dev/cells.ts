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

const media = (n: number) => {
  const url = `/samples/BloodImage_${String(n).padStart(5, "0")}.jpg`;
  return { image: { url, width: 640, height: 480 } };
};

export const crowd: CrowdOptions = {
  schema,
  title: "Blood cells",
  guideline: "<h2>Cells</h2><p>Draw a box around every cell; platelets are small and dark.</p>",
  pageSize: 4,
  work: Array.from({ length: 10 }, (_, n) => ({ data: { image: `cells/${n}.jpg` }, media: media(n) })),
};

/** One of the sample images, by the name it has in its folder. */
export function sample(path: string): Buffer | null {
  const name = /^\/samples\/([\w.]+)$/.exec(path)?.[1];
  const file = name ? join(FOLDER, name) : "";
  return name && existsSync(file) ? readFileSync(file) : null;
}
