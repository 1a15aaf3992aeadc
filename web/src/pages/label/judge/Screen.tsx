/** The screen as a schema lays it out: things shown and questions asked, folds, headings, filters, and when each is there. */
import { type CSSProperties, type ReactNode, useEffect, useState } from "react";
import type { Field, Schema, ViewNode } from "../../../api/types";
import { type Doc, isAsked } from "../../../doc";
import { lookUp } from "../../../label/references";
import type { TaskState } from "../../../label/session";
import { asText } from "../../../text/plainText";
import { Shown } from "./Shown";

interface Props {
  schema: Schema;
  task: TaskState;
  doc: Doc;
  /** The control of a question; `filter`: what its options are narrowed to. */
  ask: (field: Field, filter: string) => ReactNode;
}

export function Screen({ schema, task, doc, ask }: Props) {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  useStyle(schema.view);
  const titled = schema.objects.filter((object) => object.kind !== "header").length > 1;
  const draw = (node: ViewNode, key: string): ReactNode => {
    if (node.when && !isAsked({ when: [node.when] } as Field, doc, null)) return null;
    const children = (node.children ?? []).map((child, i) => draw(child, `${key}.${i}`));
    switch (node.kind) {
      case "object": {
        const object = schema.objects.find((each) => each.name === node.name);
        return object && <Shown key={key} object={object} task={task} titled={titled} />;
      }
      case "field": {
        const field = schema.fields.find((each) => each.name === node.name);
        return field && !field.per_region && isAsked(field, doc, null) ? (
          <div key={key}>{ask(field, filters[field.name] ?? "")}</div>
        ) : null;
      }
      case "header":
        return <Heading key={key} node={node} task={task} />;
      case "filter":
        return (
          <input
            key={key}
            type="search"
            className="input"
            placeholder="Narrow the options"
            aria-label={`Narrow the options of ${node.name}`}
            value={filters[node.name ?? ""] ?? ""}
            onChange={(event) => setFilters({ ...filters, [node.name ?? ""]: event.target.value })}
          />
        );
      case "panel":
        return (
          <details key={key} className="screen-panel" open={node.is_open ?? true}>
            <summary>{node.text || "More"}</summary>
            {children}
          </details>
        );
      case "style":
        return null;
      default:
        return (
          <div key={key} className={classOf(node)} style={styleOf(node)}>
            {children}
          </div>
        );
    }
  };
  return <div className="label-view">{schema.view ? draw(schema.view, "0") : null}</div>;
}

function Heading({ node, task }: { node: ViewNode; task: TaskState }) {
  const text = node.field ? asText(lookUp(task.data, node.field)) : (node.text ?? "");
  // All of one level below the page's own title: how large they look says nothing about their order.
  return (
    <h2 className={`heading-${node.level ?? 4}`} style={styleOf(node)}>
      {text}
    </h2>
  );
}

const classOf = ({ classes = [] }: ViewNode): string => ["screen-view", ...classes].join(" ");

/** The server has let only harmless declarations through. */
function styleOf({ style = [] }: ViewNode): CSSProperties {
  const named = style.map(([name, value]) => [
    name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named) as CSSProperties;
}

/** The schema's own rules: the server has limited them to `.label-view`, and they are there as long as the screen is. */
function useStyle(view: ViewNode | undefined): void {
  useEffect(() => {
    const rules = view ? rulesOf(view) : "";
    if (!rules) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  }, [view]);
}

const rulesOf = (node: ViewNode): string =>
  [node.kind === "style" ? (node.text ?? "") : "", ...(node.children ?? []).map(rulesOf)].join("\n").trim();
