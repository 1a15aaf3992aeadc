/** The world of a tool without a screen: one document, one image, one pixel to the pixel. */
import type { Field } from "../../src/api/types";
import { Editor, EMPTY, newRegion } from "../../src/doc";
import { areaOf, boundsOf, encloses, hits, type ImageShape, type Point, rounded } from "../../src/geometry";
import { type Hands, imageShape, type Press, type Tool } from "../../src/tools";
import { field, options } from "../schemas";

export const SIZE = { width: 200, height: 150 };
export const cellField: Field = field({
  name: "cells",
  kind: "regions",
  options: options("RBC", "WBC"),
  joints: ["nose", "left_eye", "right_eye"],
});

export function world() {
  let ids = 0;
  const said: string[] = [];
  const editor = new Editor(EMPTY);
  const labels: string[] = [];
  const hands: Hands = {
    editor,
    size: SIZE,
    grain: 1,
    hit: (at) => {
      const found = editor.doc.regions.filter((region) => !region.hidden && hits(imageShape(region), at, 2));
      return found.sort((a, b) => areaOf(imageShape(a)) - areaOf(imageShape(b)))[0] ?? null;
    },
    enclosed: (area) => editor.doc.regions.filter((region) => encloses(area, boundsOf(imageShape(region)))),
    snap: (at) => at,
    edgesOf: () => [],
    fieldFor: () => cellField,
    labelsFor: () => labels,
    make: (shape) => {
      const id = `r${ids++}`;
      const region = newRegion({ id, field: "cells", shape: rounded(shape), labels: [...labels] });
      editor.dispatch({ kind: "add", region, at: editor.doc.regions.length }, [id]);
    },
    changed: () => undefined,
    say: (text) => void said.push(text),
  };
  const shapes = (): ImageShape[] => editor.doc.regions.map(imageShape);
  return { hands, editor, said, labels, shapes, steps: () => editor.getState().history.steps.length };
}

export const press = (at: Point, more: Partial<Press> = {}): Press => ({
  at,
  shift: false,
  ctrl: false,
  alt: false,
  double: false,
  ...more,
});

export function drag(tool: Tool, points: readonly Point[], more: Partial<Press> = {}): void {
  const [first, ...others] = points;
  if (!first) return;
  tool.move(press(first, more));
  tool.down(press(first, more));
  for (const at of others) tool.move(press(at, more));
  tool.up(press(points.at(-1) ?? first, more));
}

export function click(tool: Tool, at: Point, more: Partial<Press> = {}): void {
  drag(tool, [at], more);
}
