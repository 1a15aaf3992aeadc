/** Moving and resizing by single presses, for those who cannot drag and have no keyboard at hand. */
import type { ImageView } from "../../../canvas";
import type { Editor } from "../../../doc";
import { arrow } from "./commands";
import { Section } from "./SidePanel";
import { useEditorLater } from "./useEditor";

const WAYS = [
  ["←", "left", -1, 0],
  ["↑", "up", 0, -1],
  ["↓", "down", 0, 1],
  ["→", "right", 1, 0],
] as const;
const STEP_PX = 5;

export function NudgePad({ view, editor }: { view: ImageView; editor: Editor }) {
  const { selection } = useEditorLater(editor);
  if (selection.size === 0) return null;
  const row = (resizes: boolean) => (
    <fieldset className="row tight" aria-label={resizes ? "Resize" : "Move"}>
      <span className="nudge-name">{resizes ? "Resize" : "Move"}</span>
      {WAYS.map(([sign, way, dx, dy]) => (
        <button
          key={way}
          type="button"
          className="button small icon-only"
          aria-label={resizes ? SIZES[way] : `Move ${way}`}
          onClick={() => {
            // A chosen point would be moved in place of the whole.
            if (view.draws) view.pick("select");
            arrow(view, { dx: dx * STEP_PX, dy: dy * STEP_PX, resizes, held: false });
          }}
        >
          {sign}
        </button>
      ))}
    </fieldset>
  );
  return (
    <Section title="Move and resize">
      {row(false)}
      {row(true)}
    </Section>
  );
}

const SIZES = { left: "Narrower", right: "Wider", up: "Lower", down: "Taller" } as const;
