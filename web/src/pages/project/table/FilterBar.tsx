/** What rows have to be: one chip a test, and a form that adds another. */
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type Filter, readTable, type TableColumn } from "../../../api/table";
import { FormDialog } from "../../../ui/FormDialog";
import { Icon } from "../../../ui/Icon";
import {
  columnText,
  filterOf,
  opText,
  type Test,
  type Tests,
  testsOf,
  testText,
  typedValue,
} from "./question";

interface Props {
  project: string;
  columns: readonly TableColumn[];
  filter: Filter | null;
  onChange: (filter: Filter | null) => void;
}

export function FilterBar({ project, columns, filter, onChange }: Props) {
  const [editing, setEditing] = useState<number | null>(null);
  const now = testsOf(filter);
  const set = (changed: Partial<Tests>) => onChange(filterOf({ ...now, ...changed }));
  const without = <T,>(all: readonly T[], at: number) => all.filter((_, i) => i !== at);
  const many = now.tests.length + now.other.length > 1;
  return (
    <search className="row wrap filters" aria-label="Filter">
      {many && (
        <select
          className="select"
          aria-label="How many of these have to hold"
          value={now.how}
          onChange={(event) => set({ how: event.target.value === "or" ? "or" : "and" })}
        >
          <option value="and">All of</option>
          <option value="or">Any of</option>
        </select>
      )}
      {now.tests.map((test, at) => (
        <span key={JSON.stringify(test)} className="filter-chip">
          <button type="button" onClick={() => setEditing(at)} title="Change">
            {testText(test)}
          </button>
          <button
            type="button"
            aria-label={`Remove: ${testText(test)}`}
            onClick={() => set({ tests: without(now.tests, at) })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {now.other.map((part, at) => (
        <span key={JSON.stringify(part)} className="filter-chip" title={JSON.stringify(part)}>
          <span>a group of filters</span>
          <button
            type="button"
            aria-label="Remove the group"
            onClick={() => set({ other: without(now.other, at) })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <button type="button" className="button quiet" onClick={() => setEditing(now.tests.length)}>
        <Icon name="plus" />
        Filter
      </button>
      {many && (
        <button type="button" className="button quiet" onClick={() => onChange(null)}>
          Clear
        </button>
      )}
      {editing !== null && (
        <TestDialog
          project={project}
          columns={columns}
          test={now.tests[editing]}
          onClose={() => setEditing(null)}
          onSet={(test) => {
            const tests = [...now.tests];
            tests[editing] = test;
            set({ tests });
            setEditing(null);
          }}
        />
      )}
    </search>
  );
}

interface DialogProps {
  project: string;
  columns: readonly TableColumn[];
  test: Test | undefined;
  onSet: (test: Test) => void;
  onClose: () => void;
}

function TestDialog({ project, columns, test, onSet, onClose }: DialogProps) {
  const [field, setField] = useState(test?.field ?? "status");
  const column = columns.find((each) => each.name === field) ?? columns[0];
  const [op, setOp] = useState(test?.op ?? "eq");
  const [text, setText] = useState(
    Array.isArray(test?.value) ? test.value.join(", ") : String(test?.value ?? ""),
  );
  const known = useQuery(readTable.values(project, field));
  const list = useId();
  const kind = column?.kind ?? "text";
  const ops = column?.ops ?? [];
  const chosen = ops.includes(op) ? op : (ops[0] ?? "eq");
  const bare = chosen === "empty" || chosen === "filled";
  const value = bare ? undefined : typedValue(kind, chosen, text);
  const values = (known.data?.counts[field] ?? []).filter((each) => each.value !== null);
  return (
    <FormDialog
      title="Rows where"
      doing={test ? "Change" : "Add"}
      ready={bare || (text !== "" && value !== null)}
      busy={false}
      onSubmit={() => onSet(bare ? { field, op: chosen } : { field, op: chosen, value })}
      onClose={onClose}
    >
      <label className="field">
        <span className="label">Column</span>
        <select className="select" value={field} onChange={(event) => setField(event.target.value)}>
          {columns.map(({ name }) => (
            <option key={name} value={name}>
              {columnText(name)} {name.includes(".") ? `(${name})` : ""}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span className="label">Test</span>
        <select className="select" value={chosen} onChange={(event) => setOp(event.target.value)}>
          {ops.map((each) => (
            <option key={each} value={each}>
              {opText(each)}
            </option>
          ))}
        </select>
      </label>
      {!bare && (
        <label className="field">
          <span className="label">{chosen === "in" ? "Values, with commas between them" : "Value"}</span>
          <input
            className="input"
            value={text}
            inputMode={kind === "number" ? "decimal" : "text"}
            onChange={(event) => setText(event.target.value)}
            list={list}
          />
          <datalist id={list}>
            {values.map((each) => (
              <option key={String(each.value)} value={String(each.value)}>
                {each.count}
              </option>
            ))}
          </datalist>
        </label>
      )}
    </FormDialog>
  );
}
