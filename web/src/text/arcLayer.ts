/** The arcs of relations over a text: only those that touch a line which is in sight, drawn anew when lines move. */
import type { Doc, Editor, Relation } from "../doc";
import { type Anchor, type Arc, arcsOf, type Link } from "./arcs";
import type { TextView } from "./textView";

export interface ArcLook {
  /** Empty: as texts beside the main one are drawn. */
  readonly color: string;
  readonly name: string;
}

export interface ArcLayerOptions {
  readonly editor: Editor;
  readonly lookOf: (relation: Relation) => ArcLook;
  readonly onChoose: (relation: Relation) => void;
}

interface Drawn {
  readonly group: SVGGElement;
  /** All that it was made from: while that is the same, so is what is on the screen. */
  readonly made: string;
}

const SVG = "http://www.w3.org/2000/svg";
/** How far beyond the window lines count as in sight. */
const AROUND = "120px 0px";
const LETTER_PX = 6;
const HEAD_PX = 4;

export class ArcLayer {
  private readonly root = document.createElementNS(SVG, "svg");
  private readonly seen = new Set<number>();
  private readonly sight: IntersectionObserver;
  private readonly size: ResizeObserver;
  private readonly drawn = new Map<string, Drawn>();
  private ends = new Map<string, Relation[]>();
  private byId = new Map<string, Relation>();
  private doc: Doc | null = null;
  private hovered: ReadonlySet<string> = new Set();
  private frame = 0;
  private readonly leave: () => void;

  /** `block` holds the text and is what the arcs are placed in. */
  constructor(
    private readonly block: HTMLElement,
    private readonly view: TextView,
    private readonly options: ArcLayerOptions,
  ) {
    this.root.classList.add("text-arcs");
    // The list of relations says all of it, and more.
    this.root.setAttribute("aria-hidden", "true");
    block.append(this.root);
    const places = new Map(view.leafElements.map((element, index) => [element, index]));
    this.sight = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const index = places.get(target as HTMLElement) as number;
          if (isIntersecting) this.seen.add(index);
          else this.seen.delete(index);
        }
        this.redraw();
      },
      { rootMargin: AROUND },
    );
    for (const element of places.keys()) this.sight.observe(element);
    this.size = new ResizeObserver(() => this.redraw());
    this.size.observe(view.host);
    this.leave = options.editor.subscribe(() => this.follow());
    view.host.addEventListener("mouseover", this.over);
    view.host.addEventListener("mouseleave", this.out);
    this.follow();
  }

  destroy(): void {
    this.sight.disconnect();
    this.size.disconnect();
    this.leave();
    cancelAnimationFrame(this.frame);
    this.view.host.removeEventListener("mouseover", this.over);
    this.view.host.removeEventListener("mouseleave", this.out);
    this.view.host.classList.remove("related");
    this.root.remove();
  }

  private follow(): void {
    const { doc } = this.options.editor.getState();
    if (doc.relations === this.doc?.relations && doc.regions === this.doc.regions) {
      this.light();
      return;
    }
    if (doc.relations !== this.doc?.relations) {
      this.ends = new Map();
      this.byId = new Map(doc.relations.map((relation) => [relation.id, relation]));
      for (const relation of doc.relations)
        for (const id of [relation.from, relation.to])
          this.ends.set(id, [...(this.ends.get(id) ?? []), relation]);
      // Lines stand apart only where there is something to draw between them.
      this.view.host.classList.toggle("related", doc.relations.length > 0);
    }
    this.doc = doc;
    this.redraw();
  }

  private redraw(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = 0;
    const arcs = this.ends.size === 0 ? [] : arcsOf(this.links());
    const names = new Set(arcs.map(({ id }) => id));
    for (const [id, { group }] of this.drawn)
      if (!names.has(id)) {
        group.remove();
        this.drawn.delete(id);
      }
    for (const arc of arcs) this.put(arc);
    this.light();
  }

  /** The relations with an end on a line in sight, and where on the block their ends are. */
  private links(): Link[] {
    const { left, top } = this.block.getBoundingClientRect();
    const rects = this.view.firstRects(this.seen);
    const anchorOf = (id: string): Anchor | null => {
      const rect = rects.get(id) ?? this.view.roughRect(id);
      return rect && { x: rect.left - left, width: rect.width, top: rect.top - top };
    };
    const wanted = new Set([...rects.keys()].flatMap((id) => this.ends.get(id) ?? []));
    return [...wanted].flatMap((relation): Link[] => {
      const [from, to] = [anchorOf(relation.from), anchorOf(relation.to)];
      return from && to ? [{ id: relation.id, from, to }] : [];
    });
  }

  private put(arc: Arc): void {
    const relation = this.byId.get(arc.id);
    if (!relation) return;
    const look = this.options.lookOf(relation);
    const { x, y } = arc.label;
    const from = `${arc.path} ${x} ${y} ${relation.direction} ${look.color} ${look.name}`;
    const before = this.drawn.get(arc.id);
    if (before?.made === from) return;
    const group = this.arc(arc, relation, look);
    if (before) before.group.replaceWith(group);
    else this.root.append(group);
    this.drawn.set(arc.id, { group, made: from });
  }

  private arc(arc: Arc, relation: Relation, { color, name }: ArcLook): SVGGElement {
    const group = made("g", { class: "arc" }) as SVGGElement;
    if (color) group.style.setProperty("--arc", color);
    const heads = [
      ...(relation.direction === "left" ? [] : [arc.to]),
      ...(relation.direction === "right" ? [] : [arc.from]),
    ];
    group.append(
      made("path", { class: "arc-reach", d: arc.path }),
      made("path", { class: "arc-line", d: arc.path }),
      ...heads.map(({ x, y }) =>
        made("path", { class: "arc-head", d: `M${x} ${y}l${-HEAD_PX} ${-1.6 * HEAD_PX}h${2 * HEAD_PX}z` }),
      ),
    );
    if (name) {
      const fits = Math.floor(arc.label.room / LETTER_PX);
      const label = made("text", { class: "arc-name", x: `${arc.label.x}`, y: `${arc.label.y}` });
      label.textContent = name;
      if (fits < name.length) label.classList.add("tight");
      group.append(label);
    }
    group.addEventListener("click", () => this.choose(relation.id));
    group.addEventListener("mouseenter", () => this.hover(new Set([relation.id])));
    group.addEventListener("mouseleave", () => this.hover(new Set()));
    return group;
  }

  private choose(id: string): void {
    const relation = this.byId.get(id);
    if (relation) this.options.onChoose(relation);
  }

  /** Arcs of what is selected or under the mouse stand out, and lie above the others. */
  private light(): void {
    const { selection } = this.options.editor.getState();
    const touched = [...selection].flatMap((id) => this.ends.get(id) ?? []);
    const joined = touched.filter(({ from, to }) => selection.has(from) && selection.has(to));
    // With both ends selected a relation is what is meant, not all that its ends have.
    const lit = new Set((joined.length > 0 ? joined : touched).map(({ id }) => id));
    for (const id of this.hovered) lit.add(id);
    for (const [id, { group }] of this.drawn) {
      const is = lit.has(id);
      if (is === group.classList.contains("lit")) continue;
      group.classList.toggle("lit", is);
      // Moved only when it is not under the mouse: an element that is moved there is left and entered once more.
      if (is && !this.hovered.has(id)) this.root.append(group);
    }
  }

  private hover(relations: ReadonlySet<string>): void {
    this.hovered = relations;
    this.light();
  }

  private readonly over = ({ target }: MouseEvent): void => {
    const mark = target instanceof Element ? target.closest<HTMLElement>("mark") : null;
    const ids = mark?.dataset.ids?.split(" ") ?? [];
    if (ids.length === 0 && this.hovered.size === 0) return;
    this.hover(new Set(ids.flatMap((id) => (this.ends.get(id) ?? []).map((relation) => relation.id))));
  };

  private readonly out = (): void => this.hover(new Set());
}

function made(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
