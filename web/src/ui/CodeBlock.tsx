/** Text as it stands, in a box that scrolls by mouse and by keyboard. */
import type { ReactNode } from "react";

export function CodeBlock({ children, className = "" }: { children: ReactNode; className?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={`code-block ${className}`} tabIndex={0}>
      {children}
    </pre>
  );
}
