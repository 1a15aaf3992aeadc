/** Things to put in order, or into buckets: by dragging, by buttons, or by Alt and the arrows. */
import { useState } from "react";
import type { Json } from "../../../api/types";
import { Icon } from "../../../ui/Icon";
import type { ControlProps } from "./controls";
import type { Entry } from "./Shown";

export function Ranking({
  field,
  value,
  title,
  entries,
  onSet,
}: ControlProps & { entries: readonly Entry[] }) {
  const buckets = field.buckets ?? [];
  return buckets.length > 0 ? (
    <Buckets field={field} value={value} entries={entries} onSet={onSet} />
  ) : (
    <Order title={title} value={value} entries={entries} onSet={onSet} />
  );
}

interface OrderProps {
  title: string;
  value: Json | undefined;
  entries: readonly Entry[];
  onSet: (value: Json) => void;
}

function Order({ title, value, entries, onSet }: OrderProps) {
  const [dragged, setDragged] = useState<string | null>(null);
  const given = Array.isArray(value) ? value.map(String) : null;
  const order = given ?? entries.map(({ id }) => id);
  const move = (id: string, to: number) => {
    const rest = order.filter((each) => each !== id);
    rest.splice(Math.max(0, Math.min(rest.length, to)), 0, id);
    onSet(rest);
  };
  return (
    <>
      <ol className="ranking" aria-label={title}>
        {order.map((id, at) => {
          const name = nameOf(entries, id);
          return (
            <li
              key={id}
              draggable
              className={dragged === id ? "dragged" : undefined}
              onDragStart={() => setDragged(id)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={() => dragged !== null && move(dragged, at)}
              onDragEnd={() => setDragged(null)}
              onKeyDown={(event) => {
                const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
                if (by === undefined) return;
                event.preventDefault();
                event.stopPropagation();
                move(id, at + by);
              }}
            >
              <span className="figure muted">{at + 1}</span>
              <span className="grow">{name}</span>
              <button
                type="button"
                className="button quiet icon-only"
                aria-label={`${name}: up`}
                disabled={at === 0}
                onClick={() => move(id, at - 1)}
              >
                <Icon name="up" />
              </button>
              <button
                type="button"
                className="button quiet icon-only"
                aria-label={`${name}: down`}
                disabled={at === order.length - 1}
                onClick={() => move(id, at + 1)}
              >
                <Icon name="down" />
              </button>
            </li>
          );
        })}
      </ol>
      {given === null && (
        <button type="button" className="button small" onClick={() => onSet(order)}>
          The order is right as it is
        </button>
      )}
    </>
  );
}

function Buckets({
  field,
  value,
  entries,
  onSet,
}: Pick<ControlProps, "field" | "value" | "onSet"> & { entries: readonly Entry[] }) {
  const buckets = field.buckets ?? [];
  const held = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  const listOf = (bucket: string): string[] => {
    const list = (held as Record<string, Json>)?.[bucket];
    return Array.isArray(list) ? list.map(String) : [];
  };
  const put = (id: string, bucket: string) => {
    const next = buckets.map(
      ({ value: name }) => [name, listOf(name).filter((each) => each !== id)] as const,
    );
    const filled = next.map(([name, ids]) => [name, name === bucket ? [...ids, id] : ids] as const);
    onSet(filled.some(([, ids]) => ids.length > 0) ? Object.fromEntries(filled) : null);
  };
  return (
    <ul className="ranking">
      {entries.map(({ id }) => {
        const name = nameOf(entries, id);
        const now = buckets.find((bucket) => listOf(bucket.value).includes(id))?.value ?? "";
        return (
          <li key={id}>
            <span className="grow">{name}</span>
            <select
              className="input"
              aria-label={`Where ${name} belongs`}
              value={now}
              onChange={(event) => put(id, event.target.value)}
            >
              <option value="">–</option>
              {buckets.map((bucket) => (
                <option key={bucket.value} value={bucket.value}>
                  {bucket.label || bucket.value}
                </option>
              ))}
            </select>
          </li>
        );
      })}
    </ul>
  );
}

function nameOf(entries: readonly Entry[], id: string): string {
  const entry = entries.find((each) => each.id === id);
  return entry?.title || entry?.body || id;
}
