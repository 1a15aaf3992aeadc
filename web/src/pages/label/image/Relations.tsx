/** Which region is related to which: turned, labelled, and taken away here. */
import type { Schema } from "../../../api/types";
import { commands, type Doc, type Editor, type Relation } from "../../../doc";
import type { RegionHost } from "../../../label/port";
import { Icon } from "../../../ui/Icon";
import { namesOf } from "./Regions";

const ARROW = { right: "→", left: "←", both: "↔" } as const;
const WORD = { right: "to", left: "from", both: "to and from" } as const;

export function Relations({
  doc,
  schema,
  editor,
  view,
}: {
  doc: Doc;
  schema: Schema;
  editor: Editor;
  view: RegionHost;
}) {
  const here = doc.regions.filter((region) => view.isHere(region));
  const names = new Map(namesOf(schema, here).map((name, i) => [here[i]?.id ?? "", name]));
  const change = (relation: Relation, at: number, next: Relation | null) =>
    editor.dispatch({ kind: "relation", id: relation.id, relation: next, at });
  return (
    <ul className="relations">
      {doc.relations.map((relation, at) => {
        const field = schema.fields.find((each) => each.name === relation.field);
        const [from, to] = [names.get(relation.from) ?? "elsewhere", names.get(relation.to) ?? "elsewhere"];
        const name = `${from} ${WORD[relation.direction]} ${to}`;
        return (
          <li key={relation.id}>
            <button
              type="button"
              className="button quiet small grow clip"
              title={name}
              onClick={() => editor.select([relation.from, relation.to])}
            >
              {from} {ARROW[relation.direction]} {to}
            </button>
            {field && field.options.length > 0 && (
              <select
                className="input"
                aria-label={`Kind of the relation ${name}`}
                value={relation.labels[0] ?? ""}
                onChange={(event) =>
                  change(relation, at, {
                    ...relation,
                    labels: event.target.value ? [event.target.value] : [],
                  })
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
              title="Remove"
              onClick={() => change(relation, at, null)}
            >
              <Icon name="trash" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
