/** Joins two regions: press one, then the other; or select one, take the tool, and pick the other from the list. */
import { commands } from "../doc";
import type { Point } from "../geometry";
import { type Hands, type InHand, onlySelected, type Press, type Tool, type ToolKey } from "./tool";

export class RelateTool implements Tool {
  private from: string | null;
  private next: Point | null = null;
  private hovered: string | null = null;

  constructor(
    private readonly hands: Hands,
    private readonly field: string,
    private readonly newId: () => string,
  ) {
    this.from = onlySelected(hands.editor)?.id ?? null;
  }

  down(press: Press): void {
    const region = this.hands.hit(press.at);
    if (region) this.pick(region.id);
  }

  /** The first pick begins, the second ends. */
  pick(id: string): void {
    const { editor } = this.hands;
    if (this.from === null || this.from === id) this.from = id;
    else {
      const edit = commands.relate(editor.doc, {
        field: this.field,
        from: this.from,
        to: id,
        id: this.newId(),
      });
      if (edit) editor.dispatch(edit);
      else this.hands.say("These two are related already.");
      this.from = null;
    }
    editor.select([id]);
    this.hands.changed();
  }

  move(press: Press): void {
    this.next = press.at;
    this.hovered = this.hands.hit(press.at)?.id ?? null;
    this.hands.changed();
  }

  up(): void {}

  key(key: ToolKey): boolean {
    if (key !== "cancel" || this.from === null) return false;
    this.from = null;
    this.hands.changed();
    return true;
  }

  inHand(): InHand {
    return {
      hovered: this.hovered,
      link: this.from !== null && this.next ? { from: this.from, to: this.next } : null,
    };
  }
}
