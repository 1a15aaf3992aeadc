/** The workbench as people will see it, on an item of the data: usable by mouse and keys, and saving nothing. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { drafts } from "../../api/projectDrafts";
import type { Fields, Schema } from "../../api/types";
import { toFields } from "../../doc";
import type { Workbench } from "../../label/workbench";
import { Icon } from "../../ui/Icon";
import { Empty, Loading } from "../../ui/parts";
import { Bench } from "../label/Bench";
import "../label/aside.css";
import "../label/label.css";
import { type Setup, useSettled } from "./setup";
import { stillFits, type TriedTask, tryOut } from "./tryOut";

interface Props {
  setup: Setup;
  at: number;
  onAt: (at: number) => void;
}

export function Preview({ setup, at, onAt }: Props) {
  const { tried, reading } = setup;
  const frame = useRef<HTMLDivElement>(null);
  const takesKeys = useKeysOf(frame);
  const [answer, setAnswer] = useState<Fields | null>(null);
  const [round, setRound] = useState(0);
  const next = () => {
    if (tried.isOwn && tried.more) onAt(at + 1);
    else {
      if (tried.isOwn && at > 0) onAt(0);
      setRound((before) => before + 1);
    }
  };
  const workbench = useTried(
    setup,
    round,
    (fields) => {
      setAnswer(fields);
      next();
    },
    next,
  );
  const broken = reading !== null && reading.problems.length > 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would group controls of a form, this is a screen in small
    <div className="wizard-preview" role="group" aria-label="Preview">
      <div className="wizard-preview-head">
        <h2>Preview</h2>
        <span className="muted small clip grow">
          {tried.sample
            ? tried.isOwn
              ? tried.sample.item
              : "a sample of the template"
            : "as people will see it"}
        </span>
        {broken && (
          <span className="badge">
            <span className="dot warn" aria-hidden="true" />
            before the problem
          </span>
        )}
        {tried.isOwn && (
          <>
            <button
              type="button"
              className="button quiet icon-only"
              aria-label="Item before"
              disabled={at === 0}
              onClick={() => onAt(at - 1)}
            >
              <Icon name="up" />
            </button>
            <button
              type="button"
              className="button quiet icon-only"
              aria-label="Next item"
              disabled={!tried.more}
              onClick={() => onAt(at + 1)}
            >
              <Icon name="down" />
            </button>
          </>
        )}
      </div>
      {tried.problem && (
        <div className="notice warn wizard-unfit" role="status">
          <Icon name="warn" />
          <div>
            <strong>Your data does not fit yet.</strong> {tried.problem}
          </div>
        </div>
      )}
      <div className={`wizard-bench${broken ? " broken" : ""}`} ref={frame} tabIndex={-1}>
        {workbench ? (
          <Bench workbench={workbench} project="preview" onLeave={stay} takes={takesKeys} />
        ) : reading && !tried.sample && !broken ? (
          <Empty icon="image" title="There is no item to show">
            <p>Choose data that has one, or a template with a sample.</p>
          </Empty>
        ) : broken ? (
          <Empty icon="warn" title="The config has to be put right first" />
        ) : (
          <Loading label="Opening the preview" />
        )}
      </div>
      <div className="wizard-said" role="status">
        {answer ? (
          <>
            <span className="tone-ok">
              <Icon name="check" />
            </span>
            <span className="nowrap">This would be the answer:</span>
            <code className="clip grow">{JSON.stringify(answer)}</code>
          </>
        ) : (
          <span className="muted">Click into the preview to try its keys. Nothing of it is saved.</span>
        )}
      </div>
    </div>
  );
}

const stay = () => undefined;

/** A workbench for what is tried out; made anew when the schema or the item changes, with what was begun kept where it fits. */
function useTried(
  setup: Setup,
  round: number,
  onAnswer: (fields: Fields) => void,
  onSkip: () => void,
): Workbench | null {
  const { tried, title, reading } = setup;
  const guideline = useQuery(drafts.guideline(useSettled(setup.guideline))).data?.guideline_html;
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  const begun = useRef<{ key: string; workbench: Workbench } | null>(null);
  const calls = useRef({ onAnswer, onSkip });
  calls.current = { onAnswer, onSkip };
  const shape = JSON.stringify([tried.schema, tried.sample, guideline]);
  const broken = (reading?.problems.length ?? 0) > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is tried counts by what it says, not by its identity
  useEffect(() => {
    if (guideline === undefined) return;
    if (!tried.schema || !tried.sample) {
      // What is broken for a moment while somebody types leaves the last picture where it is.
      if (!broken) setWorkbench(null);
      return;
    }
    const key = `${tried.sample.item} ${round}`;
    const draft = begun.current?.key === key ? given(begun.current.workbench, tried.schema) : {};
    const task: TriedTask = { title, guideline, schema: tried.schema, sample: tried.sample, draft };
    const made = tryOut(
      task,
      (fields) => calls.current.onAnswer(fields),
      () => calls.current.onSkip(),
    );
    begun.current = { key, workbench: made };
    setWorkbench(made);
    void made.open();
    return () => made.close(false);
  }, [shape, round]);
  return workbench;
}

function given(workbench: Workbench, schema: Schema): Fields {
  const { editor, schema: before } = workbench.getSnapshot();
  return editor ? stillFits(toFields(editor.doc, before), schema) : {};
}

/** Keys are the preview's while the last thing touched or focused was in it: beside it, they are for the form. */
function useKeysOf(frame: React.RefObject<HTMLDivElement | null>): () => boolean {
  const inside = useRef(false);
  useEffect(() => {
    const note = (event: Event) => {
      inside.current = event.target instanceof Node && (frame.current?.contains(event.target) ?? false);
      frame.current?.classList.toggle("live", inside.current);
    };
    document.addEventListener("pointerdown", note, true);
    document.addEventListener("focusin", note, true);
    return () => {
      document.removeEventListener("pointerdown", note, true);
      document.removeEventListener("focusin", note, true);
    };
  }, [frame]);
  return useRef(() => inside.current).current;
}
