/** Which region is related to which: turned, labelled, and taken away here. */
import { memo, useMemo } from "react";
import type { Field, Schema } from "../../../api/types";
import { commands, type Doc, type Editor, type Relation } from "../../../doc";
import type { RegionHost } from "../../../label/port";
import { namesOf } from "../../../label/regionNames";
import { Icon } from "../../../ui/Icon";

const ARROW = { right: "→", left: "←", both: "↔" } as const;
const WORD = { right: "to", left: "from", both: "to and from" } as const;
const lineId = (id: string): string => `relation-${id}`;

/** Goes to the line of a relation in the list. */
export function focusRelation(id: string): void {
  const line = document.getElementById(lineId(id));
  line?.closest("details")?.setAttribute("open", "");
  line?.querySelector("button")?.focus();
}

interface Props {
  doc: Doc;
  schema: Schema;
  editor: Editor;
  view: RegionHost;
  /** Which image is shown, of several. */
  part?: string | undefined;
}

export function Relations({ doc, schema, editor, view, part }: Props) {
  const { regions } = doc;
  // What spans hold is known once their text is on the screen.
  const known = regions[0] ? view.textOf?.(regions[0]) : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when texts are known and when another image is shown
  const names = useMemo(() => {
    const here = regions.filter((region) => view.isHere(region));
    const labels = namesOf(schema, here);
    // Words say more than a number, and stay the same when another span is labelled.
    return new Map(here.map((region, i) => [region.id, view.textOf?.(region) || labels[i]]));
  }, [regions, schema, view, known, part]);
  return (
    <ul className="relations">
      {doc.relations.map((relation) => (
        <Line
          key={relation.id}
          relation={relation}
          field={schema.fields.find((each) => each.name === relation.field)}
          from={names.get(relation.from) ?? "elsewhere"}
          to={names.get(relation.to) ?? "elsewhere"}
          editor={editor}
        />
      ))}
    </ul>
  );
}

interface LineProps {
  relation: Relation;
  field: Field | undefined;
  from: string;
  to: string;
  editor: Editor;
}

/** Drawn again when it changes, not when something else of the document does. */
const Line = memo(function Line({ relation, field, from, to, editor }: LineProps) {
  const name = `${from} ${WORD[relation.direction]} ${to}`;
  const change = (next: Relation | null) => {
    const at = editor.doc.relations.indexOf(relation);
    editor.dispatch({ kind: "relation", id: relation.id, relation: next, at });
  };
  const ends = [relation.from, relation.to];
  return (
    <li
      id={lineId(relation.id)}
      onKeyDown={(event) => {
        if (event.key !== "Delete" || event.target instanceof HTMLSelectElement) return;
        event.preventDefault();
        event.stopPropagation();
        change(null);
      }}
    >
      <button
        type="button"
        className="button quiet small grow clip"
        title={name}
        onClick={() => editor.select(ends)}
      >
        {from} {ARROW[relation.direction]} {to}
      </button>
      {field && field.options.length > 0 && (
        <select
          className="input"
          aria-label={`Kind of the relation ${name}`}
          value={relation.labels[0] ?? ""}
          onChange={(event) =>
            change({ ...relation, labels: event.target.value ? [event.target.value] : [] })
          }
        >
          <option value="">–</option>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label || option.value}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={`Turn the relation ${name}`}
        title="Turn"
        onClick={() => editor.dispatch(commands.turnRelation(relation))}
      >
        <Icon name="swap" />
      </button>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={`Remove the relation ${name}`}
        title="Remove (Delete)"
        onClick={() => change(null)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
});
