/** The screen around a task: figures above, the task, what can be done below, the guideline beside. */
import { useNavigate } from "@tanstack/react-router";
import {
  lazy,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { Schema } from "../../api/types";
import { isTyping, meaningOf } from "../../label/hotkeys";
import { keymapOf } from "../../label/keymap";
import { drawsOnImages } from "../../label/media";
import type { ViewPort } from "../../label/port";
import { type Screen, screen } from "../../label/session";
import { marksTexts } from "../../label/texts";
import type { Snapshot, Workbench } from "../../label/workbench";
import { useMe } from "../../shell/me";
import { Icon } from "../../ui/Icon";
import { Failure, Key, Loading } from "../../ui/parts";
import { SafeHtml } from "../../ui/SafeHtml";
import { useCustomKeys } from "./customKeys";
import { KeySheet } from "./KeySheet";
import { Over } from "./Over";
import { StatusBar } from "./StatusBar";
import { useShortcuts } from "./shortcuts";
import { TaskView } from "./TaskView";

const ImageBench = lazy(() => import("./image/ImageBench").then((m) => ({ default: m.ImageBench })));
const TextBench = lazy(() => import("./text/TextBench").then((m) => ({ default: m.TextBench })));

interface BenchProps {
  workbench: Workbench;
  project: string;
  /** Another tab has the work: keys do nothing here. */
  watching?: boolean;
}

export function Bench({ workbench, project, watching = false }: BenchProps) {
  const snapshot = useSyncExternalStore(workbench.subscribe, workbench.getSnapshot);
  const me = useMe();
  const navigate = useNavigate();
  const [guideline, setGuideline] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [shortcuts, setShortcuts] = useShortcuts();
  const leave = useCallback(() => navigate({ to: "/" }), [navigate]);
  const { session, schema, bindings } = snapshot;
  const now = screen(session);
  const object = useMemo(() => workedOn(schema), [schema]);
  const draws = object !== null;
  const custom = useCustomKeys();
  const keymap = useMemo(() => keymapOf(draws, bindings, custom), [draws, bindings, custom]);
  const port = useRef<ViewPort | null>(null);

  useEffect(() => {
    document.title = `${session.title || project} · Recension`;
  }, [session.title, project]);

  useEffect(() => {
    if (watching) return;
    const press = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "Escape") {
        if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
        else if (port.current?.run("close")) event.preventDefault();
        else if (guideline) setGuideline(false);
        // Somebody who gives up a polygon with one press too many must not find themselves elsewhere.
        else if (!draws) leave();
        return;
      }
      if (isTyping(event.target)) return;
      if (port.current?.press(event)) {
        event.preventDefault();
        return;
      }
      const meaning = shortcuts || event.ctrlKey || event.metaKey ? meaningOf(event, bindings, keymap) : null;
      if (meaning === null) return;
      const { target } = event;
      // Enter on a focused button is that button's.
      const pressed =
        target instanceof HTMLButtonElement || (target instanceof Element && target.closest("summary"));
      if (meaning.kind === "command" && meaning.name === "submit" && (snapshot.single || pressed)) return;
      event.preventDefault();
      if (meaning.kind === "option") {
        const { field, value } = meaning.binding;
        if (!port.current?.choose(field, value)) workbench.choose(field, value);
      } else if (!port.current?.run(meaning.name)) {
        if (meaning.name === "undo") workbench.undo();
        else if (meaning.name === "skip") workbench.skip();
        else if (meaning.name === "submit") workbench.submit();
        else if (meaning.name === "guideline") setGuideline(!guideline);
        else if (meaning.name === "help") setSheet(true);
        else if (meaning.name === "edit-undo") snapshot.editor?.undo();
        else if (meaning.name === "edit-redo") snapshot.editor?.redo();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [
    workbench,
    bindings,
    keymap,
    snapshot.single,
    snapshot.editor,
    guideline,
    shortcuts,
    leave,
    draws,
    watching,
  ]);

  return (
    <div className="bench">
      <StatusBar
        snapshot={snapshot}
        simulated={me.user.simulated}
        guideline={guideline}
        onGuideline={() => setGuideline(!guideline)}
        onKeys={() => setSheet(true)}
        onLeave={leave}
      />
      <div className="bench-body">
        <Middle workbench={workbench} snapshot={snapshot} now={now} object={object} port={port} />
        {guideline && (
          <aside className="guideline" aria-label="Guideline">
            <div className="row">
              <h2 className="grow">Guideline</h2>
              <button
                type="button"
                className="button quiet icon-only"
                aria-label="Close guideline"
                onClick={() => setGuideline(false)}
              >
                <Icon name="close" />
              </button>
            </div>
            {session.guideline ? (
              <SafeHtml html={session.guideline} />
            ) : (
              <p className="muted">This project has no guideline.</p>
            )}
          </aside>
        )}
      </div>
      {now.kind === "task" && (
        <Actions workbench={workbench} snapshot={snapshot} training={now.place.page.kind === "training"} />
      )}
      {sheet && (
        <KeySheet
          snapshot={snapshot}
          shortcuts={shortcuts}
          onShortcuts={setShortcuts}
          onClose={() => setSheet(false)}
        />
      )}
    </div>
  );
}

interface MiddleProps {
  workbench: Workbench;
  snapshot: Snapshot;
  now: Screen;
  object: WorkedOn;
  port: RefObject<ViewPort | null>;
}

type WorkedOn = "image" | "text" | null;

/** What regions are marked in; null where all questions are about the whole task. */
const workedOn = (schema: Schema): WorkedOn =>
  drawsOnImages(schema) ? "image" : marksTexts(schema) ? "text" : null;

function Middle({ workbench, snapshot, now, object, port }: MiddleProps) {
  const View = object === "image" ? ImageBench : TextBench;
  if (snapshot.failure) {
    return (
      <main className="bench-main" aria-label="Task">
        <Failure error={snapshot.failure} retry={() => void workbench.open()} />
      </main>
    );
  }
  return (
    <main className="bench-main" aria-label="Task">
      {now.kind === "task" &&
        (object && snapshot.editor ? (
          <Suspense fallback={<Loading label="Opening the task" />}>
            <View
              workbench={workbench}
              snapshot={snapshot}
              place={now.place}
              editor={snapshot.editor}
              port={port}
            />
          </Suspense>
        ) : (
          <TaskView workbench={workbench} snapshot={snapshot} place={now.place} />
        ))}
      {now.kind === "loading" &&
        (snapshot.ready && snapshot.unsent > 0 ? (
          <div className="state">
            <strong>Sending your answers…</strong>
            <p>The next page comes as soon as they have arrived. They are kept on this machine until then.</p>
          </div>
        ) : (
          <Loading label="Fetching the next page" />
        ))}
      {now.kind === "over" && <Over reason={now.reason} session={snapshot.session} />}
    </main>
  );
}

function Actions({
  workbench,
  snapshot,
  training,
}: {
  workbench: Workbench;
  snapshot: Snapshot;
  training: boolean;
}) {
  return (
    <footer className="bench-actions">
      <button
        type="button"
        className="button"
        disabled={snapshot.session.undo.length === 0}
        onClick={() => workbench.undo()}
        title="Take back the last answer"
      >
        <Icon name="undo" />
        Undo
        <Key>Backspace</Key>
      </button>
      <span className="grow" />
      <button
        type="button"
        className="button"
        disabled={training}
        onClick={() => workbench.skip()}
        title={training ? "Training tasks cannot be skipped" : "Leave this task to others"}
      >
        <Icon name="skip" />
        Skip
        <Key>S</Key>
      </button>
      {!snapshot.single && (
        <button type="button" className="button primary" onClick={() => workbench.submit()}>
          Submit
          <Key>Enter</Key>
        </button>
      )}
    </footer>
  );
}
