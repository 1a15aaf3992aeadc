/** Which columns are shown, in the order of the table. */
import { useState } from "react";
import type { TableColumn } from "../../../api/table";
import { Dialog } from "../../../ui/Dialog";
import { Icon } from "../../../ui/Icon";
import { columnText } from "./question";

interface Props {
  columns: readonly TableColumn[];
  shown: readonly string[];
  /** Empty: the usual ones. */
  onChange: (columns: readonly string[]) => void;
}

export function ColumnsMenu({ columns, shown, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const toggle = (name: string) => {
    const next = shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name];
    if (next.length > 0) onChange(next);
  };
  return (
    <>
      <button type="button" className="button quiet" onClick={() => setOpen(true)}>
        <Icon name="table" />
        Columns
      </button>
      {open && (
        <Dialog title="Columns" onClose={() => setOpen(false)}>
          <div className="stack">
            <fieldset className="column-list">
              <legend className="visually-hidden">Shown columns</legend>
              {columns.map(({ name }) => (
                <label key={name} className="row">
                  <input type="checkbox" checked={shown.includes(name)} onChange={() => toggle(name)} />
                  <span>{columnText(name)}</span>
                  {name.includes(".") && <span className="muted small mono">{name}</span>}
                </label>
              ))}
            </fieldset>
            <div>
              <button type="button" className="button" onClick={() => onChange([])}>
                The usual ones
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
