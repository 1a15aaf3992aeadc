/** Picks regions, moves them, and changes them by their handles. Each drag can also be two clicks or arrow keys. */
import { commands, type Region } from "../doc";
import {
  type Bounds,
  boundsBetween,
  boundsOf,
  distance,
  dragHandle,
  type Handle,
  handlesOf,
  heldIn,
  type ImageShape,
  moved,
  type Point,
  rounded,
  union,
  withJoint,
  withoutHandle,
  withVertexAt,
} from "../geometry";
import {
  CLICK_PX,
  type Hands,
  type InHand,
  imageShape,
  onlySelected,
  type Press,
  REACH_PX,
  selected,
  type Tool,
  type ToolKey,
} from "./tool";

type State =
  | { readonly is: "idle"; readonly hovered: string | null }
  | {
      readonly is: "pressed";
      readonly from: Point;
      readonly id: string;
      readonly wasSelected: boolean;
      readonly press: Press;
    }
  | {
      readonly is: "moving";
      readonly from: Point;
      readonly by: Point;
      readonly shapes: ReadonlyMap<string, ImageShape>;
    }
  /** `carried`: the handle follows the pointer without being held, until the next click. */
  | {
      readonly is: "handle";
      readonly id: string;
      readonly handle: string;
      readonly from: Point;
      readonly shape: ImageShape;
      readonly carried: boolean;
    }
  | { readonly is: "marquee"; readonly area: Bounds; readonly from: Point; readonly adds: boolean };

const IDLE: State = { is: "idle", hovered: null };
const ROTATE_REACH_PX = 26;

export class SelectTool implements Tool {
  private state: State = IDLE;
  /** Of the only selected region: the handle that arrows move. */
  private focus: string | null = null;

  constructor(private readonly hands: Hands) {}

  down(press: Press): void {
    const handle = this.handleAt(press.at);
    const only = onlySelected(this.hands.editor);
    if (this.state.is === "handle" && this.state.carried) this.drop(press);
    else if (handle && only) this.takeHandle(only, handle, press);
    else {
      const region = this.hands.hit(press.at);
      const adds = press.shift || press.ctrl;
      if (region) this.pressRegion(region.id, press);
      else this.enter({ is: "marquee", from: press.at, area: boundsBetween(press.at, press.at), adds });
    }
  }

  move(press: Press): void {
    const { state } = this;
    if (state.is === "idle") {
      const hovered = this.handleAt(press.at) ? null : (this.hands.hit(press.at)?.id ?? null);
      if (hovered !== state.hovered) this.enter({ is: "idle", hovered });
    } else if (state.is === "pressed") {
      if (this.far(state.from, press.at)) this.startMove(state.from, press);
    } else if (state.is === "moving") this.follow(state, press);
    else if (state.is === "handle") this.followHandle(state, press);
    else this.enter({ ...state, area: boundsBetween(state.from, press.at) });
  }

  up(press: Press): void {
    const { state } = this;
    if (state.is === "pressed") this.click(state, press);
    else if (state.is === "moving") this.place(state.shapes);
    else if (state.is === "marquee") this.catch(state);
    // Let go where it was taken up: the click is the first of two.
    else if (state.is === "handle" && !this.far(state.from, press.at))
      this.enter({ ...state, carried: true });
    else if (state.is === "handle") this.drop(press);
  }

  key(key: ToolKey): boolean {
    const only = onlySelected(this.hands.editor);
    switch (key) {
      case "cancel": {
        const busy = this.state.is !== "idle" || this.focus !== null;
        this.focus = null;
        this.enter(IDLE);
        return busy;
      }
      case "next-handle":
      case "previous-handle":
        return only !== null && this.step(key === "next-handle" ? 1 : -1);
      case "delete":
        if (!only || !this.focus || !isPoint(imageShape(only))) return false;
        this.removeHandle(only.id, this.focus);
        return true;
      case "occlude":
        return this.occlude();
      default:
        return false;
    }
  }

  nudge(dx: number, dy: number): boolean {
    const only = onlySelected(this.hands.editor);
    const handle = only && this.handles(only.id).find((each) => each.id === this.focus);
    if (!only || !handle || only.locked) return false;
    const shape = dragHandle(imageShape(only), handle.id, [handle.at[0] + dx, handle.at[1] + dy]);
    this.place(new Map([[only.id, shape]]));
    return true;
  }

  inHand(): InHand {
    const { state } = this;
    const only = onlySelected(this.hands.editor);
    const replaced =
      state.is === "moving"
        ? state.shapes
        : state.is === "handle"
          ? new Map([[state.id, state.shape]])
          : new Map<string, ImageShape>();
    const shown = only && !only.locked && !only.hidden ? (replaced.get(only.id) ?? imageShape(only)) : null;
    return {
      hovered: state.is === "idle" ? state.hovered : null,
      replaced,
      handles: shown && state.is !== "moving" ? handlesOf(shown, ROTATE_REACH_PX * this.hands.grain) : [],
      handle: this.focus,
      marquee: state.is === "marquee" ? state.area : null,
    };
  }

  // --- inside

  private takeHandle(region: Region, handle: Handle, press: Press): void {
    if (press.alt) {
      this.removeHandle(region.id, handle.id);
      return;
    }
    this.focus = handle.role === "middle" ? null : handle.id;
    const shape = imageShape(region);
    this.enter({ is: "handle", id: region.id, handle: handle.id, from: press.at, shape, carried: false });
  }

  private pressRegion(id: string, press: Press): void {
    const { editor } = this.hands;
    const wasSelected = editor.selection.has(id);
    if (!wasSelected) {
      this.focus = null;
      editor.select(press.shift || press.ctrl ? [...editor.selection, id] : [id]);
    }
    this.enter({ is: "pressed", from: press.at, id, wasSelected, press });
  }

  private click(state: State & { is: "pressed" }, press: Press): void {
    const { editor } = this.hands;
    const only = onlySelected(editor);
    if (state.wasSelected && (state.press.shift || state.press.ctrl))
      editor.select([...editor.selection].filter((id) => id !== state.id));
    else if (state.wasSelected) editor.select([state.id]);
    if (press.double && only && !only.locked && only.id === state.id) {
      const shape = withVertexAt(imageShape(only), press.at);
      if (shape !== only.shape) this.place(new Map([[only.id, shape]]));
    }
    this.enter({ is: "idle", hovered: state.id });
  }

  private startMove(from: Point, press: Press): void {
    const movable = selected(this.hands.editor).filter((region) => !region.locked);
    if (movable.length === 0) {
      this.hands.say("This region is locked.");
      this.enter(IDLE);
      return;
    }
    const shapes = new Map(movable.map((region) => [region.id, imageShape(region)]));
    this.follow({ is: "moving", from, by: [0, 0], shapes }, press);
  }

  private follow(state: State & { is: "moving" }, press: Press): void {
    const { editor, size } = this.hands;
    const movable = selected(editor).filter((region) => state.shapes.has(region.id));
    const bounds = movable.map((region) => boundsOf(imageShape(region))).reduce(union);
    const corner = this.hands.snap([
      bounds.minX + press.at[0] - state.from[0],
      bounds.minY + press.at[1] - state.from[1],
    ]);
    let [dx, dy] = heldIn(bounds, corner[0] - bounds.minX, corner[1] - bounds.minY, size);
    // With shift, along one axis only.
    if (press.shift) [dx, dy] = Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy];
    const shapes = new Map(movable.map((region) => [region.id, moved(imageShape(region), dx, dy)]));
    this.enter({ ...state, by: [dx, dy], shapes });
  }

  private followHandle(state: State & { is: "handle" }, press: Press): void {
    if (!state.carried && !this.far(state.from, press.at)) return;
    const region = this.hands.editor.doc.regions.find((each) => each.id === state.id);
    if (!region || region.locked) return;
    const rotates = state.handle === "rotate";
    const shape = dragHandle(
      imageShape(region),
      state.handle,
      rotates ? press.at : this.hands.snap(press.at),
      press.shift,
    );
    this.enter({ ...state, shape });
  }

  private drop(press: Press): void {
    const { state } = this;
    if (state.is !== "handle") return;
    this.followHandle({ ...state, carried: true }, press);
    const now = this.state as State & { is: "handle" };
    this.place(new Map([[now.id, now.shape]]));
  }

  /** One gesture, one edit. */
  private place(shapes: ReadonlyMap<string, ImageShape>): void {
    const { editor } = this.hands;
    const edit = commands.changeEach(
      editor.doc.regions.filter((region) => shapes.has(region.id)),
      (region) => {
        const shape = rounded(shapes.get(region.id) as ImageShape);
        return JSON.stringify(shape) === JSON.stringify(region.shape) ? null : { shape };
      },
    );
    this.state = IDLE;
    if (edit) editor.dispatch(edit);
    this.enter(IDLE);
  }

  private catch({ area, adds }: State & { is: "marquee" }): void {
    const { editor, grain } = this.hands;
    const tiny = Math.max(area.maxX - area.minX, area.maxY - area.minY) < CLICK_PX * grain;
    const caught = tiny ? [] : this.hands.enclosed(area).map((region) => region.id);
    this.focus = null;
    editor.select(adds ? [...editor.selection, ...caught] : caught);
    this.enter(IDLE);
  }

  private removeHandle(id: string, handle: string): void {
    const { editor } = this.hands;
    const region = editor.doc.regions.find((each) => each.id === id);
    if (!region || region.locked) return;
    const shape = withoutHandle(imageShape(region), handle);
    this.focus = null;
    if (shape) this.place(new Map([[id, shape]]));
    else editor.dispatch({ kind: "remove", id });
  }

  private step(by: number): boolean {
    const only = onlySelected(this.hands.editor);
    const names = only ? this.handles(only.id).filter((h) => h.role !== "middle" && h.role !== "rotate") : [];
    if (names.length === 0) return false;
    const at = names.findIndex((handle) => handle.id === this.focus);
    this.focus = names[(at + by + names.length) % names.length]?.id ?? null;
    this.hands.changed();
    return true;
  }

  /** A joint that cannot be seen but is there: the third state of a skeleton's points. */
  private occlude(): boolean {
    const only = onlySelected(this.hands.editor);
    const shape = only && imageShape(only);
    if (!only || shape?.type !== "skeleton" || !this.focus) return false;
    const points = withJoint(shape.points, Number(this.focus.slice(1)), ([x, y, v]) => [
      x,
      y,
      v === 1 ? 2 : 1,
    ]);
    this.place(new Map([[only.id, { ...shape, points }]]));
    return true;
  }

  private handles(id: string): Handle[] {
    const region = this.hands.editor.doc.regions.find((each) => each.id === id);
    return region ? handlesOf(imageShape(region), ROTATE_REACH_PX * this.hands.grain) : [];
  }

  private handleAt(at: Point): Handle | null {
    const only = onlySelected(this.hands.editor);
    if (!only || only.locked || only.hidden) return null;
    const reach = REACH_PX * this.hands.grain;
    let best: { handle: Handle; away: number } | null = null;
    for (const handle of this.handles(only.id)) {
      const away = distance(handle.at, at) * (handle.role === "middle" ? 1.3 : 1);
      if (away <= reach && (!best || away < best.away)) best = { handle, away };
    }
    return best?.handle ?? null;
  }

  private far(a: Point, b: Point): boolean {
    return distance(a, b) > CLICK_PX * this.hands.grain;
  }

  private enter(state: State): void {
    this.state = state;
    this.hands.changed();
  }
}

const isPoint = ({ type }: ImageShape): boolean =>
  type === "polygon" || type === "polyline" || type === "skeleton";
