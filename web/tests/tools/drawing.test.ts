import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areaOf,
  boundsOf,
  type ImageShape,
  type Mask,
  maskContains,
  type Point,
  type Polyline,
} from "../../src/geometry";
import { BrushTool } from "../../src/tools";
import { ChainTool } from "../../src/tools/drawChain";
import { FrameTool } from "../../src/tools/drawFrame";
import { ExtremeTool, PointTool } from "../../src/tools/drawPoint";
import { RelateTool } from "../../src/tools/relate";
import { click, drag, SIZE, world } from "./hands";

const inside = fc.tuple(fc.integer({ min: 0, max: SIZE.width }), fc.integer({ min: 0, max: SIZE.height }));

describe("drawing a frame", () => {
  it("is the same by a drag and by two clicks, and one step either way", () => {
    fc.assert(
      fc.property(
        inside,
        inside,
        fc.constantFrom("box" as const, "ellipse" as const, "skeleton" as const),
        (a, b, kind) => {
          if (Math.abs(a[0] - b[0]) < 6 || Math.abs(a[1] - b[1]) < 6) return;
          const [dragged, clicked] = [world(), world()];
          drag(new FrameTool(dragged.hands, kind), [a, [100, 75], b]);
          const tool = new FrameTool(clicked.hands, kind);
          click(tool, a);
          expect(clicked.shapes()).toEqual([]);
          click(tool, b);
          expect(clicked.shapes()).toEqual(dragged.shapes());
          expect([dragged.steps(), clicked.steps()]).toEqual([1, 1]);
          const [shape] = dragged.shapes();
          expect(shape?.type).toBe(kind);
          if (kind !== "skeleton" && shape)
            expect(Math.abs(boundsOf(shape).minX - Math.min(a[0], b[0]))).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it("draws a rotated box on the side that was drawn first, as deep as the third point", () => {
    const w = world();
    const tool = new FrameTool(w.hands, "rotated-box");
    click(tool, [50, 50]);
    click(tool, [50, 90]);
    click(tool, [20, 70]);
    expect(w.shapes()).toEqual([
      { type: "rotated-box", cx: 35, cy: 70, width: 40, height: 30, angle_deg: 90 },
    ]);
  });

  it("is given up by Escape, and never leaves the image", () => {
    const w = world();
    const tool = new FrameTool(w.hands, "box");
    click(tool, [10, 10]);
    expect(tool.key("cancel")).toBe(true);
    expect(tool.key("cancel")).toBe(false);
    drag(tool, [
      [-30, -30],
      [900, 900],
    ]);
    expect(w.shapes()).toEqual([{ type: "box", x: 0, y: 0, ...SIZE }]);
  });
});

describe("drawing a chain", () => {
  const corners: Point[] = [
    [10, 10],
    [90, 10],
    [90, 90],
    [10, 90],
  ];

  it("closes on its first point, by Enter, and by a double click", () => {
    for (const close of ["first", "enter", "double"]) {
      const w = world();
      const tool = new ChainTool(w.hands, "polygon");
      for (const at of corners) click(tool, at);
      if (close === "enter") tool.key("close");
      else click(tool, close === "first" ? [12, 11] : [10, 90], { double: close === "double" });
      expect(w.shapes()).toEqual([{ type: "polygon", outline: corners, holes: [] }]);
    }
  });

  it("takes points back one by one, and wants three", () => {
    const w = world();
    const tool = new ChainTool(w.hands, "polygon");
    for (const at of corners) click(tool, at);
    expect([tool.key("back"), tool.key("back")]).toEqual([true, true]);
    tool.key("close");
    expect([w.shapes(), w.said]).toEqual([[], ["3 points at least."]]);
    click(tool, [50, 80]);
    tool.key("close");
    expect(w.shapes()).toMatchObject([
      {
        outline: [
          [10, 10],
          [90, 10],
          [50, 80],
        ],
      },
    ]);
  });

  it("follows a held button, with no more points than the curve needs", () => {
    const w = world();
    const tool = new ChainTool(w.hands, "polyline");
    const straight = Array.from({ length: 40 }, (_, i): Point => [10 + i * 4, 20]);
    drag(tool, [...straight, [166, 120]]);
    tool.key("close");
    expect((w.shapes()[0] as Polyline).points.length).toBeLessThan(5);
  });

  it("cuts a hole into the selected polygon, as one step", () => {
    const w = world();
    w.hands.make({ type: "polygon", outline: corners, holes: [] });
    const tool = new ChainTool(w.hands, "hole");
    click(tool, [150, 100]);
    expect(w.said.length).toBe(1);
    for (const at of [
      [30, 30],
      [60, 30],
      [60, 60],
    ] as Point[])
      click(tool, at);
    tool.key("close");
    expect(w.shapes()).toMatchObject([
      {
        holes: [
          [
            [30, 30],
            [60, 30],
            [60, 60],
          ],
        ],
      },
    ]);
    expect(w.steps()).toBe(2);
  });
});

describe("brush and eraser", () => {
  it("add to the selected mask and take from it, each stroke one step, nothing left is no region", () => {
    const w = world();
    const brush = new BrushTool(w.hands, false);
    drag(brush, [
      [40, 40],
      [80, 40],
    ]);
    drag(brush, [
      [60, 20],
      [60, 60],
    ]);
    expect(w.shapes().length).toBe(1);
    const cross = w.shapes()[0] as Mask;
    expect(
      [
        [45, 40],
        [60, 25],
        [45, 25],
      ].map((at) => maskContains(cross, at as unknown as Point)),
    ).toEqual([true, true, false]);
    const eraser = new BrushTool(w.hands, true);
    drag(eraser, [
      [50, 20],
      [50, 60],
    ]);
    const cut = w.shapes()[0] as Mask;
    expect(maskContains(cut, [50, 40])).toBe(false);
    expect(areaOf(cut)).toBeLessThan(areaOf(cross));
    expect(w.steps()).toBe(3);
    w.editor.undo();
    expect(w.shapes()).toEqual([cross]);
    for (let x = 20; x < 110; x += 10)
      drag(eraser, [
        [x, 0],
        [x, 90],
      ]);
    expect(w.shapes()).toEqual([]);
  });

  it("erases what lies below when nothing is selected, and says when there is nothing", () => {
    const w = world();
    drag(new BrushTool(w.hands, false), [
      [40, 40],
      [80, 40],
    ]);
    w.editor.select([]);
    const eraser = new BrushTool(w.hands, true);
    drag(eraser, [
      [150, 100],
      [160, 100],
    ]);
    expect(w.said.length).toBe(1);
    drag(eraser, [
      [60, 40],
      [60, 41],
    ]);
    expect(maskContains(w.shapes()[0] as Mask, [60, 40])).toBe(false);
  });

  it("draws a straight line from the last stroke with shift, for those who cannot drag", () => {
    const w = world();
    const brush = new BrushTool(w.hands, false);
    click(brush, [40, 100]);
    click(brush, [160, 100], { shift: true });
    expect(maskContains(w.shapes()[0] as Mask, [100, 100])).toBe(true);
  });
});

describe("points and relations", () => {
  it("sets a point where it is pressed", () => {
    const w = world();
    click(new PointTool(w.hands), [300, 20]);
    expect(w.shapes()).toEqual([{ type: "keypoint", x: 200, y: 20 }]);
  });

  it("asks for an outline after four points, and drops an answer that comes for another task", async () => {
    const w = world();
    const found: ImageShape = {
      type: "polygon",
      outline: [
        [1, 1],
        [5, 1],
        [5, 5],
      ],
      holes: [],
    };
    const answers: (() => void)[] = [];
    const tool = new ExtremeTool(w.hands, () => new Promise((resolve) => answers.push(() => resolve(found))));
    for (const at of [
      [1, 3],
      [5, 3],
      [3, 1],
      [3, 5],
    ] as Point[])
      click(tool, at);
    expect(answers.length).toBe(1);
    answers[0]?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(w.shapes()).toEqual([found]);
    for (const at of [
      [1, 3],
      [5, 3],
      [3, 1],
      [3, 5],
    ] as Point[])
      click(tool, at);
    w.editor.undo();
    answers[1]?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(w.shapes()).toEqual([]);
  });

  it("relates two regions by pressing both, or by picking the second in a list", () => {
    const w = world();
    w.hands.make({ type: "box", x: 0, y: 0, width: 20, height: 20 });
    w.hands.make({ type: "box", x: 50, y: 0, width: 20, height: 20 });
    w.editor.select([]);
    let n = 0;
    const tool = new RelateTool(w.hands, "links", () => `l${n++}`);
    click(tool, [10, 10]);
    click(tool, [60, 10]);
    expect(w.editor.doc.relations).toMatchObject([{ from: "r0", to: "r1", direction: "right" }]);
    const again = new RelateTool(w.hands, "links", () => `l${n++}`);
    again.pick("r0");
    expect(w.editor.doc.relations).toMatchObject([
      { from: "r0", to: "r1" },
      { from: "r1", to: "r0" },
    ]);
  });
});
