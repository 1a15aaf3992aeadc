/** Controls of single questions: dates, several texts. Each is given a value and says a new one. */
import type { Field, Json } from "../../../api/types";
import { Icon } from "../../../ui/Icon";

export interface ControlProps {
  field: Field;
  value: Json | undefined;
  title: string;
  onSet: (value: Json) => void;
  onLeave: () => void;
}

const DATE_INPUT = {
  "date-time": "datetime-local",
  date: "date",
  time: "time",
  month: "month",
  year: "number",
} as const;

export function DateEntry({ field, value, title, onSet, onLeave }: ControlProps) {
  return (
    <input
      className="input"
      type={DATE_INPUT[field.parts ?? "date-time"]}
      aria-label={title}
      min={field.earliest || undefined}
      max={field.latest || undefined}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onSet(event.target.value || null)}
      onBlur={onLeave}
    />
  );
}

export function Texts({ field, value, title, onSet, onLeave }: ControlProps) {
  const texts = Array.isArray(value) ? value.map(String) : [];
  const shown = texts.length > 0 ? texts : [""];
  const room = field.max_submissions ?? 1000;
  return (
    <div className="texts">
      {shown.map((text, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is known by its place
        <div key={i} className="row">
          <textarea
            className="textarea grow"
            rows={field.rows ?? 1}
            aria-label={shown.length > 1 ? `${title} ${i + 1}` : title}
            maxLength={field.max_length}
            placeholder={field.placeholder}
            value={text}
            onChange={(event) => onSet(shown.map((each, at) => (at === i ? event.target.value : each)))}
            onBlur={onLeave}
          />
          {texts.length > 1 && (
            <button
              type="button"
              className="button quiet icon-only"
              aria-label={`Remove ${title} ${i + 1}`}
              onClick={() => onSet(texts.filter((_, at) => at !== i))}
            >
              <Icon name="trash" />
            </button>
          )}
        </div>
      ))}
      {texts.length > 0 && texts.length < room && (
        <button type="button" className="button small" onClick={() => onSet([...texts, ""])}>
          Add another
        </button>
      )}
    </div>
  );
}
