/** The workbench: one task at a time, full screen, from the keyboard. Here it is started and stopped. */
import { getRouteApi } from "@tanstack/react-router";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { Schema, WorkbenchView } from "../../api/types";
import { type WorkbenchApi, workbenchApi } from "../../api/workbench";
import { newId } from "../../label/ids";
import { drawsOnImages } from "../../label/media";
import type { TaskState } from "../../label/session";
import { forgetfulStorage, openStorage, type Storage } from "../../label/storage";
import { type Hold, TabHold } from "../../label/tabs";
import { Workbench } from "../../label/workbench";
import { useMe } from "../../shell/me";
import { Loading } from "../../ui/parts";
import { say, sayError } from "../../ui/toasts";
import { Bench } from "./Bench";
import "./aside.css";
import "./label.css";

const route = getRouteApi("/p/$project/label");

async function storageOf(): Promise<Storage> {
  try {
    return await openStorage(indexedDB);
  } catch {
    say({
      tone: "error",
      text: "This browser keeps nothing between visits.",
      hint: "Answers are sent at once; do not close the tab while any are unsent.",
    });
    return forgetfulStorage();
  }
}

/** Asked while it is still open whether another tab has the work; whoever opens first takes it, the others ask anew. */
function askedAhead(project: string): WorkbenchApi {
  let asked: Promise<WorkbenchView> | null = workbenchApi.view(project);
  asked.catch(() => undefined);
  return {
    ...workbenchApi,
    view: (name) => {
      const answer = asked ?? workbenchApi.view(name);
      asked = null;
      return answer;
    },
  };
}

async function lookAhead(schema: Schema, task: TaskState): Promise<void> {
  if (!drawsOnImages(schema)) return;
  const { begin } = await import("./image/ImageBench");
  begin(schema, task);
}

export function WorkbenchPage() {
  const { project } = route.useParams();
  const { user } = useMe();
  const { hold, holds, take } = useTabHold(project, user.name);
  // The work that was under way here stays on the screen, out of reach, until it is taken back.
  const [begun, setBegun] = useState(0);
  const workbench = useWorkbench(project, user.name, hold, holds, begun);
  if (!workbench) return <Loading label="Opening the workbench" />;
  if (hold !== "elsewhere") return <Bench workbench={workbench} project={project} />;
  return (
    <div className="watching">
      <div className="watching-note" role="alert">
        <span>
          <strong>You are labelling this project in another tab.</strong> Here you can only look.
        </span>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            take();
            setBegun(begun + 1);
          }}
        >
          Take over here
        </button>
      </div>
      <div className="watched" inert>
        <Bench workbench={workbench} project={project} watching />
      </div>
    </div>
  );
}

function useTabHold(
  project: string,
  user: string,
): { hold: Hold; holds: RefObject<boolean>; take: () => void } {
  const [hold, setHold] = useState<Hold>("asking");
  const [tab, setTab] = useState<TabHold | null>(null);
  const holds = useRef(false);
  useEffect(() => {
    setHold("asking");
    const made = new TabHold({
      id: newId(),
      open: () => new BroadcastChannel(`recension.label ${user} ${project}`),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      changed: (now) => {
        holds.current = now === "held";
        setHold(now);
      },
    });
    setTab(made);
    void made.ask();
    return () => made.close();
  }, [project, user]);
  return { hold, holds, take: () => tab?.take() };
}

function useWorkbench(
  project: string,
  user: string,
  hold: Hold,
  holds: RefObject<boolean>,
  begun: number,
): Workbench | null {
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  const api = useMemo(() => askedAhead(project), [project]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: work that is taken over begins anew, from what is kept
  useEffect(() => {
    if (hold === "asking") return;
    let left = false;
    let opened: Workbench | null = null;
    void storageOf().then((storage) => {
      if (left) return;
      opened = new Workbench({
        api,
        storage,
        user,
        project,
        newId,
        now: () => performance.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        notify: sayError,
        ahead: (schema, task) => void lookAhead(schema, task),
      });
      setWorkbench(opened);
      void opened.open(hold === "elsewhere");
    });
    const visibility = () => opened?.hidden(document.visibilityState === "hidden");
    const online = () => opened?.online();
    document.addEventListener("visibilitychange", visibility);
    window.addEventListener("online", online);
    return () => {
      left = true;
      // Pages go back only from the tab that has them: another one may have just taken over.
      opened?.close(holds.current);
      setWorkbench(null);
      document.removeEventListener("visibilitychange", visibility);
      window.removeEventListener("online", online);
    };
  }, [project, user, hold, begun]);
  return workbench;
}
