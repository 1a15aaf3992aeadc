/** A part of a page that scrolls by itself, by mouse and by keyboard. */
import type { ReactNode } from "react";

interface Props {
  label: string;
  className: string;
  children: ReactNode;
}

export function ScrollRegion({ label, className, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
