/** The tools at the left edge, each with its name and key. */
import { commandEntry, keysOf, shownKey } from "../../../label/keymap";
import type { ToolName } from "../../../tools";
import { useCustomKeys } from "../customKeys";
import { ToolIcon } from "./ToolIcon";

interface Props {
  tools: readonly ToolName[];
  current: ToolName;
  snaps: boolean;
  onPick: (name: ToolName) => void;
  onSnap: () => void;
}

export function ToolBar({ tools, current, snaps, onPick, onSnap }: Props) {
  const custom = useCustomKeys();
  return (
    <div className="tools" role="toolbar" aria-label="Tools" aria-orientation="vertical">
      {tools.map((name) => {
        const { title } = commandEntry(name);
        const key = keysOf(name, custom)[0] ?? "";
        return (
          <button
            key={name}
            type="button"
            className="tool"
            aria-label={title}
            aria-pressed={name === current}
            aria-keyshortcuts={key}
            title={`${title} (${shownKey(key)})`}
            onClick={(event) => {
              onPick(name);
              event.currentTarget.blur();
            }}
          >
            <ToolIcon name={name} />
            <span className="tool-key" aria-hidden="true">
              {shownKey(key).replace("Shift ", "⇧")}
            </span>
          </button>
        );
      })}
      <span className="grow" />
      <button
        type="button"
        className="tool"
        aria-label="Snapping"
        aria-pressed={snaps}
        title={`Snapping to neighbours (${shownKey(keysOf("snap", custom)[0] ?? "")})`}
        onClick={(event) => {
          onSnap();
          event.currentTarget.blur();
        }}
      >
        <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
          <path d="M3 2.500v6a5 5 0 0 0 10 0v-6h-3v6a2 2 0 0 1-4 0v-6zM3 5.500h3M10 5.500h3" />
        </svg>
        <span className="tool-key" aria-hidden="true">
          {shownKey(keysOf("snap", custom)[0] ?? "")}
        </span>
      </button>
    </div>
  );
}
