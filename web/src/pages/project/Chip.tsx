/** A label as it appears everywhere: its colour, its name, perhaps a number. */
import type { ReactNode } from "react";

export function Chip({ option, label, children }: { option: number; label: string; children?: ReactNode }) {
  return (
    <span className="chip">
      {option >= 0 && <span className="swatch" style={{ background: `var(--l${option % 8})` }} />}
      <span className="clip">{label}</span>
      {children !== undefined && <span className="muted">{children}</span>}
    </span>
  );
}
