/** One task: what is shown, what is asked, and in training what was wrong. */
import type { Field, Fields, ObjectTag, Schema, ViewNode } from "../../api/types";
import { EMPTY, isAsked } from "../../doc";
import { answerText, isChosen } from "../../label/answers";
import { optionsOf } from "../../label/hotkeys";
import { lookUp } from "../../label/references";
import type { Place, TaskState, Verdict } from "../../label/session";
import type { Snapshot, Workbench } from "../../label/workbench";
import { Icon } from "../../ui/Icon";
import { Key } from "../../ui/parts";
import { type ControlProps, DateEntry, Texts } from "./judge/controls";
import { Ranking } from "./judge/Ranking";
import { Screen } from "./judge/Screen";
import { entriesIn, Shown } from "./judge/Shown";
import { Taxonomy } from "./judge/Taxonomy";

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
}

export function TaskView({ workbench, snapshot, place }: Props) {
  const { page, task } = place;
  const { schema, session } = snapshot;
  const verdict = typeof task.check === "object" ? task.check : null;
  const doc = snapshot.editor?.doc ?? { ...EMPTY, values: task.draft };
  const ask = (field: Field, filter: string) => (
    <FieldView
      workbench={workbench}
      snapshot={snapshot}
      task={task}
      field={field}
      verdict={verdict}
      filter={filter}
    />
  );
  return (
    <div className="task" key={`${page.id}/${task.id}`}>
      {isLaidOut(schema.view) ? (
        <div className="asked">
          <Screen schema={schema} task={task} doc={doc} ask={ask} />
        </div>
      ) : (
        <>
          <section className="shown" aria-live="polite" aria-label="What is asked about">
            {shownOf(schema, task).map((object) => (
              <Shown
                key={`${object.kind} ${object.name} ${object.field} ${object.text}`}
                object={object}
                task={task}
                titled={schema.objects.filter(({ kind }) => kind !== "header").length > 1}
              />
            ))}
          </section>
          <div className="asked">
            {schema.fields
              .filter((field) => !field.per_region && isAsked(field, doc, null))
              .map((field) => (
                <div key={field.name}>{ask(field, "")}</div>
              ))}
          </div>
        </>
      )}
      <div className="verdict" role="status">
        {verdict ? (
          <Wrong verdict={verdict} schema={schema} />
        ) : (
          page.kind === "training" &&
          session.lastCorrect !== null && (
            <span className="tone-ok row">
              <Icon name="check" /> Your last answer was right
            </span>
          )
        )}
      </div>
    </div>
  );
}

/** Without a schema's objects, all that the task holds. */
function shownOf(schema: Schema, task: TaskState): readonly ObjectTag[] {
  if (schema.objects.length > 0) return schema.objects;
  return Object.keys(task.data).map((field): ObjectTag => ({ name: field, kind: "text", field, text: "" }));
}

/** Whether a schema says more about its screen than what is shown and what is asked. */
function isLaidOut(view: ViewNode | undefined): boolean {
  if (!view) return false;
  const plain = ["view", "object", "field", "header"].includes(view.kind);
  const told = Boolean(view.when) || (view.style ?? []).length > 0 || (view.classes ?? []).length > 0;
  return !plain || told || (view.children ?? []).some(isLaidOut);
}

const valuesOf = (snapshot: Snapshot, task: TaskState): Fields => snapshot.editor?.doc.values ?? task.draft;

interface FieldProps {
  workbench: Workbench;
  snapshot: Snapshot;
  task: TaskState;
  field: Field;
  verdict: Verdict | null;
  /** What its options are narrowed to; empty: all are shown. */
  filter?: string;
}

export function FieldView(props: FieldProps) {
  const { workbench, snapshot, task, field } = props;
  const choice = CHOSEN.has(field.kind);
  const gap = snapshot.gaps.find((each) => each.field === field.name);
  const title = field.title || field.name;
  return (
    <fieldset className={gap ? "gap" : undefined}>
      <legend className={snapshot.schema.fields.length === 1 && !field.title ? "visually-hidden" : undefined}>
        {title}
        {!field.required && <span className="muted"> (optional)</span>}
      </legend>
      {choice ? (
        <Options {...props} />
      ) : CONTROLS.has(field.kind) ? (
        <Control
          field={field}
          title={title}
          task={task}
          schema={snapshot.schema}
          value={valuesOf(snapshot, task)[field.name]}
          onSet={(value) => workbench.set(field.name, value)}
          onLeave={() => workbench.settle()}
        />
      ) : (
        <Entry {...props} title={title} />
      )}
      {gap && (
        <p className="tone-error" role="alert">
          {gap.text}
        </p>
      )}
    </fieldset>
  );
}

const CHOSEN: ReadonlySet<string> = new Set(["choice", "choices", "rating", "pairwise"]);
const CONTROLS: ReadonlySet<string> = new Set(["taxonomy", "date", "ranking", "texts"]);

function Control({ schema, task, ...control }: ControlProps & { schema: Schema; task: TaskState }) {
  const { field } = control;
  switch (field.kind) {
    case "taxonomy":
      return <Taxonomy {...control} />;
    case "date":
      return <DateEntry {...control} />;
    case "ranking": {
      const list = schema.objects.find((object) => object.name === field.of[0]);
      return <Ranking {...control} entries={entriesIn(list && lookUp(task.data, list.field))} />;
    }
    default:
      return <Texts {...control} />;
  }
}

function Options({ workbench, snapshot, task, field, verdict, filter = "" }: FieldProps) {
  const expected = verdict?.expected ?? null;
  const wanted = filter.trim().toLowerCase();
  const given = valuesOf(snapshot, task);
  return (
    <div className={`options${field.kind === "rating" ? " stars" : ""}`}>
      {optionsOf(field).map((option, i) => {
        if (!option.label.toLowerCase().includes(wanted)) return null;
        const key = snapshot.bindings.find((b) => b.field === field.name && b.value === option.value)?.key;
        const chosen = isChosen(field, given, option.value);
        const right = expected !== null && isChosen(field, expected, option.value);
        const wrong = verdict !== null && !right && isChosen(field, verdict.given, option.value);
        return (
          <button
            key={option.value}
            type="button"
            className={`option${right ? " right" : ""}${wrong ? " wrong" : ""}`}
            aria-pressed={chosen}
            aria-keyshortcuts={key}
            disabled={task.check === "waiting"}
            onClick={(event) => {
              workbench.choose(field.name, option.value);
              // Focus left on a button would take the next Enter or Space for itself.
              event.currentTarget.blur();
            }}
          >
            {key && <Key>{key.length === 1 ? key.toUpperCase() : key}</Key>}
            {(field.kind === "choice" || field.kind === "choices") && (
              <span className="swatch" style={{ background: `var(--l${i % 8})` }} />
            )}
            <span>{option.label}</span>
            {right && <Icon name="check" />}
            {wrong && <Icon name="close" />}
          </button>
        );
      })}
    </div>
  );
}

function Entry({ workbench, snapshot, task, field, title }: FieldProps & { title: string }) {
  const value = valuesOf(snapshot, task)[field.name];
  if (field.kind === "number") {
    return (
      <input
        className="input"
        type="number"
        aria-label={title}
        min={field.minimum ?? undefined}
        max={field.maximum ?? undefined}
        step="any"
        value={typeof value === "number" ? value : ""}
        onChange={(event) =>
          workbench.set(field.name, event.target.value === "" ? null : event.target.valueAsNumber)
        }
        onBlur={() => workbench.settle()}
      />
    );
  }
  return (
    <textarea
      className="textarea"
      aria-label={title}
      maxLength={field.max_length}
      value={typeof value === "string" ? value : ""}
      placeholder="Ctrl Enter submits, Esc gives the keys back"
      onChange={(event) => workbench.set(field.name, event.target.value)}
      onBlur={() => workbench.settle()}
    />
  );
}

function Wrong({ verdict, schema }: { verdict: Verdict; schema: Schema }) {
  return (
    <div className="notice warn">
      <span className="tone-warn">
        <Icon name="book" />
      </span>
      <div>
        <strong>Not quite.</strong>{" "}
        {verdict.expected && <>The answer here is {expectedText(verdict.expected, schema)}.</>}
        {verdict.hint && <p>{verdict.hint}</p>}
        <p className="muted">Give that answer to go on.</p>
      </div>
    </div>
  );
}

function expectedText(expected: Fields, schema: Schema): string {
  return schema.fields
    .filter((field) => expected[field.name] !== undefined)
    .map((field) => {
      const text = answerText(expected[field.name]);
      const label = field.options.find((option) => option.value === text)?.label || text;
      return schema.fields.length > 1 ? `${field.title || field.name}: ${label}` : `“${label}”`;
    })
    .join(", ");
}
