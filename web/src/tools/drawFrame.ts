/** Boxes and ellipses: a drag, or two clicks; a rotated box by one side and then its depth; a skeleton into its frame. */
import type { Field } from "../api/types";
import {
  type Box,
  boundsBetween,
  clampPoint,
  distance,
  type ImageShape,
  type Point,
  SMALLEST_PX,
} from "../geometry";
import { laidOut } from "./skeleton";
import { CLICK_PX, type Hands, type InHand, type Press, type Tool, type ToolKey } from "./tool";

export type FrameKind = "box" | "rotated-box" | "ellipse" | "skeleton";

type State =
  | { readonly is: "idle" }
  /** `held`: the button is down; a click leaves the first point standing for the second one. */
  | {
      readonly is: "from";
      readonly a: Point;
      readonly b: Point;
      readonly held: boolean;
      readonly regular: boolean;
    }
  | { readonly is: "side"; readonly a: Point; readonly b: Point; readonly c: Point };

const IDLE: State = { is: "idle" };

export class FrameTool implements Tool {
  private state: State = IDLE;

  constructor(
    private readonly hands: Hands,
    private readonly kind: FrameKind,
  ) {}

  down(press: Press): void {
    const at = this.point(press);
    if (this.state.is === "idle") this.enter({ is: "from", a: at, b: at, held: true, regular: press.shift });
    else if (this.state.is === "from") this.second(at, press.shift);
    else this.finish({ ...this.state, c: at });
  }

  move(press: Press): void {
    const at = this.point(press);
    if (this.state.is === "from") this.enter({ ...this.state, b: at, regular: press.shift });
    else if (this.state.is === "side") this.enter({ ...this.state, c: at });
  }

  up(press: Press): void {
    if (this.state.is !== "from" || !this.state.held) return;
    const at = this.point(press);
    if (distance(this.state.a, at) <= CLICK_PX * this.hands.grain) this.enter({ ...this.state, held: false });
    else this.second(at, press.shift);
  }

  key(key: ToolKey): boolean {
    if (this.state.is === "idle" || (key !== "cancel" && key !== "back")) return false;
    this.enter(IDLE);
    return true;
  }

  inHand(): InHand {
    const { state } = this;
    if (state.is === "idle") return {};
    if (state.is === "from" && this.kind === "rotated-box")
      return { chain: { points: [state.a], next: state.b } };
    return { draft: this.shapeOf(state) };
  }

  private point({ at }: Press): Point {
    return clampPoint(this.hands.snap(at), this.hands.size);
  }

  private second(at: Point, regular: boolean): void {
    if (this.state.is !== "from") return;
    const { a } = this.state;
    if (this.kind === "rotated-box") this.enter({ is: "side", a, b: at, c: at });
    else this.finish({ is: "from", a, b: at, held: false, regular });
  }

  private finish(state: State): void {
    const shape = this.shapeOf(state);
    this.state = IDLE;
    if (shape) this.hands.make(shape);
    this.hands.changed();
  }

  private shapeOf(state: State): ImageShape | null {
    if (state.is === "idle") return null;
    if (state.is === "side") return sideways(state.a, state.b, state.c);
    const box = boxBetween(state.a, state.regular ? squared(state.a, state.b) : state.b);
    if (!box) return null;
    const { x, y, width, height } = box;
    switch (this.kind) {
      case "ellipse":
        return {
          type: "ellipse",
          cx: x + width / 2,
          cy: y + height / 2,
          rx: width / 2,
          ry: height / 2,
          angle_deg: 0,
        };
      case "skeleton":
        return laidOut(this.hands.fieldFor("skeleton") as Field, box);
      default:
        return box;
    }
  }

  private enter(state: State): void {
    this.state = state;
    this.hands.changed();
  }
}

function boxBetween(a: Point, b: Point): Box | null {
  const { minX, minY, maxX, maxY } = boundsBetween(a, b);
  if (maxX - minX < SMALLEST_PX || maxY - minY < SMALLEST_PX) return null;
  return { type: "box", x: minX, y: minY, width: maxX - minX, height: maxY - minY };
}

function squared(a: Point, b: Point): Point {
  const side = Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1]));
  return [a[0] + Math.sign(b[0] - a[0]) * side, a[1] + Math.sign(b[1] - a[1]) * side];
}

/** The box on the side from `a` to `b`, as deep as `c` is away from it. */
function sideways(a: Point, b: Point, c: Point): ImageShape | null {
  const width = distance(a, b);
  if (width < SMALLEST_PX) return null;
  const [ux, uy] = [(b[0] - a[0]) / width, (b[1] - a[1]) / width];
  const depth = (c[0] - a[0]) * -uy + (c[1] - a[1]) * ux;
  if (Math.abs(depth) < SMALLEST_PX) return null;
  return {
    type: "rotated-box",
    cx: (a[0] + b[0]) / 2 - (uy * depth) / 2,
    cy: (a[1] + b[1]) / 2 + (ux * depth) / 2,
    width,
    height: Math.abs(depth),
    angle_deg: ((Math.atan2(uy, ux) * 180) / Math.PI + 360) % 360,
  };
}
