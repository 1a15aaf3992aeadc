/** What somebody says about a task beside the answer: that it is unclear, and in words. Pure. */
import type { Fields } from "../api/types";
import type { Besides } from "../api/workbench";

export interface Aside {
  readonly unclear: boolean;
  /** By region id; of the task as a whole under the empty name. */
  readonly comments: Readonly<Record<string, string>>;
}

export const NO_ASIDE: Aside = { unclear: false, comments: {} };

/** As the server takes it; nothing where nothing was said. */
export function besides(aside: Aside = NO_ASIDE): Besides {
  const comments = Object.entries(aside.comments)
    .filter(([, text]) => text.trim() !== "")
    .map(([region, text]) => ({ text: text.trim(), region: region === "" ? null : region }));
  return { ...(aside.unclear && { flags: ["unclear"] }), ...(comments.length > 0 && { comments }) };
}

/** Kept beside drafts, in their form. */
export const asFields = ({ unclear, comments }: Aside): Fields => ({ unclear, comments });

export const ofFields = (fields: Fields): Aside => ({
  unclear: fields.unclear === true,
  comments: (fields.comments ?? {}) as Record<string, string>,
});
