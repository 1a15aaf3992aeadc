/** What a person has decided for a path that both sides changed. Pure. */

export type Side = "ours" | "theirs" | "base";

export type Decision =
  | { readonly take: Side | "delete" }
  /** Text of their own; `null` while it is not loaded yet. */
  | { readonly take: "text"; readonly text: string | null };

export const isDecided = (decision: Decision | undefined): boolean =>
  decision !== undefined && (decision.take !== "text" || decision.text !== null);

export const bytesOf = (decision: Extract<Decision, { take: "text" }>): Blob =>
  new Blob([decision.text ?? ""]);
