/** Mouse, pen, finger and wheel as presses on the image, or as moves of the view. */
import type { Press } from "../tools";
import type { Stage } from "./stage";

export interface PressTarget {
  readonly active: () => boolean;
  readonly down: (press: Press) => void;
  readonly move: (press: Press, held: boolean) => void;
  readonly up: (press: Press) => void;
  readonly cancel: () => void;
}

const WHEEL = 0.0015;
/** Two fingers on a trackpad come as a wheel with Ctrl, in much smaller steps. */
const PINCH = 0.009;
const LINE_PX = 16;
const DOUBLE_MS = 350;
const DOUBLE_PX = 6;

export class Pointers {
  private panning: { x: number; y: number } | null = null;
  private spaceHeld = false;
  private last = { time: 0, x: 0, y: 0 };
  private double = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private readonly stage: Stage,
    private readonly target: PressTarget,
  ) {
    const { signal } = this.stop;
    host.addEventListener("wheel", (event) => this.wheel(event), { passive: false, signal });
    host.addEventListener("pointerdown", (event) => this.down(event), { signal });
    host.addEventListener("pointermove", (event) => this.move(event), { signal });
    host.addEventListener("pointerup", (event) => this.up(event), { signal });
    host.addEventListener("pointercancel", () => this.cancel(), { signal });
    host.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    window.addEventListener("keydown", (event) => this.space(event, true), { signal });
    window.addEventListener("keyup", (event) => this.space(event, false), { signal });
  }

  close(): void {
    this.stop.abort();
  }

  /** Held down, the space bar turns the pointer into a hand. */
  private space(event: KeyboardEvent, held: boolean): void {
    if (event.key !== " ") return;
    const taken =
      event.target instanceof Element &&
      event.target.closest("input, textarea, select, button, a, [role=option]");
    if (held && taken) return;
    if (held) event.preventDefault();
    this.spaceHeld = held;
    this.host.style.cursor = held ? "grab" : "";
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.shiftKey || event.altKey || (dx !== 0 && !event.ctrlKey)) {
      // Sideways: a trackpad says so itself, a mouse wheel with shift.
      const [x, y] = event.shiftKey && dx === 0 ? [dy, 0] : [dx, dy];
      this.stage.panBy(-x, -y);
    } else {
      this.stage.zoomAt(this.stage.onScreen(event), Math.exp(-dy * (event.ctrlKey ? PINCH : WHEEL)));
    }
  }

  private press(event: PointerEvent): Press {
    return {
      at: this.stage.at(event),
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      double: this.double,
    };
  }

  private down(event: PointerEvent): void {
    if (!this.target.active() || event.button === 2) return;
    this.host.focus({ preventScroll: true });
    this.host.setPointerCapture(event.pointerId);
    if (event.button === 1 || this.spaceHeld) {
      this.panning = { x: event.clientX, y: event.clientY };
      this.stage.hold(true);
      this.host.style.cursor = "grabbing";
      event.preventDefault();
      return;
    }
    const { time, x, y } = this.last;
    const near = Math.hypot(event.clientX - x, event.clientY - y) < DOUBLE_PX;
    this.double = near && event.timeStamp - time < DOUBLE_MS;
    this.last = { time: this.double ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    this.target.down(this.press(event));
  }

  private move(event: PointerEvent): void {
    if (!this.target.active()) return;
    if (this.panning) {
      this.stage.panBy(event.clientX - this.panning.x, event.clientY - this.panning.y);
      this.panning = { x: event.clientX, y: event.clientY };
    } else this.target.move(this.press(event), event.buttons !== 0);
  }

  private up(event: PointerEvent): void {
    if (this.panning) this.endPan();
    else if (this.target.active() && event.button === 0) this.target.up(this.press(event));
  }

  private cancel(): void {
    if (this.panning) this.endPan();
    else this.target.cancel();
  }

  private endPan(): void {
    this.panning = null;
    this.stage.hold(false);
    this.host.style.cursor = this.spaceHeld ? "grab" : "";
  }
}
