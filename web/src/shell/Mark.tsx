/** The product's mark: witnesses of a text, and the one reading established from them. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2.4" strokeLinecap="round">
        <path d="M8 8v4c0 3 2 4.5 4 5.5L16 20v5M24 8v4c0 3-2 4.5-4 5.5L16 20M16 8v12" />
      </g>
    </svg>
  );
}
