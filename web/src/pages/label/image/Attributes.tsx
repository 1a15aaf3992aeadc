/** The questions about the selected regions, asked once for all of them. */
import { useSyncExternalStore } from "react";
import type { Field, Json, Schema } from "../../../api/types";
import { commands, type Editor, questionsOf, type Region } from "../../../doc";
import { type Binding, optionsOf } from "../../../label/hotkeys";
import { shownKey } from "../../../label/keymap";
import { onlySelected, selected } from "../../../tools/tool";
import { Key } from "../../../ui/parts";

interface Props {
  schema: Schema;
  editor: Editor;
  bindings: readonly Binding[];
}

export function Attributes({ schema, editor, bindings }: Props) {
  const { doc } = useSyncExternalStore(editor.subscribe, editor.getState);
  const regions = selected(editor);
  const only = onlySelected(editor);
  const fields = shared(regions.map((region) => questionsOf(schema, doc, region)));
  const set = (field: Field, value: Json, gesture: boolean) => {
    const edit = commands.setAttribute(regions, field.name, value);
    if (!edit) return;
    if (gesture) editor.continue(`attribute ${field.name}`, edit);
    else editor.dispatch(edit);
  };
  return (
    <section className="side-attributes" aria-label="Selection">
      <div className="side-head">
        <h2>Selection</h2>
        <span className="muted figure">{regions.length}</span>
      </div>
      {fields.map((field) => (
        <Attribute
          key={field.name}
          field={field}
          value={common(regions, field)}
          bindings={bindings.filter((binding) => binding.field === field.name)}
          onSet={(value, gesture) => set(field, value, gesture)}
          onLeave={() => editor.settle()}
        />
      ))}
      {only && (
        <label className="stack-tight">
          <span className="muted">Note</span>
          <textarea
            className="textarea"
            rows={2}
            value={only.text}
            disabled={only.locked}
            onChange={(event) => {
              const edit = commands.changeEach([only], () => ({ text: event.target.value }));
              if (edit) editor.continue(`text ${only.id}`, edit);
            }}
            onBlur={() => editor.settle()}
          />
        </label>
      )}
    </section>
  );
}

interface AttributeProps {
  field: Field;
  value: Json;
  bindings: readonly Binding[];
  onSet: (value: Json, gesture: boolean) => void;
  onLeave: () => void;
}

function Attribute({ field, value, bindings, onSet, onLeave }: AttributeProps) {
  const title = field.title || field.name;
  const legend = (
    <>
      {title}
      {field.required && <span className="muted"> (needed)</span>}
    </>
  );
  if (field.kind === "choice" || field.kind === "choices" || field.kind === "rating") {
    return (
      <fieldset className="attribute">
        <legend>{legend}</legend>
        <div className="chips">
          {optionsOf(field).map((option) => {
            const key = bindings.find((binding) => binding.value === option.value)?.key;
            const stored = field.kind === "rating" ? Number(option.value) : option.value;
            const on = Array.isArray(value) ? value.includes(stored) : value === stored;
            return (
              <button
                key={option.value}
                type="button"
                className="chip-button"
                aria-pressed={on}
                aria-keyshortcuts={key}
                onClick={() => onSet(toggled(field, value, stored, on), false)}
              >
                {option.label}
                {key && <Key>{shownKey(key)}</Key>}
              </button>
            );
          })}
        </div>
      </fieldset>
    );
  }
  if (field.kind === "number") {
    return (
      <label className="stack-tight">
        <span>{legend}</span>
        <input
          className="input"
          type="number"
          step={field.step ?? "any"}
          min={field.minimum ?? undefined}
          max={field.maximum ?? undefined}
          value={typeof value === "number" ? value : ""}
          onChange={(event) => onSet(event.target.value === "" ? null : event.target.valueAsNumber, true)}
          onBlur={onLeave}
        />
      </label>
    );
  }
  // Several texts are written one a line.
  const several = field.kind === "texts";
  const text = Array.isArray(value) ? value.join("\n") : typeof value === "string" ? value : "";
  return (
    <label className="stack-tight">
      <span>{legend}</span>
      <textarea
        className="textarea"
        rows={field.rows ?? 2}
        maxLength={several ? undefined : field.max_length}
        placeholder={field.placeholder}
        value={text}
        onChange={(event) => {
          const lines = event.target.value;
          onSet(several ? (lines === "" ? null : lines.split("\n")) : lines, true);
        }}
        onBlur={onLeave}
      />
    </label>
  );
}

function toggled(field: Field, value: Json, stored: Json, on: boolean): Json {
  if (field.kind !== "choices") return on ? null : stored;
  const before = Array.isArray(value) ? value : [];
  const after = on ? before.filter((each) => each !== stored) : [...before, stored];
  const order = field.options.map((option) => option.value);
  after.sort((a, b) => order.indexOf(String(a)) - order.indexOf(String(b)));
  return after.length > 0 ? after : null;
}

/** Questions that every one of the regions is asked. */
function shared(lists: readonly (readonly Field[])[]): readonly Field[] {
  const [first = [], ...others] = lists;
  return first.filter((field) => others.every((list) => list.includes(field)));
}

/** The answer of all of them, when it is the same. */
function common(regions: readonly Region[], field: Field): Json {
  const [first, ...others] = regions.map((region) => region.attributes[field.name] ?? null);
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? (first ?? null) : null;
}
