/** One line above the task: where I am, how far, what I earned, how long I have, and whether everything has arrived. */
import { useEffect, useState } from "react";
import { serverNow } from "../../api/http";
import type { Money } from "../../api/types";
import { type PageState, screen } from "../../label/session";
import type { Snapshot } from "../../label/workbench";
import { count, countdown, money, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Badge, Key, SimulatedBadge } from "../../ui/parts";

interface Props {
  snapshot: Snapshot;
  simulated: boolean;
  guideline: boolean;
  onGuideline: () => void;
  onKeys: () => void;
  onLeave: () => void;
}

const KINDS = {
  training: {
    text: "Training",
    title: "Wrong answers are explained. Your first answers count towards the pass mark.",
  },
  exam: { text: "Exam", title: "No verdicts are shown. Answer as you would in real work." },
  work: null,
  import: null,
} as const;

export function StatusBar({ snapshot, simulated, guideline, onGuideline, onKeys, onLeave }: Props) {
  const { session } = snapshot;
  const now = screen(session);
  const page = now.kind === "task" ? now.place.page : null;
  const kind = page ? KINDS[page.kind] : null;
  return (
    <header className="bench-bar">
      <button
        type="button"
        className="button quiet icon-only"
        aria-label="Leave the workbench"
        title="Leave (Esc)"
        onClick={onLeave}
      >
        <Icon name="close" />
      </button>
      <h1 className="clip">{session.title}</h1>
      {kind && (
        <Badge icon="book" title={kind.title}>
          {kind.text}
        </Badge>
      )}
      {simulated && <SimulatedBadge />}
      <span className="grow" />
      {page && <Steps page={page} />}
      {page?.due && <Clock due={page.due} />}
      <span className="figure-inline extra" title={`${plural(session.pagesDone, "page")} finished`}>
        <Icon name="check" />
        <span>
          {count(session.answered)} <span className="wide-only">answered</span>
        </span>
      </span>
      {session.earned && (isPaid(session.earned) || (page !== null && isPaid(page.reward))) && (
        <span className="figure-inline extra" title="Earned in this project">
          <Icon name="coin" />
          {money(session.earned)}
        </span>
      )}
      <Saved snapshot={snapshot} />
      <button type="button" className="button quiet" aria-pressed={guideline} onClick={onGuideline}>
        <Icon name="book" />
        <span className="wide-only">Guideline</span>
        <Key>G</Key>
      </button>
      <button type="button" className="button quiet" onClick={onKeys} aria-label="Keys ?">
        <Icon name="keyboard" />
        <Key>?</Key>
      </button>
    </header>
  );
}

/** Work that pays nothing says nothing of money. */
const isPaid = ({ amount }: Money): boolean => Number(amount) > 0;

/** The page as small steps: where it ends is visible, and no more than that. */
function Steps({ page }: { page: PageState }) {
  const done = page.tasks.filter((task) => task.answer !== null || task.skipped).length;
  return (
    <span className="steps" role="img" aria-label={`Task ${done + 1} of ${page.tasks.length} on this page`}>
      {page.tasks.map((task) => (
        <span key={task.id} className={task.answer !== null || task.skipped ? "done" : ""} />
      ))}
    </span>
  );
}

function Clock({ due }: { due: string }) {
  const [left, setLeft] = useState(() => Date.parse(due) - serverNow());
  useEffect(() => {
    const tick = () => setLeft(Date.parse(due) - serverNow());
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [due]);
  return (
    <span
      className={`figure-inline${left < 60_000 ? " tone-warn" : ""}`}
      role="timer"
      aria-label="Time left for this page"
    >
      <Icon name="clock" />
      {countdown(left)}
    </span>
  );
}

const SAYS = {
  "signed-out": "Signed out",
  waiting: "Offline",
  sending: "Sending…",
  saving: "Saving…",
  saved: "Saved",
} as const;
const EXPLAINS = {
  "signed-out": "Your work is kept in this browser and sent as soon as you have signed in again.",
  waiting: "Your work is kept in this browser and sent as soon as the server answers.",
  sending: "Your answers are on their way; this browser keeps them until they have arrived.",
  saving: "This browser has every edit; the server has it in a moment.",
  saved: "Everything has arrived.",
} as const;

/** What is known of all that was done here: the worst of it. */
function standing({ outbox, unsent, drafts }: Snapshot): keyof typeof SAYS {
  if (outbox === "signed-out" || drafts === "signed-out") return "signed-out";
  if (outbox === "waiting" || drafts === "waiting") return "waiting";
  if (unsent > 0) return "sending";
  return drafts;
}

function Saved({ snapshot }: { snapshot: Snapshot }) {
  const now = standing(snapshot);
  const trouble = now === "waiting" || now === "signed-out";
  const kept = snapshot.unsent > 0 ? `${count(snapshot.unsent)} kept here` : "kept here";
  return (
    <span className={`figure-inline saved${trouble ? " tone-warn" : ""}`} title={EXPLAINS[now]}>
      <Icon name={trouble ? "warn" : now === "saved" ? "check" : "upload"} />
      {trouble ? `${SAYS[now]} · ${kept}` : SAYS[now]}
    </span>
  );
}
