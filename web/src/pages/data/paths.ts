/** Paths inside a repo, cut for breadcrumbs. Pure. */

export interface Step {
  readonly name: string;
  readonly path: string;
}

/** `/a/b` as steps `a` → `/a`, `b` → `/a/b`. */
export function stepsOf(path: string): Step[] {
  const names = path.split("/").filter(Boolean);
  return names.map((name, i) => ({ name, path: `/${names.slice(0, i + 1).join("/")}` }));
}

export const folderOf = (path: string): string => {
  const steps = stepsOf(path);
  return steps.at(-2)?.path ?? "/";
};

export const joined = (folder: string, name: string): string =>
  `${folder === "/" ? "" : folder.replace(/\/$/, "")}/${name}`;

const COMMIT_ID = /^[0-9a-z]{26}$/;
export const isCommitId = (ref: string): boolean => COMMIT_ID.test(ref);
