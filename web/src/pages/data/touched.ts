/** What is out of date after a change on a repo: families of queries. */
export const TOUCHED: readonly string[] = [
  "repos",
  "log",
  "history",
  "ls",
  "tags",
  "compare",
  "merge",
  "graph",
  "home",
];
