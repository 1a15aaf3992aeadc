/** The queue of a review: where one is in it, and what becomes of a task by a verdict. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { change, read } from "../../api/resources";
import type { NewVerdict, ReviewStatus, ReviewTask } from "../../api/types";
import { newId } from "../../label/ids";
import { sayError } from "../../ui/toasts";

export interface Queue {
  readonly tasks: readonly ReviewTask[];
  readonly at: number;
  readonly failure: Error | null;
  readonly loading: boolean;
  readonly more: boolean;
  readonly busy: boolean;
  readonly step: (by: number) => void;
  /** Gives verdicts on a task, one after the other; true when all were taken. */
  readonly give: (verdicts: readonly Said[]) => Promise<boolean>;
  /** The last verdicts that were given here, to be taken back. */
  readonly canUndo: boolean;
  readonly undo: () => Promise<void>;
  readonly reload: () => void;
}

export type Said = Omit<NewVerdict, "id">;

export function useQueue(project: string, status: ReviewStatus, only: number | null): Queue {
  const client = useQueryClient();
  const page = useInfiniteQuery({ ...read.review(project, status), enabled: only === null });
  const single = useQuery({ ...read.taskHistory(project, only ?? 0), enabled: only !== null });
  const [at, setAt] = useState(0);
  const [changed, setChanged] = useState<ReadonlyMap<number, ReviewTask>>(new Map());
  const [given, setGiven] = useState<readonly (readonly Said[])[]>([]);
  const [busy, setBusy] = useState(false);
  const working = useRef(false);
  const found = only === null ? (page.data?.pages.flatMap((each) => each.tasks) ?? []) : [];
  const listed = only === null ? found : single.data ? [single.data.task] : [];
  const tasks = listed.map((task) => changed.get(task.id) ?? task);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its beginning
  useEffect(() => {
    setAt(0);
    setGiven([]);
    setChanged(new Map());
  }, [project, status, only]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = page;
  useEffect(() => {
    if (only === null && hasNextPage && !isFetchingNextPage && at >= tasks.length - 3) void fetchNextPage();
  }, [only, at, tasks.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const send = useCallback(
    async (verdicts: readonly Said[]): Promise<boolean> => {
      if (working.current) return false;
      working.current = true;
      setBusy(true);
      try {
        for (const verdict of verdicts) {
          const task = await change.verdict(project, { ...verdict, id: newId() });
          setChanged((before) => new Map(before).set(task.id, task));
        }
        return true;
      } catch (error) {
        sayError(error as Error);
        return false;
      } finally {
        working.current = false;
        setBusy(false);
        void client.invalidateQueries({ queryKey: ["project", project] });
      }
    },
    [client, project],
  );
  const give = async (verdicts: readonly Said[]) => {
    const taken = await send(verdicts);
    if (taken) setGiven((before) => [...before, verdicts]);
    return taken;
  };
  const undo = async () => {
    const last = given.at(-1);
    if (!last) return;
    const back = last.map(
      ({ task, answer }): Said => ({ task, verdict: "clear", ...(answer !== undefined && { answer }) }),
    );
    if (!(await send(back))) return;
    setGiven(given.slice(0, -1));
    const place = tasks.findIndex((task) => task.id === last[0]?.task);
    if (place >= 0) setAt(place);
  };
  return {
    tasks,
    at,
    failure: only === null ? page.error : single.error,
    loading:
      only === null ? page.isPending || (page.isFetchingNextPage && at >= tasks.length) : single.isPending,
    more: page.hasNextPage,
    busy,
    step: (by) => setAt((now) => Math.max(0, Math.min(tasks.length, now + by))),
    give,
    canUndo: given.length > 0,
    undo,
    reload: () => {
      setAt(0);
      setChanged(new Map());
      void client.resetQueries({ queryKey: ["review", project] });
    },
  };
}
