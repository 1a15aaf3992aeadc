/** Review of a project: one task after the other, everybody's answers over one another, and a verdict by one key. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { read } from "../../api/resources";
import type { Fields, Project, ReviewStatus, ReviewTask, Schema } from "../../api/types";
import { isTyping } from "../../label/hotkeys";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { FormDialog } from "../../ui/FormDialog";
import { count } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Bar, Empty, Failure, Key, Loaded, Loading } from "../../ui/parts";
import { useShortcuts } from "../label/shortcuts";
import { Ongoing } from "../project/table/ActionBar";
import { Fix } from "./Fix";
import { type Layer, layersOf, merged } from "./layers";
import { Overlay } from "./Overlay";
import { ReviewList } from "./ReviewList";
import { ReviewSide } from "./ReviewSide";
import { type Queue, useQueue } from "./useQueue";
import "../label/label.css";
import "../label/image/image.css";
import "../label/text/text.css";
import "./history.css";
import "./review.css";

const route = getRouteApi("/p/$project/review");
const STATUSES: readonly { id: ReviewStatus; text: string; none: string }[] = [
  { id: "unreviewed", text: "Unreviewed", none: "Every answer was reviewed" },
  { id: "requested", text: "Sent here", none: "Nothing was sent here" },
  { id: "disputed", text: "Disputed", none: "Nobody disagrees" },
  { id: "returned", text: "Returned", none: "Nothing waits for its author" },
  { id: "done", text: "Done", none: "Nothing was reviewed yet" },
];

export function ReviewPage() {
  const { project: name } = route.useParams();
  const project = useQuery(read.project(name));
  return (
    <Loaded query={project} page>
      {(found) => <Review project={found} />}
    </Loaded>
  );
}

function Review({ project }: { project: Project }) {
  const search = route.useSearch();
  const status = STATUSES.find(({ id }) => id === search.status)?.id ?? "unreviewed";
  const only = search.task && /^\d+$/.test(search.task) ? Number(search.task) : null;
  const queue = useQueue(project.name, status, only);
  const task = queue.tasks[queue.at] ?? null;
  const lead = mayLead(useMe());
  const tallies = useQuery(read.reviewCounts(project.name));
  const navigate = useNavigate();
  const listed = search.show === "list" && only === null;
  const show = (list: boolean) =>
    void navigate({
      to: "/p/$project/review",
      params: { project: project.name },
      search: { status, ...(list ? { show: "list" } : {}) },
    });
  useEffect(() => {
    document.title = `Review of ${project.title} · Recension`;
  }, [project.title]);
  return (
    <div className="review">
      <ReviewBar project={project} status={status} only={only} queue={queue} listed={listed} onList={show} />
      {queue.failure ? (
        <Failure error={queue.failure} />
      ) : queue.loading ? (
        <Loading label="Opening the queue" />
      ) : listed && queue.tasks.length > 0 ? (
        <ReviewList
          project={project}
          status={status}
          queue={queue}
          lead={lead}
          total={tallies.data?.[status]}
          onOpen={(place) => {
            queue.step(place - queue.at);
            show(false);
          }}
        />
      ) : task ? (
        <OneTask key={task.id} project={project} queue={queue} task={task} onList={() => show(true)} />
      ) : (
        <main className="review-none">
          {listed && <Ongoing project={project.name} only="agree" />}
          <Empty
            icon="check"
            title={
              queue.tasks.length === 0
                ? (STATUSES.find(({ id }) => id === status)?.none ?? "")
                : "That was the last one"
            }
          >
            <div className="row">
              {queue.tasks.length > 0 && (
                <button type="button" className="button" onClick={() => queue.step(-1)}>
                  Back to it
                </button>
              )}
              <button type="button" className="button" onClick={queue.reload}>
                Look again
              </button>
            </div>
          </Empty>
        </main>
      )}
    </div>
  );
}

interface BarProps {
  project: Project;
  status: ReviewStatus;
  only: number | null;
  queue: Queue;
  listed: boolean;
  onList: (list: boolean) => void;
}

function ReviewBar({ project, status, only, queue, listed, onList }: BarProps) {
  const { data } = useQuery(read.reviewCounts(project.name));
  const total = data ? data.done + data.unreviewed + data.returned : 0;
  return (
    <header className="bench-bar">
      <Link
        to="/p/$project"
        params={{ project: project.name }}
        className="button quiet icon-only"
        aria-label="Leave the review"
        title="Leave"
      >
        <Icon name="close" />
      </Link>
      <h1 className="clip">Review of {project.title}</h1>
      <nav className="segments" aria-label="What to review">
        {STATUSES.map(({ id, text }) => (
          <Link
            key={id}
            to="/p/$project/review"
            params={{ project: project.name }}
            search={{ status: id, ...(listed ? { show: "list" } : {}) }}
            aria-current={only === null && id === status ? "page" : undefined}
          >
            {text}&nbsp;<span className="muted">{data ? count(data[id]) : ""}</span>
          </Link>
        ))}
      </nav>
      {only === null && (
        <button
          type="button"
          className="button quiet"
          aria-pressed={listed}
          onClick={() => onList(!listed)}
          title="Many at a time"
        >
          <Icon name="table" /> List <Key>L</Key>
        </button>
      )}
      <span className="grow" />
      {data && (
        <span className="review-progress">
          <Bar value={data.done} total={total} label="Tasks reviewed" />
        </span>
      )}
      {queue.tasks.length > 0 && only === null && (
        <span className="figure-inline">
          {Math.min(queue.at + 1, queue.tasks.length)} / {queue.tasks.length}
          {queue.more && "+"}
        </span>
      )}
    </header>
  );
}

interface OneTaskProps {
  project: Project;
  queue: Queue;
  task: ReviewTask;
  onList: () => void;
}

function OneTask({ project, queue, task, onList }: OneTaskProps) {
  const lead = mayLead(useMe());
  const schema = (task.schema as unknown as Schema | null) ?? project.schema;
  const layers = useMemo(() => layersOf(task), [task]);
  const answers = layers.filter(({ letter }) => letter !== "");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(
    () => new Set(layers.map(({ key }) => key).filter((key) => !hidden.has(key))),
    [layers, hidden],
  );
  const [focused, setFocus] = useState("");
  const focus = answers.find(({ key }) => key === focused) ?? answers[0] ?? null;
  const [fixing, setFixing] = useState<Fields | null>(null);
  const [returning, setReturning] = useState(false);
  const show = (key: string) =>
    setHidden((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const on = useVerdicts(queue, task, answers);
  const keys: Record<string, () => void> = {
    j: () => queue.step(1),
    arrowright: () => queue.step(1),
    k: () => queue.step(-1),
    arrowleft: () => queue.step(-1),
    l: onList,
    ...(lead && {
      enter: on.agree,
      f: () => setFixing(focus?.fields ?? {}),
      m: () => answers.length > 1 && setFixing(merged(answers, schema)),
      r: () => focus && setReturning(true),
      backspace: () => void queue.undo(),
      ...Object.fromEntries(answers.map((layer) => [layer.letter.toLowerCase(), () => on.settle(layer)])),
    }),
    ...Object.fromEntries(layers.slice(0, 9).map((layer, i) => [`${i + 1}`, () => show(layer.key)])),
  };
  useKeys(keys, fixing !== null || returning);
  if (fixing !== null)
    return (
      <Fix
        project={project.name}
        title={project.title}
        guideline={project.guideline_html}
        task={task}
        schema={schema}
        draft={fixing}
        decide={on.decide}
        onClose={() => setFixing(null)}
      />
    );
  return (
    <>
      <main className="review-body" aria-label="Task">
        <Overlay task={task} schema={schema} layers={layers} shown={shown} />
        <ReviewSide
          project={project.name}
          task={task}
          schema={schema}
          layers={layers}
          shown={shown}
          focus={focus}
          mayLead={lead}
          onShow={show}
          onFocus={(layer) => setFocus(layer.key)}
          onRestore={(fields) => void on.decide(fields)}
        />
      </main>
      <Actions
        queue={queue}
        answers={answers}
        focus={focus}
        lead={lead}
        canAgree={on.open.length > 0}
        onAgree={on.agree}
        onFix={() => setFixing(focus?.fields ?? {})}
        onMerge={() => setFixing(merged(answers, schema))}
        onReturn={() => setReturning(true)}
        onSettle={on.settle}
      />
      {returning && focus && (
        <ReturnDialog focus={focus} onClose={() => setReturning(false)} onReturn={on.giveBack} />
      )}
    </>
  );
}

function useVerdicts(queue: Queue, task: ReviewTask, answers: readonly Layer[]) {
  const next = async (verdicts: Parameters<Queue["give"]>[0]) => {
    if (await queue.give(verdicts)) queue.step(1);
  };
  const open = answers.flatMap(({ answer }) =>
    answer && answer.review?.verdict !== "accepted" ? [answer] : [],
  );
  return {
    open,
    agree: () => {
      if (open.length > 0)
        void next(open.map((answer) => ({ task: task.id, verdict: "accept" as const, answer: answer.seq })));
    },
    settle: (layer: Layer) => void next([{ task: task.id, verdict: "decide", fields: layer.fields }]),
    /** Fails where the server refuses, so that nobody's work is thrown away. */
    decide: async (fields: Fields) => {
      if (!(await queue.give([{ task: task.id, verdict: "decide", fields }])))
        throw new Error("Not decided.");
    },
    giveBack: (layer: Layer, comment: string) => {
      if (layer.answer) void next([{ task: task.id, verdict: "return", answer: layer.answer.seq, comment }]);
    },
  };
}

function useKeys(keys: Record<string, () => void>, off: boolean): void {
  const [shortcuts] = useShortcuts();
  useEffect(() => {
    if (off) return;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!shortcuts || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      const pressed = event.target instanceof Element && event.target.closest("button, a, summary, input");
      if (pressed && (key === "enter" || key === " ")) return;
      const command = keys[key];
      if (!command) return;
      event.preventDefault();
      if (!event.repeat || key.startsWith("arrow")) command();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

interface ActionsProps {
  queue: Queue;
  answers: readonly Layer[];
  focus: Layer | null;
  lead: boolean;
  canAgree: boolean;
  onAgree: () => void;
  onFix: () => void;
  onMerge: () => void;
  onReturn: () => void;
  onSettle: (layer: Layer) => void;
}

function Actions(props: ActionsProps) {
  const { queue, answers, focus, lead } = props;
  return (
    <footer className="bench-actions review-actions">
      <button type="button" className="button" disabled={queue.at === 0} onClick={() => queue.step(-1)}>
        Previous <Key>K</Key>
      </button>
      <button type="button" className="button" onClick={() => queue.step(1)}>
        Next <Key>J</Key>
      </button>
      {lead && (
        <>
          <button
            type="button"
            className="button"
            disabled={!queue.canUndo || queue.busy}
            onClick={() => void queue.undo()}
            title="Take back the last verdict"
          >
            <Icon name="undo" /> Undo <Key>Backspace</Key>
          </button>
          <span className="grow" />
          <button type="button" className="button" disabled={!focus || queue.busy} onClick={props.onReturn}>
            Return <Key>R</Key>
          </button>
          <button type="button" className="button" disabled={queue.busy} onClick={props.onFix}>
            Fix <Key>F</Key>
          </button>
          {answers.length > 1 && (
            <>
              <button type="button" className="button" disabled={queue.busy} onClick={props.onMerge}>
                Merge <Key>M</Key>
              </button>
              {answers.slice(0, 5).map((layer) => (
                <button
                  key={layer.key}
                  type="button"
                  className="button"
                  disabled={queue.busy}
                  onClick={() => props.onSettle(layer)}
                  title={`What ${layer.name} said is right`}
                >
                  <span className="swatch" style={{ background: layer.color }} /> Settle on {layer.letter}
                  <Key>{layer.letter}</Key>
                </button>
              ))}
            </>
          )}
          <button
            type="button"
            className="button primary"
            disabled={!props.canAgree || queue.busy}
            onClick={props.onAgree}
          >
            Agree <Key>Enter</Key>
          </button>
        </>
      )}
    </footer>
  );
}

function ReturnDialog({
  focus,
  onClose,
  onReturn,
}: {
  focus: Layer;
  onClose: () => void;
  onReturn: (layer: Layer, comment: string) => void;
}) {
  const [comment, setComment] = useState("");
  return (
    <FormDialog
      title={`Return the answer of ${focus.name}`}
      doing="Return"
      ready={comment.trim() !== ""}
      busy={false}
      onClose={onClose}
      onSubmit={() => {
        onReturn(focus, comment.trim());
        onClose();
      }}
    >
      <label className="field">
        <span className="label">What is to be changed?</span>
        <textarea
          className="textarea"
          rows={3}
          value={comment}
          onChange={(e) => setComment(e.target.value)}
        />
      </label>
      <p className="muted small">They get the task again with this comment and what they had answered.</p>
    </FormDialog>
  );
}
