/** What a job's row says about its time and state. Pure. */
import type { JobRow } from "../../api/types";

const OVER = new Set([
  "success",
  "succeeded",
  "finished",
  "done",
  "failed",
  "failure",
  "killed",
  "cancelled",
  "skipped",
]);

export const isLive = (state: string): boolean => !OVER.has(state.toLowerCase());

/** Seconds a job ran; null while it runs. */
export function duration(job: Pick<JobRow, "started" | "finished">): number | null {
  return job.started && job.finished ? (Date.parse(job.finished) - Date.parse(job.started)) / 1000 : null;
}
