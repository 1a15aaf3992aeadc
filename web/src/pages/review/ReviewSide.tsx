/** Beside the overlay: how far people agree, what each of them said, and what was decided. */
import { useMemo, useState } from "react";
import type { Field, Fields, ReviewTask, Schema } from "../../api/types";
import { fromFields } from "../../doc";
import { spokenAnswer } from "../../label/answers";
import { lookUp } from "../../label/references";
import { saidOfRegions } from "../../label/regionNames";
import { percent } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Badge, SimulatedBadge } from "../../ui/parts";
import { entriesIn } from "../label/judge/Shown";
import { History } from "./History";
import { summary } from "./history";
import { counts, type Layer, spokenFields } from "./layers";

interface Props {
  project: string;
  task: ReviewTask;
  schema: Schema;
  layers: readonly Layer[];
  shown: ReadonlySet<string>;
  /** The answer that fix and return are about. */
  focus: Layer | null;
  mayLead: boolean;
  onShow: (key: string) => void;
  onFocus: (layer: Layer) => void;
  onRestore: (fields: Fields) => void;
}

export function ReviewSide(props: Props) {
  const { task, schema, layers } = props;
  const gone = task.answers.filter((answer) => !counts(answer));
  return (
    <aside className="review-side" aria-label="Answers and agreement">
      <Agreement task={task} layers={layers} />
      <section aria-labelledby="review-answers">
        <h2 id="review-answers">Answers</h2>
        {layers.length === 0 && <p className="muted">No answer counts at the moment.</p>}
        <ul className="review-layers">
          {layers.map((layer) => (
            <LayerRow key={layer.key} {...props} layer={layer} />
          ))}
        </ul>
      </section>
      {task.decision && (
        <section aria-labelledby="review-decision">
          <h2 id="review-decision">Decision</h2>
          <p className="row wrap">
            <Badge icon="check">{task.decision.by}</Badge> <Ago at={task.decision.at} />
          </p>
          {task.decision.comment && <q>{task.decision.comment}</q>}
          <p className="small">{summary((task.decision.fields ?? {}) as Fields, schema)}</p>
        </section>
      )}
      {gone.length > 0 && (
        <section aria-labelledby="review-gone">
          <h2 id="review-gone">No longer counted</h2>
          <ul className="review-layers">
            {gone.map((answer) => (
              <li key={answer.seq}>
                <div className="row wrap">
                  <strong>{answer.worker}</strong>
                  <Badge icon="undo">
                    {answer.review?.verdict === "returned"
                      ? "returned"
                      : answer.excluded
                        ? "excluded"
                        : "withdrawn"}
                  </Badge>
                </div>
                {answer.review?.comment && <q>{answer.review.comment}</q>}
                <p className="muted small">{summary(answer.fields, schema)}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <TaskHistory {...props} />
    </aside>
  );
}

/** Read when it is opened. */
function TaskHistory({ project, task, schema, mayLead, onRestore }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details className="review-history" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>History</summary>
      {open && (
        <History project={project} task={task.id} schema={schema} restore={mayLead ? onRestore : null} />
      )}
    </details>
  );
}

/** What a ranking is about. */
function entriesOf(field: Field, { data }: ReviewTask, schema: Schema) {
  const list = schema.objects.find((object) => object.name === field.of[0]);
  return field.kind === "ranking" && list ? entriesIn(lookUp(data, list.field)) : [];
}

/** Of an answer about regions so many lines; the others are seen where it is fixed. */
const MOST_SAID = 12;

function LayerRow({ layer, task, schema, shown, focus, onShow, onFocus }: Props & { layer: Layer }) {
  const { answer } = layer;
  const said = useMemo(() => saidOfRegions(fromFields(layer.fields, schema), schema), [layer, schema]);
  const told = spokenFields(schema).filter((field) => layer.fields[field.name] !== undefined);
  const marks = schema.fields.filter(
    ({ kind, name }) => kind === "regions" && layer.fields[name] !== undefined,
  );
  return (
    <li className={focus?.key === layer.key ? "is-focus" : undefined}>
      <div className="row wrap">
        <label className="row review-layer">
          <input type="checkbox" checked={shown.has(layer.key)} onChange={() => onShow(layer.key)} />
          <span className="swatch" style={{ background: layer.color }} />
          {layer.letter && <strong>{layer.letter}</strong>}
          <span className="clip">{layer.name}</span>
        </label>
        <span className="grow" />
        {answer?.simulated && <SimulatedBadge />}
        {answer?.review && <Badge icon="check">{answer.review.verdict}</Badge>}
        {answer?.flags?.includes("unclear") && <Badge icon="warn">unclear</Badge>}
        {answer && (
          <button
            type="button"
            className="button quiet"
            aria-pressed={focus?.key === layer.key}
            aria-label={`Choose the answer of ${layer.name}`}
            title="Fix and Return are about this answer"
            onClick={() => onFocus(layer)}
          >
            Choose
          </button>
        )}
      </div>
      {told.map((field) => (
        <p key={field.name} className="small">
          <span className="muted">{field.title || field.name}</span>{" "}
          {spokenAnswer(field, layer.fields[field.name], entriesOf(field, task, schema))}
        </p>
      ))}
      {marks.map((field) => (
        <p key={field.name} className="small muted">
          {summary({ [field.name]: layer.fields[field.name] ?? null }, schema)}
        </p>
      ))}
      {said.slice(0, MOST_SAID).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one answer never change places
        <p key={i} className="small">
          {line}
        </p>
      ))}
      {said.length > MOST_SAID && <p className="small muted">and {said.length - MOST_SAID} more</p>}
      {answer?.comments?.map((comment) => (
        <q key={`${comment.region} ${comment.text}`}>
          {comment.region && <span className="muted">on a region: </span>}
          {comment.text}
        </q>
      ))}
    </li>
  );
}

function Agreement({ task, layers }: { task: ReviewTask; layers: readonly Layer[] }) {
  if (task.agreement === null) return null;
  const letter = new Map(layers.map((layer) => [layer.answer?.seq, layer.letter]));
  return (
    <section aria-labelledby="review-agreement">
      <h2 id="review-agreement">Agreement</h2>
      <p className="row">
        <span className="big">{percent(task.agreement)}</span>
        {task.agreement < 1 ? (
          <span className="muted">
            of {task.pairs.length === 1 ? "one pair" : `${task.pairs.length} pairs`}
          </span>
        ) : (
          <span className="tone-ok row">
            <Icon name="check" /> all say the same
          </span>
        )}
      </p>
      {task.pairs.length > 0 && (
        <table className="table pairs">
          <thead>
            <tr>
              <th scope="col">Pair</th>
              <th scope="col">Question</th>
              <th scope="col" className="num">
                Agreement
              </th>
            </tr>
          </thead>
          <tbody>
            {task.pairs.flatMap((pair) =>
              Object.entries(pair.fields).map(([field, value]) => (
                <tr key={`${pair.first} ${pair.second} ${field}`}>
                  <td>
                    {letter.get(pair.first)}–{letter.get(pair.second)}
                  </td>
                  <td className="clip">{field}</td>
                  <td className="num">{value.toFixed(3)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}
