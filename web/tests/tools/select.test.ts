import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Box, Point, Polygon } from "../../src/geometry";
import { SelectTool } from "../../src/tools/select";
import { Toolbox, toolsFor } from "../../src/tools/toolbox";
import { cells } from "../doc/arbitrary";
import { field, options } from "../schemas";
import { click, drag, press, SIZE, world } from "./hands";

const box: Box = { type: "box", x: 40, y: 40, width: 30, height: 20 };
const small: Box = { type: "box", x: 45, y: 45, width: 8, height: 6 };
const triangle: Polygon = {
  type: "polygon",
  outline: [
    [100, 20],
    [140, 20],
    [120, 60],
  ],
  holes: [],
};

describe("selecting", () => {
  it("takes the smallest under the press, adds with shift, clears on empty ground", () => {
    const w = world();
    for (const shape of [small, box, triangle]) w.hands.make(shape);
    const tool = new SelectTool(w.hands);
    click(tool, [48, 48]);
    expect([...w.editor.selection]).toEqual(["r0"]);
    click(tool, [120, 30], { shift: true });
    expect([...w.editor.selection].sort()).toEqual(["r0", "r2"]);
    click(tool, [120, 30], { shift: true });
    expect([...w.editor.selection]).toEqual(["r0"]);
    click(tool, [180, 140]);
    expect(w.editor.selection.size).toBe(0);
    drag(tool, [
      [30, 30],
      [90, 80],
    ]);
    expect([...w.editor.selection].sort()).toEqual(["r0", "r1"]);
    expect(w.steps()).toBe(3);
  });

  it("moves everything that is selected, as one step, within the image, but nothing locked", () => {
    fc.assert(
      fc.property(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 }), (dx, dy) => {
        const w = world();
        w.hands.make(box);
        w.hands.make(triangle);
        w.editor.dispatch({ kind: "change", id: "r1", set: { locked: true } });
        w.editor.select(["r0", "r1"]);
        const tool = new SelectTool(w.hands);
        drag(tool, [
          [60, 50],
          [61, 51],
          [60 + dx, 50 + dy],
        ]);
        const [moved, still] = w.shapes() as [Box, Polygon];
        expect(still).toEqual(triangle);
        expect([moved.width, moved.height]).toEqual([30, 20]);
        expect(
          moved.x >= 0 && moved.y >= 0 && moved.x <= SIZE.width - 30 && moved.y <= SIZE.height - 20,
        ).toBe(true);
        const stays = moved.x === box.x && moved.y === box.y;
        expect(w.steps()).toBe(stays ? 3 : 4);
      }),
    );
  });

  it("drags a handle, or takes it up with one click and puts it down with another", () => {
    for (const how of ["drag", "clicks"]) {
      const w = world();
      w.hands.make(box);
      const tool = new SelectTool(w.hands);
      if (how === "drag")
        drag(tool, [
          [70, 60],
          [80, 70],
          [90, 80],
        ]);
      else {
        click(tool, [70, 60]);
        tool.move(press([85, 75]));
        expect(w.shapes()).toEqual([box]);
        click(tool, [90, 80]);
      }
      expect(w.shapes()).toEqual([{ ...box, width: 50, height: 40 }]);
      expect(w.steps()).toBe(2);
    }
  });

  it("gives up a drag on Escape, leaving everything as it was", () => {
    const w = world();
    w.hands.make(box);
    const tool = new SelectTool(w.hands);
    tool.down(press([55, 50]));
    tool.move(press([100, 100]));
    expect(tool.inHand().replaced?.size).toBe(1);
    expect(tool.key("cancel")).toBe(true);
    expect([w.shapes(), w.steps(), tool.inHand().replaced?.size]).toEqual([[box], 1, 0]);
  });

  it("adds, moves and removes vertices by pointer and by key", () => {
    const w = world();
    w.hands.make(triangle);
    const tool = new SelectTool(w.hands);
    drag(tool, [
      [120, 20],
      [120, 15],
      [120, 10],
    ]);
    const outline = () => (w.shapes()[0] as Polygon).outline;
    expect(outline()).toEqual([
      [100, 20],
      [120, 10],
      [140, 20],
      [120, 60],
    ]);
    click(tool, [120, 10], { alt: true });
    expect(outline()).toEqual(triangle.outline);
    tool.key("next-handle");
    tool.key("next-handle");
    expect(tool.nudge?.(5, -5)).toBe(true);
    expect(outline()[1]).toEqual([145, 15]);
    click(tool, [110, 40], { double: true });
    click(tool, [110, 40], { double: true });
    const before = outline().length;
    tool.key("next-handle");
    expect(tool.key("delete")).toBe(true);
    expect(outline().length).toBe(before - 1);
  });
});

describe("the toolbox", () => {
  const made = (schema: typeof cells) => {
    const w = world();
    return new Toolbox({
      hands: w.hands,
      schema,
      findOutline: null,
      newId: () => "n",
      changed: () => undefined,
    });
  };
  const several = {
    ...cells,
    fields: [
      field({ name: "boxes", kind: "regions", shapes: ["box", "rotated-box"], options: options("A", "B") }),
      field({ name: "areas", kind: "regions", shapes: ["mask"], options: options("C") }),
      field({
        name: "lines",
        kind: "regions",
        shapes: ["polyline"],
        options: options("D", "E"),
        multiple: true,
      }),
    ],
  };

  it("offers the tools of the shapes that are asked for", () => {
    expect(toolsFor(several, false)).toEqual(["select", "box", "rotated-box", "polyline", "brush", "eraser"]);
    expect(toolsFor(cells, true)).toContain("extreme");
    expect(toolsFor(cells, false)).not.toContain("extreme");
    expect(toolsFor(cells, false).at(-1)).toBe("relate");
  });

  it("label first: takes the tool that the label's field needs, and keeps the label", () => {
    const toolbox = made(several);
    const [boxes, areas, lines] = several.fields;
    if (!boxes || !areas || !lines) throw new Error("three fields");
    toolbox.choose(areas, "C");
    expect(toolbox.state).toMatchObject({ tool: "brush", field: "areas", labels: { areas: ["C"] } });
    toolbox.choose(boxes, "B");
    expect(toolbox.state).toMatchObject({
      tool: "box",
      field: "boxes",
      labels: { boxes: ["B"], areas: ["C"] },
    });
    toolbox.pick("rotated-box");
    toolbox.choose(boxes, "A");
    expect(toolbox.state).toMatchObject({ tool: "rotated-box", labels: { boxes: ["A"] } });
    toolbox.pick("select");
    toolbox.choose(boxes, "A");
    expect(toolbox.state).toMatchObject({ tool: "box", labels: { boxes: ["A"] } });
    toolbox.choose(boxes, "A");
    expect(toolbox.state.labels.boxes).toEqual([]);
    toolbox.choose(lines, "D");
    toolbox.choose(lines, "E");
    expect(toolbox.state.labels.lines).toEqual(["D", "E"]);
  });

  it("repeats what was drawn last", () => {
    const toolbox = made(several);
    toolbox.pick("polyline");
    toolbox.pick("select");
    toolbox.repeat();
    expect(toolbox.state.tool).toBe("polyline");
  });

  it("knows whether something is half drawn", () => {
    const toolbox = made(several);
    toolbox.pick("polyline");
    expect(toolbox.busy).toBe(false);
    toolbox.tool.down(press([10, 10] as Point));
    expect(toolbox.busy).toBe(true);
  });
});
