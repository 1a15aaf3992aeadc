/** A queue of the review as a list: agree with a page of it, or with all of it, from the keyboard. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { type Chosen, changeActions, readActions } from "../../api/actions";
import type { Project, ReviewStatus, ReviewTask, Schema } from "../../api/types";
import type { Media } from "../../generated/wire";
import { isTyping } from "../../label/hotkeys";
import { newId } from "../../label/ids";
import { useAction } from "../../ui/action";
import { percent, plural } from "../../ui/format";
import { Key } from "../../ui/parts";
import { useShortcuts } from "../label/shortcuts";
import { taskText } from "../project/answers";
import { Ongoing } from "../project/table/ActionBar";
import { DOINGS } from "../project/table/actions";
import { summary } from "./history";
import { counts, layersOf } from "./layers";
import type { Queue } from "./useQueue";
import "../project/table/table.css";

const ActionDialog = lazy(() =>
  import("../project/table/ActionDialog").then((m) => ({ default: m.ActionDialog })),
);
const AGREE = DOINGS.find(({ name }) => name === "agree");

interface Props {
  project: Project;
  status: ReviewStatus;
  queue: Queue;
  lead: boolean;
  /** How many there are in the queue, when that is known. */
  total: number | undefined;
  onOpen: (at: number) => void;
}

export function ReviewList({ project, status, queue, lead, total, onOpen }: Props) {
  const { tasks } = queue;
  const at = Math.min(queue.at, tasks.length - 1);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [asking, setAsking] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const picked = tasks.filter((task) => canAgree(task) && !left.has(task.id));
  const begin = useAction(
    (selection: Chosen) =>
      changeActions.begin(project.name, newId(), { action: "agree", args: {}, selection }),
    { touches: ["project"] },
  );
  const undo = useLastUndo(project.name, queue.reload);
  const toggle = (task: ReviewTask | undefined) => {
    if (!task) return;
    const next = new Set(left);
    if (!next.delete(task.id)) next.add(task.id);
    setLeft(next);
  };
  const agree = () => picked.length > 0 && begin.mutate({ tasks: picked.map(({ id }) => id) });
  const none = () => setLeft(picked.length > 0 ? new Set(tasks.map(({ id }) => id)) : new Set());
  const go = (by: number) => queue.step(Math.max(0, Math.min(tasks.length - 1, at + by)) - queue.at);
  useListKeys({
    j: () => go(1),
    arrowdown: () => go(1),
    k: () => go(-1),
    arrowup: () => go(-1),
    o: () => onOpen(at),
    l: () => onOpen(at),
    ...(lead && {
      x: () => toggle(tasks[at]),
      " ": () => toggle(tasks[at]),
      "shift+x": none,
      enter: agree,
      "shift+enter": () => setAsking(true),
      ...(undo && { backspace: undo }),
    }),
  });
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <>
      <main className="review-list" aria-label="Tasks of this queue">
        <Ongoing project={project.name} only="agree" />
        <ul ref={list}>
          {tasks.map((task, i) => (
            <Line
              key={task.id}
              project={project}
              task={task}
              here={i === at}
              picked={lead && canAgree(task) ? !left.has(task.id) : null}
              onPick={() => toggle(task)}
              onOpen={() => onOpen(i)}
            />
          ))}
        </ul>
      </main>
      <footer className="bench-actions review-actions">
        <button type="button" className="button" onClick={() => onOpen(at)}>
          Open <Key>O</Key>
        </button>
        {lead && (
          <>
            <button type="button" className="button" onClick={() => toggle(tasks[at])}>
              Pick or not <Key>X</Key>
            </button>
            <button type="button" className="button" onClick={none}>
              {picked.length > 0 ? "Pick none" : "Pick all"} <Key>Shift X</Key>
            </button>
            <button type="button" className="button" disabled={!undo} onClick={() => undo?.()}>
              Undo <Key>Backspace</Key>
            </button>
            <span className="grow" />
            <button type="button" className="button" onClick={() => setAsking(true)}>
              Agree with the whole queue <Key>Shift Enter</Key>
            </button>
            <button
              type="button"
              className="button primary"
              disabled={picked.length === 0 || begin.isPending}
              onClick={agree}
            >
              Agree with {plural(picked.length, "task")} <Key>Enter</Key>
            </button>
          </>
        )}
      </footer>
      {asking && AGREE && (
        <Suspense>
          <ActionDialog
            project={project.name}
            backends={[]}
            doing={AGREE}
            selection={{ review: status }}
            size={total ?? tasks.length}
            onBegun={() => setAsking(false)}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      )}
    </>
  );
}

const canAgree = (task: ReviewTask): boolean =>
  task.answers.some((answer) => counts(answer) && answer.review?.verdict !== "accepted");

/** Undoes the last action of the project; null when it cannot be. Whenever one has ended the queue is read again. */
function useLastUndo(project: string, reload: () => void): (() => void) | null {
  const actions = useQuery(readActions.all(project));
  const last = actions.data?.[0];
  const ended = last && last.state !== "running" ? last.id : "";
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (!actions.data) return;
    if (before.current !== null && ended !== "" && before.current !== ended) reload();
    before.current = ended;
  }, [ended, actions.data, reload]);
  const undo = useAction((id: string) => changeActions.undo(project, id, newId()), { touches: ["project"] });
  if (!last?.undoable || last.action !== "agree" || undo.isPending) return null;
  return () => undo.mutate(last.id);
}

function useListKeys(keys: Record<string, () => unknown>): void {
  const [shortcuts] = useShortcuts();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!shortcuts || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      const pressed = event.target instanceof Element && event.target.closest("button, a, input");
      if (pressed && (key === "enter" || key === " ")) return;
      const command = keys[event.shiftKey ? `shift+${key}` : key];
      if (!command) return;
      event.preventDefault();
      if (!event.repeat || key.startsWith("arrow")) command();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

interface LineProps {
  project: Project;
  task: ReviewTask;
  here: boolean;
  /** Null: there is nothing to agree with, or the person may not. */
  picked: boolean | null;
  onPick: () => void;
  onOpen: () => void;
}

function Line({ project, task, here, picked, onPick, onOpen }: LineProps) {
  const schema = (task.schema as unknown as Schema | null) ?? project.schema;
  const text = taskText(task, schema) || task.item_ids[0] || String(task.id);
  const image = imageOf(task);
  const answers = layersOf(task).filter(({ answer }) => answer !== null);
  const title = image ? (task.item_ids[0] ?? text) : text;
  return (
    <li className={`panel review-line${here ? " is-here" : ""}`} aria-current={here ? "true" : undefined}>
      {picked === null ? (
        <span />
      ) : (
        <label className="review-pick">
          <input
            type="checkbox"
            checked={picked}
            onChange={onPick}
            aria-label={`Agree with ${title.slice(0, 80)}`}
          />
        </label>
      )}
      {image && <img src={image} alt="" loading="lazy" decoding="async" />}
      <div className="review-said">
        <button type="button" className="link clip" onClick={onOpen}>
          {title}
        </button>
        {answers.map((layer) => (
          <p key={layer.key} className="small">
            <span className="swatch" style={{ background: layer.color }} /> <strong>{layer.name}</strong>{" "}
            {summary(layer.fields, schema)}
            {layer.answer?.review?.verdict === "accepted" && <span className="muted"> · accepted</span>}
          </p>
        ))}
        {task.decision?.fields && (
          <p className="small">
            <strong>Decided by {task.decision.by}</strong> {summary(task.decision.fields, schema)}
          </p>
        )}
      </div>
      <span className="num muted">{task.agreement === null ? "" : percent(task.agreement)}</span>
    </li>
  );
}

/** The first image that is shown. */
function imageOf(task: ReviewTask): string | null {
  for (const each of Object.values(task.media ?? {})) {
    const first = (Array.isArray(each) ? each[0] : each) as Media | null | undefined;
    if (first?.type.startsWith("image/")) return first.url;
  }
  return null;
}
