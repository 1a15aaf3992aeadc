/** The paths that both sides changed, each in its own way, to be decided one by one. */
import { useState } from "react";
import type { Conflicting } from "../../../api/types";
import { bytes, plural } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Badge } from "../../../ui/parts";
import type { Shown } from "../compare/Differences";
import { FileDifference } from "../compare/FileDifference";
import { type Decision, isDecided } from "./decisions";
import { OwnText } from "./OwnText";

interface Props {
  repo: string;
  from: string;
  into: string;
  conflicts: readonly Conflicting[];
  decisions: Readonly<Record<string, Decision>>;
  onDecide: (path: string, decision: Decision) => void;
  onDecideAll: (take: "ours" | "theirs") => void;
}

export function Conflicts({ repo, from, into, conflicts, decisions, onDecide, onDecideAll }: Props) {
  const [open, setOpen] = useState(conflicts[0]?.path ?? "");
  const left = conflicts.filter((each) => !isDecided(decisions[each.path])).length;
  return (
    <section className="panel" aria-labelledby="conflicts">
      <div className="panel-head">
        <h2 id="conflicts" className="grow">
          {plural(conflicts.length, "conflict")}
          {left < conflicts.length && <span className="muted"> · {left} open</span>}
        </h2>
        {left > 0 && (
          <>
            <button type="button" className="button" onClick={() => onDecideAll("ours")}>
              All open: keep {into}
            </button>
            <button type="button" className="button" onClick={() => onDecideAll("theirs")}>
              All open: take {from}
            </button>
          </>
        )}
      </div>
      <ul className="changes">
        {conflicts.map((conflict) => (
          <One
            key={conflict.path}
            repo={repo}
            from={from}
            into={into}
            conflict={conflict}
            decision={decisions[conflict.path]}
            isOpen={open === conflict.path}
            onOpen={() => setOpen(open === conflict.path ? "" : conflict.path)}
            onDecide={(decision) => onDecide(conflict.path, decision)}
          />
        ))}
      </ul>
    </section>
  );
}

interface OneProps {
  repo: string;
  from: string;
  into: string;
  conflict: Conflicting;
  decision: Decision | undefined;
  isOpen: boolean;
  onOpen: () => void;
  onDecide: (decision: Decision) => void;
}

function One({ repo, from, into, conflict, decision, isOpen, onOpen, onDecide }: OneProps) {
  const { path } = conflict;
  return (
    <li>
      <button type="button" className="change" aria-expanded={isOpen} onClick={onOpen}>
        <Icon name={isOpen ? "down" : "right"} />
        <span className={isDecided(decision) ? "tone-ok" : "tone-warn"}>
          <Icon name={isDecided(decision) ? "check" : "warn"} />
        </span>
        <span className="mono grow clip">{path}</span>
        <span className="muted small">{whatIs(decision, from, into)}</span>
      </button>
      {isOpen && (
        <div className="conflict">
          {conflict.clash.length > 0 && (
            <p className="notice warn">
              <Icon name="warn" />
              <span>
                On one side this is a file, on the other a folder. Taking {from} removes{" "}
                {conflict.clash.join(", ")}.
              </span>
            </p>
          )}
          <Choices from={from} into={into} conflict={conflict} decision={decision} onDecide={onDecide} />
          {decision?.take === "text" ? (
            <OwnText
              repo={repo}
              from={from}
              into={into}
              conflict={conflict}
              text={decision.text}
              onText={(text) => onDecide({ take: "text", text })}
            />
          ) : (
            <Compared repo={repo} from={from} into={into} conflict={conflict} />
          )}
        </div>
      )}
    </li>
  );
}

function whatIs(decision: Decision | undefined, from: string, into: string): string {
  if (!isDecided(decision)) return "open";
  const words = {
    ours: `keep ${into}`,
    theirs: `take ${from}`,
    base: "as before",
    delete: "delete",
    text: "own text",
  };
  return words[decision?.take ?? "ours"];
}

interface ChoicesProps {
  from: string;
  into: string;
  conflict: Conflicting;
  decision: Decision | undefined;
  onDecide: (decision: Decision) => void;
}

function Choices({ from, into, conflict, decision, onDecide }: ChoicesProps) {
  const { ours, theirs, base, unclear, path, clash } = conflict;
  const size = (side: { size: number } | null) => (side ? bytes(side.size) : "deleted there");
  const editable = clash.length === 0 && (ours !== null || theirs !== null);
  const choices: { decision: Decision; text: string; detail: string }[] = [
    { decision: { take: "ours" }, text: `Keep ${into}`, detail: size(ours) },
    { decision: { take: "theirs" }, text: `Take ${from}`, detail: size(theirs) },
    ...(base && !unclear
      ? [{ decision: { take: "base" } as const, text: "As before both", detail: size(base) }]
      : []),
    { decision: { take: "delete" }, text: "Delete it", detail: "" },
    ...(editable
      ? [{ decision: { take: "text", text: null } as const, text: "Edit the text", detail: "" }]
      : []),
  ];
  return (
    <fieldset className="choices row wrap" aria-label={`What ${path} becomes`}>
      {choices.map((each) => (
        <label key={each.decision.take} className="row choice">
          <input
            type="radio"
            name={path}
            checked={decision?.take === each.decision.take}
            onChange={() => onDecide(each.decision)}
          />
          {each.text}
          {each.detail && <span className="muted small">{each.detail}</span>}
        </label>
      ))}
    </fieldset>
  );
}

function Compared({
  repo,
  from,
  into,
  conflict: { path, ours, theirs },
}: {
  repo: string;
  from: string;
  into: string;
  conflict: Conflicting;
}) {
  const [shown, setShown] = useState<Shown>({});
  if (!ours || !theirs)
    return (
      <p className="muted">
        <Badge>{ours ? from : into}</Badge> has deleted it, <Badge>{ours ? into : from}</Badge> has changed
        it.
      </p>
    );
  return (
    <div className="compared">
      <p className="muted small">
        From {into} to {from}:
      </p>
      <FileDifference
        repo={repo}
        from={into}
        to={from}
        difference={{ path, kind: "changed", before: { path, ...ours }, after: { path, ...theirs } }}
        shown={shown}
        onShow={setShown}
      />
    </div>
  );
}
