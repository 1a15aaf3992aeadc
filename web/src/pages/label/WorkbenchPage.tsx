/** The workbench: one task at a time, full screen, from the keyboard. Here it is started and stopped. */
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { workbenchApi } from "../../api/workbench";
import { newId } from "../../label/ids";
import { forgetfulStorage, openStorage, type Storage } from "../../label/storage";
import { Workbench } from "../../label/workbench";
import { useMe } from "../../shell/me";
import { Loading } from "../../ui/parts";
import { say, sayError } from "../../ui/toasts";
import { Bench } from "./Bench";
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

export function WorkbenchPage() {
  const { project } = route.useParams();
  const { user } = useMe();
  const workbench = useWorkbench(project, user.name);
  return workbench ? (
    <Bench workbench={workbench} project={project} />
  ) : (
    <Loading label="Opening the workbench" />
  );
}

function useWorkbench(project: string, user: string): Workbench | null {
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  useEffect(() => {
    let left = false;
    let opened: Workbench | null = null;
    void storageOf().then((storage) => {
      if (left) return;
      opened = new Workbench({
        api: workbenchApi,
        storage,
        user,
        project,
        newId,
        now: () => performance.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        notify: sayError,
      });
      setWorkbench(opened);
      void opened.open();
    });
    const visibility = () => opened?.hidden(document.visibilityState === "hidden");
    const online = () => opened?.online();
    document.addEventListener("visibilitychange", visibility);
    window.addEventListener("online", online);
    return () => {
      left = true;
      opened?.close(true);
      setWorkbench(null);
      document.removeEventListener("visibilitychange", visibility);
      window.removeEventListener("online", online);
    };
  }, [project, user]);
  return workbench;
}
