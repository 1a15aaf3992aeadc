/** How many people answer, when labels are released, what happens to careless work, and the guideline. */
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { drafts } from "../../api/projectDrafts";
import { changeDraft, type Draft } from "./draft";
import { type Setup, useSettled } from "./setup";

const SafeHtml = lazy(() => import("../../ui/SafeHtml").then((m) => ({ default: m.SafeHtml })));

export function PeopleStep({ setup }: { setup: Setup }) {
  const { draft } = setup;
  return (
    <>
      <header className="wizard-head">
        <h1 tabIndex={-1}>Who answers, and how well?</h1>
        <p className="muted">
          What stands here is a good beginning. All of it can be changed while people work.
        </p>
      </header>
      <div className="wizard-people">
        <div className="stack wizard-settings">
          <Block title="Answers">
            <Whole
              label="People per task"
              hint={
                draft.overlap === 1
                  ? "One opinion each."
                  : `${draft.overlap} people answer each task without seeing each other.`
              }
              value={draft.overlap}
              most={100}
              onChange={(overlap) => changeDraft({ overlap })}
            />
            {draft.overlap > 1 && (
              <Choices
                label="How answers become one"
                name="method"
                value={draft.method}
                onChange={(method) => changeDraft({ method })}
                options={[
                  ["majority", "Majority", "Most votes win; good where everybody is about as careful."],
                  ["dawid_skene", "Dawid–Skene", "Weighs people by how reliable their other answers are."],
                ]}
              />
            )}
            <Whole
              label="Tasks on a page"
              hint="What one person gets at once."
              value={draft.pageTasks}
              most={1000}
              onChange={(pageTasks) => changeDraft({ pageTasks })}
            />
            <Whole
              label="Minutes for a page"
              hint="After that, open tasks go to others. Drafts are kept."
              value={draft.pageMinutes}
              most={10_000}
              onChange={(pageMinutes) => changeDraft({ pageMinutes })}
            />
          </Block>
          <Block title="Release">
            <Choices
              label="When labels go to the output branch"
              name="release"
              value={draft.release}
              onChange={(release) => changeDraft({ release })}
              options={[
                ["complete", "When all items are settled", "Whoever reads the labels sees whole sets only."],
                ["each", "As answers come", "Each group of answers is released at once."],
                ["count", "After every so many tasks", ""],
                ["manual", "After review", "Leads go through the answers and publish by hand."],
              ]}
            />
            {draft.release === "count" && (
              <Whole
                label="Tasks per release"
                value={draft.releaseCount}
                most={1_000_000}
                onChange={(releaseCount) => changeDraft({ releaseCount })}
              />
            )}
            <p className="muted small">
              Every answer can be reviewed whatever is chosen here: tasks in dispute come first in the review
              queue.
            </p>
          </Block>
          <Careless draft={draft} />
        </div>
        <Guideline setup={setup} />
      </div>
    </>
  );
}

function Careless({ draft }: { draft: Draft }) {
  return (
    <Block title="Careless work">
      <label className="row">
        <input
          type="checkbox"
          checked={draft.banFast}
          onChange={(event) => changeDraft({ banFast: event.target.checked })}
        />
        Ban who is too fast on 2 of their last 5 pages
      </label>
      {draft.banFast && (
        <Whole
          label="Too fast is under so many seconds a page"
          value={draft.fastSeconds}
          most={86_400}
          onChange={(fastSeconds) => changeDraft({ fastSeconds })}
        />
      )}
      <label className="row">
        <input
          type="checkbox"
          checked={draft.banSkips}
          onChange={(event) => changeDraft({ banSkips: event.target.checked })}
        />
        Ban who skips 10 tasks in a row
      </label>
      {(draft.banFast || draft.banSkips) && (
        <label className="field">
          <span className="label">What becomes of their answers</span>
          <select
            className="select"
            value={draft.onBan}
            onChange={(event) => changeDraft({ onBan: event.target.value as Draft["onBan"] })}
          >
            <option value="keep">They count</option>
            <option value="exclude">They do not count</option>
            <option value="exclude_and_reoffer">They do not count, and others are asked</option>
          </select>
        </label>
      )}
      <p className="muted small">Training, exam, control tasks and pay are added in the document.</p>
    </Block>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
      </div>
      <div className="panel-body wizard-block">{children}</div>
    </section>
  );
}

interface WholeProps {
  label: string;
  hint?: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}

function Whole({ label, hint, value, most, onChange }: WholeProps) {
  // While it is typed it may be empty for a moment; left like that, it is what it was.
  const [typed, setTyped] = useState(String(value));
  return (
    <label className="wizard-whole">
      <span className="grow">
        <span className="label">{label}</span>
        {hint && <span className="muted small">{hint}</span>}
      </span>
      <input
        className="input num"
        type="number"
        min={1}
        max={most}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          const read = event.target.valueAsNumber;
          if (Number.isInteger(read) && read >= 1 && read <= most) onChange(read);
        }}
        onBlur={() => setTyped(String(value))}
      />
    </label>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  name: string;
  value: T;
  options: readonly (readonly [T, string, string])[];
  onChange: (value: T) => void;
}

function Choices<T extends string>({ label, name, value, options, onChange }: ChoicesProps<T>) {
  return (
    <fieldset className="wizard-choices">
      <legend>{label}</legend>
      {options.map(([option, title, hint]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>
            {title}
            {hint && <span className="muted small">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Guideline({ setup }: { setup: Setup }) {
  const { guideline } = setup;
  const settled = useSettled(guideline);
  const { data } = useQuery(drafts.guideline(settled));
  return (
    <section className="panel wizard-guideline" aria-label="Guideline">
      <div className="panel-head">
        <h2>Guideline</h2>
        <span className="muted">What people read before they answer, in Markdown</span>
      </div>
      <div className="panel-body">
        <textarea
          className="textarea mono"
          aria-label="Text of the guideline"
          rows={10}
          value={guideline}
          onChange={(event) => changeDraft({ guideline: event.target.value })}
        />
        <div className="caps">As people read it</div>
        <div className="wizard-read">
          {data?.guideline_html ? (
            <Suspense fallback={null}>
              <SafeHtml html={data.guideline_html} />
            </Suspense>
          ) : (
            <p className="muted">Nothing yet. A few clear sentences save hours of review.</p>
          )}
        </div>
      </div>
    </section>
  );
}
