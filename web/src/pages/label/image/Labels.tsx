/** The labels: one press labels what is selected, or what is drawn next. Many of them are found by typing. */
import { type RefObject, useState } from "react";
import type { Field, Option } from "../../../api/types";
import { firstLabels, labelLook } from "../../../canvas/looks";
import type { Editor } from "../../../doc";
import type { Binding } from "../../../label/hotkeys";
import { shownKey } from "../../../label/keymap";
import { selected } from "../../../tools/tool";
import { Key } from "../../../ui/parts";
import { useEditorLater } from "./useEditor";

interface Props {
  /** The fields whose labels regions here can have. */
  fields: readonly Field[];
  bindings: readonly Binding[];
  editor: Editor;
  search: RefObject<HTMLInputElement | null>;
  /** By field: what the next region gets. */
  sticky: Readonly<Record<string, readonly string[]>>;
  onTake: (field: Field, value: string) => void;
}

/** From so many labels on, digits no longer reach them all. */
const MANY = 10;

export function Labels({ fields: all, bindings, editor, search, sticky, onTake }: Props) {
  const [typed, setTyped] = useState("");
  useEditorLater(editor);
  const fields = all.filter((field) => field.options.length > 0);
  const count = fields.reduce((sum, field) => sum + field.options.length, 0);
  const start = firstLabels(all);
  const found = fields.map((field) => ({ field, options: matching(field.options, typed) }));
  const first = found.find(({ options }) => options.length > 0);
  const regions = selected(editor);
  const take = (field: Field, value: string) => {
    onTake(field, value);
    setTyped("");
  };
  if (fields.length === 0) return null;
  return (
    <section className="side-labels" aria-label="Labels">
      <div className="side-head">
        <h2>Labels</h2>
        <span className="muted">
          {regions.length > 0 ? `for ${regions.length} selected` : "for what you draw"}
        </span>
      </div>
      {count > MANY && (
        <input
          ref={search}
          className="input"
          type="search"
          placeholder="Find a label ( / )"
          aria-label="Find a label"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            const option = first?.options[0];
            if (event.key !== "Enter" || !first || !option) return;
            event.preventDefault();
            take(first.field, option.value);
            event.currentTarget.blur();
          }}
        />
      )}
      {found.map(({ field, options }) => (
        <fieldset key={field.name} className="labels" aria-label={field.title || field.name}>
          {fields.length > 1 && options.length > 0 && (
            <span className="caps">{field.title || field.name}</span>
          )}
          {options.map((option) => {
            const next = (sticky[field.name] ?? []).includes(option.value);
            const worn =
              regions.length > 0 &&
              regions.every((r) => r.field === field.name && r.labels.includes(option.value));
            return (
              <LabelButton
                key={option.value}
                field={field}
                first={start.get(field.name) ?? 0}
                option={option}
                pressed={regions.length > 0 ? worn : next}
                hotkey={bindings.find((b) => b.field === field.name && b.value === option.value)?.key}
                onTake={() => take(field, option.value)}
              />
            );
          })}
        </fieldset>
      ))}
    </section>
  );
}

interface ButtonProps {
  field: Field;
  first: number;
  option: Option;
  pressed: boolean;
  hotkey: string | undefined;
  onTake: () => void;
}

function LabelButton({ field, first, option, pressed, hotkey, onTake }: ButtonProps) {
  const { color, dash } = labelLook(field, option.value, first);
  return (
    <button
      type="button"
      className="label-button"
      aria-pressed={pressed}
      aria-keyshortcuts={hotkey}
      title={option.hint || undefined}
      onClick={(event) => {
        onTake();
        event.currentTarget.blur();
      }}
    >
      <Swatch color={color} dash={dash} />
      <span className="clip">{option.label || option.value}</span>
      {hotkey && <Key>{shownKey(hotkey)}</Key>}
    </button>
  );
}

export function Swatch({ color, dash }: { color: string; dash: readonly number[] }) {
  return (
    <svg className="swatch-line" viewBox="0 0 14 14" aria-hidden="true" focusable="false">
      <rect
        x="1.5"
        y="1.5"
        width="11"
        height="11"
        rx="2.5"
        fill={color}
        fillOpacity={dash.length > 0 ? 0.35 : 1}
        stroke={color}
        strokeWidth="2"
        strokeDasharray={dash.join(" ")}
      />
    </svg>
  );
}

/** Names that begin with what was typed come before those that only contain it. */
function matching(options: readonly Option[], typed: string): Option[] {
  const wanted = typed.trim().toLowerCase();
  const nameOf = (option: Option) => (option.label || option.value).toLowerCase();
  const hits = options.filter((option) => nameOf(option).includes(wanted));
  return hits.sort((a, b) => Number(nameOf(b).startsWith(wanted)) - Number(nameOf(a).startsWith(wanted)));
}
