/** The canvas: three layers over each other (image, regions at rest, what is in hand), drawn when something changed. */
import type { Region } from "../doc";
import { type Bounds, type Edges, type Point, type Size, union } from "../geometry";
import type { Look } from "./looks";
import { NOTHING_IN_HAND, type Overlay, paintOverlay } from "./overlay";
import type { Picture } from "./picture";
import { layer, RegionLayer } from "./regionLayer";
import { type Item, Scene } from "./scene";
import { anchored, fitted, panned, toImage, type View, visible, zoomed } from "./view";

const IMAGE = 1;
const REGIONS = 2;
const HAND = 4;
/** A gesture is over when nothing came for so long. */
const REST_MS = 110;
const FRAME_MS = 16;
const MOST_PARTS = 8;
const GROUND = "#0b0c0f";

export interface StagePorts {
  /** What is in hand now: asked for in every frame that draws it. */
  readonly overlay: () => Overlay;
  readonly viewChanged: (view: View) => void;
}

export class Stage {
  readonly scene: Scene;
  view: View = { scale: 1, x: 0, y: 0 };
  screen: Size = { width: 1, height: 1 };
  private readonly image = layer("0");
  private readonly hand = layer("2");
  private readonly regions: RegionLayer;
  picture: Picture | null = null;
  private dpr = 1;
  private dirty = 0;
  private frame = 0;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private held = false;
  private coming: { readonly picture: Picture; readonly scene: Scene } | null = null;
  private preparing: ReturnType<typeof setTimeout> | undefined;
  private fits = true;
  private readonly observer: ResizeObserver;
  private painted: (() => void)[] = [];

  constructor(
    private readonly host: HTMLElement,
    private readonly ports: StagePorts,
    lookOf: (region: Region) => Look,
  ) {
    this.scene = new Scene(lookOf);
    host.append(this.image);
    this.regions = new RegionLayer(host, this.scene);
    host.append(this.hand);
    this.observer = new ResizeObserver(() => this.resize());
    // Calls back once at the start, before anything is painted.
    this.observer.observe(host);
  }

  close(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    clearTimeout(this.preparing);
    this.frame = -1;
    this.host.replaceChildren();
  }

  /** The pixels of the image that is shown; nothing when there is none. */
  get size(): Size {
    return this.picture?.size ?? { width: 1, height: 1 };
  }

  /** Pictures belong to whoever loaded them: here they are only shown. */
  setPicture(picture: Picture | null): void {
    this.coming = null;
    if (this.picture === picture) return;
    this.regions.forget();
    this.place(picture);
    this.fit();
  }

  private place(picture: Picture | null): void {
    if (this.picture) this.picture.ondetail = null;
    this.picture = picture;
    if (picture) picture.ondetail = () => this.invalidate(IMAGE);
  }

  private whole({ width, height }: Size): View {
    const view = fitted({ minX: 0, minY: 0, maxX: width, maxY: height }, this.screen);
    return anchored(view, { width, height }, this.screen);
  }

  setRegions(regions: readonly Region[], lookOf?: (region: Region) => Look): void {
    const { parts } = this.scene.update(regions, lookOf);
    if (parts.length > 0) this.touch(parts);
    else this.invalidate(HAND);
  }

  /** Makes the regions of another picture ready to be shown as a whole, while nothing else is to be done. */
  prepare(picture: Picture, regions: readonly Region[], lookOf: (region: Region) => Look): void {
    const scene = new Scene(lookOf);
    scene.update(regions);
    this.coming = { picture, scene };
    this.regions.prepare(scene, this.whole(picture.size));
    this.prepareMore();
  }

  private prepareMore(): void {
    clearTimeout(this.preparing);
    // Hands first: between two slices there is room for a frame.
    const later = this.regions.busy || this.held ? REST_MS : FRAME_MS;
    this.preparing = setTimeout(() => {
      const waits = this.regions.busy || this.held;
      if (this.coming && (waits || this.regions.prepareMore())) this.prepareMore();
    }, later);
  }

  /** Shows the picture with the regions that were made ready for it; false when they are not. */
  showPrepared(picture: Picture): boolean {
    const { coming } = this;
    this.coming = null;
    clearTimeout(this.preparing);
    if (coming?.picture !== picture || !this.regions.showPrepared(this.whole(picture.size))) return false;
    this.scene.takeOver(coming.scene);
    this.place(picture);
    this.fits = true;
    this.view = this.whole(picture.size);
    this.dirty &= ~REGIONS;
    this.invalidate(IMAGE | HAND);
    this.ports.viewChanged(this.view);
    return true;
  }

  /** Regions in somebody's hand are drawn on the upper layer only. */
  lift(ids: ReadonlySet<string>): void {
    const areas = this.regions.lift(ids);
    if (areas.length > 0) this.touch(areas.length > MOST_PARTS ? [areas.reduce(union)] : areas);
  }

  /** What is in hand changed. */
  redraw(): void {
    this.invalidate(HAND);
  }

  setLight(brightness: number, contrast: number): void {
    this.image.style.filter =
      brightness === 1 && contrast === 1 ? "" : `brightness(${brightness}) contrast(${contrast})`;
  }

  /** Resolves when everything that changed so far has been drawn. */
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.painted.push(resolve);
      this.invalidate(0);
    });
  }

  // --- the view

  fit(): void {
    this.fits = true;
    this.show(this.whole(this.size), false);
  }

  zoomTo(area: Bounds): void {
    this.fits = false;
    this.show(fitted(area, this.screen, 80), false);
  }

  zoomAt(at: Point, factor: number): void {
    this.fits = false;
    this.show(zoomed(this.view, at, factor), true);
  }

  panBy(dx: number, dy: number): void {
    this.fits = false;
    this.show(panned(this.view, dx, dy), true);
  }

  centreOn([x, y]: Point): void {
    const { scale } = this.view;
    this.fits = false;
    this.show({ scale, x: this.screen.width / 2 - x * scale, y: this.screen.height / 2 - y * scale }, true);
  }

  /** While it is held, regions are moved with the view but never drawn anew. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.rest();
  }

  get isFitted(): boolean {
    return this.fits;
  }

  at(event: { clientX: number; clientY: number }): Point {
    return toImage(this.view, this.onScreen(event));
  }

  onScreen(event: { clientX: number; clientY: number }): Point {
    const { left, top } = this.host.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  hit(p: Point, reachPx: number, edgesOf: (region: Region) => Edges): Item | null {
    return this.scene.hit(p, reachPx / this.view.scale, edgesOf);
  }

  // --- inside

  private show(view: View, gesture: boolean): void {
    this.view = anchored(view, this.size, this.screen);
    if (gesture && this.regions.heavy) {
      this.regions.stop();
      this.regions.follow(this.view);
      this.invalidate(IMAGE | HAND);
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.rest(), REST_MS);
    } else {
      this.invalidate(IMAGE | REGIONS | HAND);
    }
    this.ports.viewChanged(this.view);
  }

  private rest(): void {
    if (!this.held) this.invalidate(REGIONS);
  }

  private touch(areas: readonly Bounds[]): void {
    const covered = (this.dirty & REGIONS) !== 0;
    if (covered || !areas.every((area) => this.regions.patch(area, this.view)))
      this.invalidate(REGIONS | HAND);
    else this.invalidate(HAND);
  }

  private resize(): void {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    if (width === 0 || height === 0) return;
    this.dpr = window.devicePixelRatio || 1;
    this.screen = { width, height };
    for (const canvas of [this.image, this.hand]) {
      canvas.width = Math.round(width * this.dpr);
      canvas.height = Math.round(height * this.dpr);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.regions.resize(this.screen, this.dpr);
    if (this.fits) this.fit();
    else this.show(this.view, false);
  }

  private invalidate(what: number): void {
    this.dirty |= what;
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = 0;
    const { dirty } = this;
    this.dirty = 0;
    if (dirty & IMAGE) this.drawImage();
    if (dirty & REGIONS) this.regions.draw(this.view);
    else if (this.regions.busy) this.regions.advance();
    if (dirty & HAND) this.drawHand();
    if (this.regions.busy) {
      this.invalidate(0);
    } else {
      this.regions.follow(this.view);
      for (const done of this.painted.splice(0)) done();
    }
  }

  private drawImage(): void {
    const context = this.image.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, this.image.width, this.image.height);
    if (!this.picture) return;
    const { width, height } = this.picture.size;
    const seen = visible(this.view, this.screen);
    const part: Bounds = {
      minX: Math.max(0, seen.minX),
      minY: Math.max(0, seen.minY),
      maxX: Math.min(width, seen.maxX),
      maxY: Math.min(height, seen.maxY),
    };
    if (part.maxX <= part.minX || part.maxY <= part.minY) return;
    this.scale(context);
    this.picture.draw(context, part, this.view.scale * this.dpr);
  }

  private drawHand(): void {
    const context = this.hand.getContext("2d") as CanvasRenderingContext2D;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.hand.width, this.hand.height);
    const overlay = this.ports.overlay();
    if (overlay === NOTHING_IN_HAND) return;
    this.scale(context);
    paintOverlay({ context, view: this.view, dpr: this.dpr, scene: this.scene }, overlay);
  }

  private scale(context: CanvasRenderingContext2D): void {
    const { scale, x, y } = this.view;
    const k = scale * this.dpr;
    context.setTransform(k, 0, 0, k, x * this.dpr, y * this.dpr);
  }
}
