/** What is staged on branches and what moves them: reads as queries, changes as functions. */
import { queryOptions } from "@tanstack/react-query";
import type { CommittedStaged, StagedGroup, Trigger } from "../generated/wire";
import { callJson, url } from "./http";

const LOOK_MS = 5000;

/** What waits on each branch of a repo; it is committed by itself, so it is looked at again and again. */
export const readStaged = (repo: string) =>
  queryOptions({
    queryKey: ["ls", repo, "staged"],
    queryFn: () => callJson<StagedGroup[]>(url(["repos", repo, "staged"])),
    refetchInterval: LOOK_MS,
  });

export const readTriggers = (repo: string) =>
  queryOptions({
    queryKey: ["repos", repo, "triggers"],
    queryFn: () => callJson<Trigger[]>(url(["repos", repo, "triggers"])),
  });

export const commitStaged = (repo: string, branch: string): Promise<CommittedStaged> =>
  callJson<CommittedStaged>(url(["repos", repo, "staged", "commit"]), { method: "POST", json: { branch } });
