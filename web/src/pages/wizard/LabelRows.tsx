/** The labels of each question as a list: added, renamed, reordered, recoloured, given a key. The text is changed by the server. */
import { type KeyboardEvent as Press, useEffect, useRef, useState } from "react";
import { type ConfigPreview, drafts, type OptionList } from "../../api/projectDrafts";
import type { Schema } from "../../api/types";
import { COLORS, firstLabels } from "../../canvas/looks";
import { Icon } from "../../ui/Icon";
import { sayError } from "../../ui/toasts";
import { added, changed, faultOf, movedBy, type Row, rowsOf, wantedOf, without } from "./rows";

const REST_MS = 250;

interface Props {
  config: string;
  reading: ConfigPreview | null;
  behind: boolean;
  onWrite: (config: string) => void;
}

export function LabelRows({ config, reading, behind, onWrite }: Props) {
  const lists = reading?.lists ?? [];
  if (!reading) return null;
  if (lists.length === 0)
    return (
      <p className="muted wizard-none">
        {reading.schema
          ? "There are no labels in this config to be changed here. Change the text of the config."
          : "The labels appear here once the config can be read."}
      </p>
    );
  return (
    <div className="wizard-lists">
      {lists.map((list) => (
        <Labels
          key={list.field}
          list={list}
          config={config}
          schema={reading.schema}
          behind={behind}
          alone={lists.length === 1}
          onWrite={onWrite}
        />
      ))}
    </div>
  );
}

interface ListProps {
  list: OptionList;
  config: string;
  schema: Schema | null;
  behind: boolean;
  alone: boolean;
  onWrite: (config: string) => void;
}

/**
 * Edits go out from the config in which editing began, always all of them: so what an option says besides is found again
 * under the value that it had there, however often it was renamed since.
 */
function Labels({ list, config, schema, behind, alone, onWrite }: ListProps) {
  const [rows, setRows] = useState(() => rowsOf(list));
  const base = useRef(config);
  const written = useRef(config);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const body = useRef<HTMLUListElement>(null);

  useEffect(() => {
    // Somebody else changed the text: editing begins anew, once it is known what stands there now.
    if (config === written.current || behind || timer.current) return;
    base.current = config;
    written.current = config;
    setRows(rowsOf(list));
  }, [config, behind, list]);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );

  const fault = faultOf(rows);
  const edit = (next: Row[]) => {
    setRows(next);
    if (timer.current) clearTimeout(timer.current);
    if (faultOf(next) !== null) {
      timer.current = null;
      return;
    }
    const from = written.current;
    timer.current = setTimeout(() => {
      timer.current = null;
      drafts.options(base.current, list.field, wantedOf(next)).then(
        (edited) => {
          if (written.current !== from) return;
          written.current = edited.config;
          onWrite(edited.config);
        },
        (error: unknown) => sayError(error as Error),
      );
    }, REST_MS);
  };
  const focus = (place: number) =>
    requestAnimationFrame(() =>
      body.current?.querySelectorAll<HTMLInputElement>(".wizard-label-name")[place]?.select(),
    );
  const press = (event: Press, row: Row, place: number) => {
    if (event.key === "Enter") {
      event.preventDefault();
      edit(added(rows));
      focus(rows.length);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const by = event.key === "ArrowUp" ? -1 : 1;
      edit(movedBy(rows, row.id, by));
      focus(Math.min(rows.length - 1, Math.max(0, place + by)));
    }
  };
  const field = schema?.fields.find(({ name }) => name === list.field);
  const first = (schema && firstLabels(schema.fields).get(list.field)) ?? 0;
  return (
    <fieldset className="wizard-list-of">
      <legend className={alone ? "visually-hidden" : undefined}>{list.title}</legend>
      <ul ref={body}>
        {rows.map((row, i) => (
          <LabelRow
            key={row.id}
            row={row}
            place={i}
            last={rows.length - 1}
            color={row.color || (COLORS[(first + i) % COLORS.length] ?? "#808080")}
            automatic={field?.options[i]?.label === row.label.trim() ? field.options[i].hotkey : ""}
            onChange={(part) => edit(changed(rows, row.id, part))}
            onMove={(by) => edit(movedBy(rows, row.id, by))}
            onRemove={() => edit(without(rows, row.id))}
            onPress={(event) => press(event, row, i)}
          />
        ))}
      </ul>
      {fault && (
        <p className="tone-error" role="alert">
          {fault}
        </p>
      )}
      <button
        type="button"
        className="button quiet wizard-add"
        onClick={() => {
          edit(added(rows));
          focus(rows.length);
        }}
      >
        <Icon name="plus" />
        Add a label
      </button>
    </fieldset>
  );
}

interface RowProps {
  row: Row;
  place: number;
  last: number;
  color: string;
  /** The key that it gets without one of its own. */
  automatic: string;
  onChange: (part: Partial<Row>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onPress: (event: Press) => void;
}

function LabelRow({ row, place, last, color, automatic, onChange, onMove, onRemove, onPress }: RowProps) {
  const name = row.label || `label ${place + 1}`;
  return (
    <li className="wizard-label">
      <input
        type="color"
        className="wizard-color"
        aria-label={`Colour of ${name}`}
        title="Colour"
        value={/^#[0-9a-f]{6}$/i.test(color) ? color : "#808080"}
        list="wizard-colors"
        onChange={(event) => onChange({ color: event.target.value })}
      />
      <input
        className="input wizard-label-name"
        aria-label={`Name of label ${place + 1}`}
        value={row.label}
        spellCheck={false}
        onChange={(event) => onChange({ label: event.target.value })}
        onKeyDown={onPress}
      />
      <input
        className="input wizard-key"
        aria-label={`Key of ${name}`}
        title="Key: press it here; Backspace takes it away"
        value={row.hotkey.toUpperCase()}
        placeholder={automatic.toUpperCase()}
        onChange={(event) => onChange({ hotkey: event.target.value.trim().slice(-1).toLowerCase() })}
        onKeyDown={(event) => {
          if (event.key === "Backspace" || event.key === "Delete") {
            event.preventDefault();
            onChange({ hotkey: "" });
          }
        }}
      />
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={`Move ${name} up`}
        disabled={place === 0}
        onClick={() => onMove(-1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={`Move ${name} down`}
        disabled={place === last}
        onClick={() => onMove(1)}
      >
        <Icon name="down" />
      </button>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={`Remove ${name}`}
        disabled={last === 0}
        onClick={onRemove}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
