/** One task: what is shown, what is asked, and in training what was wrong. */
import type { Field, Fields, ObjectTag, Schema } from "../../api/types";
import { answerText, isChosen } from "../../label/answers";
import { optionsOf } from "../../label/hotkeys";
import { mediaOf } from "../../label/media";
import type { Place, TaskState, Verdict } from "../../label/session";
import type { Snapshot, Workbench } from "../../label/workbench";
import { Icon } from "../../ui/Icon";
import { Key } from "../../ui/parts";

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
}

export function TaskView({ workbench, snapshot, place }: Props) {
  const { page, task } = place;
  const { schema, session } = snapshot;
  const verdict = typeof task.check === "object" ? task.check : null;
  return (
    <div className="task" key={`${page.id}/${task.id}`}>
      <section className="shown" aria-live="polite" aria-label="What is asked about">
        <Objects objects={schema.objects} task={task} />
      </section>
      <div className="asked">
        {schema.fields.map((field) => (
          <FieldView
            key={field.name}
            workbench={workbench}
            snapshot={snapshot}
            task={task}
            field={field}
            verdict={verdict}
          />
        ))}
      </div>
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

function Objects({ objects, task }: { objects: readonly ObjectTag[]; task: TaskState }) {
  const { data } = task;
  const shown =
    objects.length > 0
      ? objects
      : Object.keys(data).map((field): ObjectTag => ({ name: field, kind: "text", field, text: "" }));
  const texts = shown.filter((object) => object.kind !== "header");
  return shown.map((object, i) => {
    const value = object.field ? answerText(data[object.field]) : object.text;
    const key = `${object.kind} ${object.name} ${i}`;
    if (object.kind === "header") return <h2 key={key}>{value}</h2>;
    if (MEDIA.has(object.kind)) return <Media key={key} object={object} task={task} />;
    return (
      <div key={key}>
        {texts.length > 1 && <div className="caps">{object.name || object.field}</div>}
        <p className={value.length > 280 ? "long" : undefined}>{value}</p>
      </div>
    );
  });
}

const MEDIA: ReadonlySet<string> = new Set(["image", "audio", "video"]);

function Media({ object, task }: { object: ObjectTag; task: TaskState }) {
  const title = object.name || object.field;
  return mediaOf(object, task).map(({ url, width, height }) => {
    // biome-ignore lint/a11y/useMediaCaption: what is shown is the data itself, which has no captions
    if (object.kind === "audio") return <audio key={url} controls src={url} aria-label={title} />;
    // biome-ignore lint/a11y/useMediaCaption: as above
    if (object.kind === "video") return <video key={url} controls src={url} aria-label={title} />;
    return <img key={url} src={url} alt={title} width={width ?? undefined} height={height ?? undefined} />;
  });
}

const valuesOf = (snapshot: Snapshot, task: TaskState): Fields => snapshot.editor?.doc.values ?? task.draft;

interface FieldProps {
  workbench: Workbench;
  snapshot: Snapshot;
  task: TaskState;
  field: Field;
  verdict: Verdict | null;
}

export function FieldView(props: FieldProps) {
  const { snapshot, field } = props;
  const choice = field.kind === "choice" || field.kind === "choices" || field.kind === "rating";
  const gap = snapshot.gaps.find((each) => each.field === field.name);
  const title = field.title || field.name;
  return (
    <fieldset className={gap ? "gap" : undefined}>
      <legend className={snapshot.schema.fields.length === 1 && !field.title ? "visually-hidden" : undefined}>
        {title}
        {!field.required && <span className="muted"> (optional)</span>}
      </legend>
      {choice ? <Options {...props} /> : <Entry {...props} title={title} />}
      {gap && (
        <p className="tone-error" role="alert">
          {gap.text}
        </p>
      )}
    </fieldset>
  );
}

function Options({ workbench, snapshot, task, field, verdict }: FieldProps) {
  const expected = verdict?.expected ?? null;
  const given = valuesOf(snapshot, task);
  return (
    <div className={`options${field.kind === "rating" ? " stars" : ""}`}>
      {optionsOf(field).map((option, i) => {
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
            {field.kind !== "rating" && (
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
        onKeyDown={(event) => event.key === "Enter" && workbench.submit()}
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
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) workbench.submit();
      }}
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
