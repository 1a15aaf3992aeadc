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
import { type Returned, type Screen, screen } from "../../label/session";
import { marksTexts } from "../../label/texts";
import type { Snapshot, Workbench } from "../../label/workbench";
import { useMe } from "../../shell/me";
import { Icon } from "../../ui/Icon";
import { Failure, Key, Loading } from "../../ui/parts";
import { CommentDialog, SkipDialog } from "./Asides";
import { useAccountKeys, useCustomKeys } from "./customKeys";
import { KeySheet } from "./KeySheet";
import { Over } from "./Over";
import { StatusBar } from "./StatusBar";
import { useShortcuts } from "./shortcuts";
import { TaskView } from "./TaskView";

// The sanitiser is as large as a tool box, and needed only when somebody reads.
const SafeHtml = lazy(() => import("../../ui/SafeHtml").then((m) => ({ default: m.SafeHtml })));
const ImageBench = lazy(() => import("./image/ImageBench").then((m) => ({ default: m.ImageBench })));
const TextBench = lazy(() => import("./text/TextBench").then((m) => ({ default: m.TextBench })));

interface BenchProps {
  workbench: Workbench;
  project: string;
  /** Another tab has the work: keys do nothing here. */
  watching?: boolean;
  /** Where to go instead of home. */
  onLeave?: () => void;
  /** Part of another page, which says when keys are meant for it. */
  takes?: () => boolean;
}

export function Bench({ workbench, project, watching = false, onLeave, takes }: BenchProps) {
  const snapshot = useSyncExternalStore(workbench.subscribe, workbench.getSnapshot);
  const me = useMe();
  const navigate = useNavigate();
  const [guideline, setGuideline] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [skipping, setSkipping] = useState(false);
  /** The region whose comment is open; empty: the task's. */
  const [commented, setCommented] = useState<string | null>(null);
  const [shortcuts, setShortcuts] = useShortcuts();
  const leave = useCallback(() => (onLeave ? onLeave() : void navigate({ to: "/" })), [navigate, onLeave]);
  const { session, schema, bindings } = snapshot;
  const now = screen(session);
  const object = useMemo(() => workedOn(schema), [schema]);
  const draws = object !== null;
  const custom = useCustomKeys();
  useAccountKeys(me.user.name);
  const keymap = useMemo(() => keymapOf(draws, bindings, custom), [draws, bindings, custom]);
  const port = useRef<ViewPort | null>(null);

  useEffect(() => {
    if (!takes) document.title = `${session.title || project} · Recension`;
  }, [session.title, project, takes]);

  useEffect(() => {
    if (watching) return;
    const press = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open]") || takes?.() === false) return;
      // A key that has closed a dialog means no more than that.
      if (event.target instanceof Node && !event.target.isConnected) return;
      if (event.key === "Escape") {
        if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
        else if (port.current?.run("close")) event.preventDefault();
        else if (guideline) setGuideline(false);
        // Somebody who gives up a polygon with one press too many must not find themselves elsewhere.
        else if (!draws) leave();
        return;
      }
      if (event.key === "Enter" && sends(event)) {
        event.preventDefault();
        workbench.submit();
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
        else if (meaning.name === "skip-because") setSkipping(canSkip(workbench.getSnapshot()));
        else if (meaning.name === "unclear")
          workbench.remark({ unclear: !workbench.getSnapshot().aside.unclear });
        else if (meaning.name === "comment") setCommented(subjectOf(workbench.getSnapshot()));
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
    takes,
  ]);

  return (
    <div className="bench">
      {!takes && (
        <StatusBar
          snapshot={snapshot}
          simulated={me.user.simulated}
          guideline={guideline}
          onGuideline={() => setGuideline(!guideline)}
          onKeys={() => setSheet(true)}
          onLeave={leave}
        />
      )}
      <div className="bench-body">
        {now.kind === "task" && now.place.task.returned && <ReturnedNote {...now.place.task.returned} />}
        <Middle
          workbench={workbench}
          snapshot={snapshot}
          now={now}
          object={object}
          port={port}
          project={project}
          inner={takes !== undefined}
        />
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
              <Suspense fallback={null}>
                <SafeHtml html={session.guideline} />
              </Suspense>
            ) : (
              <p className="muted">This project has no guideline.</p>
            )}
          </aside>
        )}
      </div>
      {now.kind === "task" && (
        <Actions
          workbench={workbench}
          snapshot={snapshot}
          training={now.place.page.kind === "training"}
          onComment={() => setCommented(subjectOf(snapshot))}
        />
      )}
      {skipping && <SkipDialog workbench={workbench} onClose={() => setSkipping(false)} />}
      {commented !== null && (
        <CommentDialog
          workbench={workbench}
          snapshot={snapshot}
          region={commented}
          onClose={() => setCommented(null)}
        />
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
  project: string;
  port: RefObject<ViewPort | null>;
  /** The page around it has a main part already. */
  inner: boolean;
}

type WorkedOn = "image" | "text" | null;

/** What regions are marked in; null where all questions are about the whole task. */
const workedOn = (schema: Schema): WorkedOn =>
  drawsOnImages(schema) ? "image" : marksTexts(schema) ? "text" : null;

function Middle({ workbench, snapshot, now, object, port, project, inner }: MiddleProps) {
  const Main = inner ? "div" : "main";
  const label = inner ? undefined : "Task";
  const View = object === "image" ? ImageBench : TextBench;
  if (snapshot.failure) {
    return (
      <Main className="bench-main" aria-label={label}>
        <Failure error={snapshot.failure} retry={() => void workbench.open()} />
      </Main>
    );
  }
  return (
    <Main className="bench-main" aria-label={label}>
      {now.kind === "task" &&
        (object && snapshot.editor ? (
          <Suspense fallback={<Loading label="Opening the task" />}>
            <View
              workbench={workbench}
              snapshot={snapshot}
              place={now.place}
              editor={snapshot.editor}
              port={port}
              project={project}
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
    </Main>
  );
}

function ReturnedNote({ by, comment }: Returned) {
  return (
    <p className="returned-note" role="status">
      <Icon name="undo" />
      <span>
        <strong>{by} gave this answer back.</strong> {comment}
      </span>
    </p>
  );
}

const canSkip = ({ session }: Snapshot): boolean => {
  const now = screen(session);
  return now.kind === "task" && now.place.page.kind !== "training";
};

/** Enter with Ctrl submits from everywhere, and in the one-line inputs of questions Enter alone. */
function sends({ target, ctrlKey, metaKey, isComposing }: KeyboardEvent): boolean {
  if (isComposing) return false;
  if (ctrlKey || metaKey) return true;
  return (
    target instanceof HTMLInputElement &&
    isTyping(target) &&
    target.type !== "search" &&
    !!target.closest(".asked")
  );
}

/** What a comment is about: the selected region, when it is one, else the task. */
function subjectOf({ editor }: Snapshot): string {
  const [only, ...others] = editor?.selection ?? [];
  return only !== undefined && others.length === 0 ? only : "";
}

function Actions({
  workbench,
  snapshot,
  training,
  onComment,
}: {
  workbench: Workbench;
  snapshot: Snapshot;
  training: boolean;
  onComment: () => void;
}) {
  const { unclear, comments } = snapshot.aside;
  const said = Object.values(comments).filter((text) => text.trim() !== "").length;
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
      {!training && !snapshot.single && (
        <>
          <button
            type="button"
            className="button quiet"
            aria-pressed={unclear}
            title="Send the answer, marked as unclear (Shift U)"
            onClick={() => workbench.remark({ unclear: !unclear })}
          >
            <Icon name="warn" />
            <span className="wide-only">Unclear</span>
          </button>
          <button type="button" className="button quiet" title="Comment (Shift C)" onClick={onComment}>
            <Icon name="rename" />
            <span className="wide-only">{said > 0 ? `Comments · ${said}` : "Comment"}</span>
          </button>
        </>
      )}
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
