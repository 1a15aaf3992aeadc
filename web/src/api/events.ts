/** Live refresh: the server's event stream tells which queries are out of date; while it is down, time does. */
import type { QueryClient } from "@tanstack/react-query";

const POLL_MS = 5_000;
const GATHER_MS = 250;

/** Which query families an event touches. An unknown topic touches all: a needless read is better than a stale page. */
const TOUCHES: Record<string, readonly string[]> = {
  ref: [
    "repos",
    "log",
    "history",
    "ls",
    "preview",
    "compare",
    "merge",
    "graph",
    "home",
    "project",
    "projects",
    "pipelines",
    "jobs",
    "lineage",
  ],
  tag: ["tags"],
  answer: ["project", "projects", "home"],
  answers: ["project", "projects", "home"],
  page: ["project", "projects", "home"],
  project: ["project", "projects", "home", "graph"],
  publication: ["project", "projects", "home", "graph"],
  job: ["pipelines", "jobs", "graph", "home"],
  pipeline: ["pipelines", "graph", "home"],
  repo: ["repos", "graph", "home"],
  user: ["users", "me"],
};
const ALL = [...new Set(Object.values(TOUCHES).flat())];

export function touched(topic: string): readonly string[] {
  return TOUCHES[topic.split(/[./:]/, 1)[0] ?? ""] ?? ALL;
}

export type LiveState = "live" | "polling";

/** Starts listening; returns the function that stops it. */
export function listen(client: QueryClient, onState: (state: LiveState) => void): () => void {
  const stale = new Set<string>();
  let gathering: ReturnType<typeof setTimeout> | null = null;
  let polling: ReturnType<typeof setInterval> | null = null;

  const refresh = () => {
    gathering = null;
    const families = new Set(stale);
    stale.clear();
    void client.invalidateQueries({ predicate: (query) => families.has(String(query.queryKey[0])) });
  };
  const mark = (families: readonly string[]) => {
    for (const family of families) stale.add(family);
    gathering ??= setTimeout(refresh, GATHER_MS);
  };
  const poll = (on: boolean) => {
    if (on && polling === null) polling = setInterval(() => mark(ALL), POLL_MS);
    if (!on && polling !== null) {
      clearInterval(polling);
      polling = null;
      mark(ALL);
    }
    onState(on ? "polling" : "live");
  };

  const source = new EventSource("/api/v1/events");
  source.onopen = () => poll(false);
  source.onerror = () => poll(true);
  source.onmessage = (message) => {
    const body = JSON.parse(String(message.data)) as { topic?: string };
    mark(touched(body.topic ?? ""));
  };
  return () => {
    source.close();
    if (polling !== null) clearInterval(polling);
    if (gathering !== null) clearTimeout(gathering);
  };
}
