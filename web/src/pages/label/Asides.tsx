/** What is said beside an answer: why a task is skipped, and comments on it or on a region. */
import { useState } from "react";
import type { Snapshot, Workbench } from "../../label/workbench";
import { Dialog } from "../../ui/Dialog";

const REASONS = [
  "It cannot be made out",
  "It does not belong here",
  "The guideline does not cover it",
] as const;

export function SkipDialog({ workbench, onClose }: { workbench: Workbench; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const skip = (why: string) => {
    if (why.trim() === "") return;
    onClose();
    workbench.skip(why.trim());
  };
  return (
    <Dialog title="Skip, because…" onClose={onClose}>
      <div className="stack">
        {REASONS.map((each) => (
          <button key={each} type="button" className="button" onClick={() => skip(each)}>
            {each}
          </button>
        ))}
        <label className="stack">
          In your words
          <textarea
            className="textarea"
            rows={3}
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) skip(reason);
            }}
          />
        </label>
        <button
          type="button"
          className="button primary"
          disabled={reason.trim() === ""}
          onClick={() => skip(reason)}
        >
          Skip
        </button>
      </div>
    </Dialog>
  );
}

interface CommentProps {
  workbench: Workbench;
  snapshot: Snapshot;
  /** The region that is spoken of; empty: the task. */
  region: string;
  onClose: () => void;
}

export function CommentDialog({ workbench, snapshot, region, onClose }: CommentProps) {
  const { comments } = snapshot.aside;
  return (
    <Dialog title={region ? "Comment on the region" : "Comment on the task"} onClose={onClose}>
      <label className="stack">
        For those who review it. It is sent with your answer.
        <textarea
          className="textarea"
          rows={5}
          data-first
          maxLength={2000}
          value={comments[region] ?? ""}
          onChange={(event) => workbench.remark({ comments: { ...comments, [region]: event.target.value } })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onClose();
          }}
        />
      </label>
      <div className="row">
        <span className="grow" />
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
