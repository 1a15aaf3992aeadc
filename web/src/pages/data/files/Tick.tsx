/** A box to tick, large enough to hit. */
import type { MouseEvent } from "react";
import { Icon } from "../../../ui/Icon";

interface Props {
  checked: boolean;
  label: string;
  tabIndex?: number;
  onTick: (event: MouseEvent) => void;
}

export function Tick({ checked, label, tabIndex, onTick }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input cannot be drawn as large as it has to be hit
    <button
      type="button"
      role="checkbox"
      className="tick"
      aria-checked={checked}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={onTick}
    >
      <span className="box">{checked && <Icon name="check" />}</span>
    </button>
  );
}
