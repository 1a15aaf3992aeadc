/** The keys of this project, and the switch that turns them off. */
import { optionsOf } from "../../label/hotkeys";
import type { Snapshot } from "../../label/workbench";
import { Dialog } from "../../ui/Dialog";
import { Key } from "../../ui/parts";

interface Props {
  snapshot: Snapshot;
  shortcuts: boolean;
  onShortcuts: (on: boolean) => void;
  onClose: () => void;
}

export function KeySheet({ snapshot, shortcuts, onShortcuts, onClose }: Props) {
  const { schema, bindings, single } = snapshot;
  return (
    <Dialog title="Keys" onClose={onClose}>
      {schema.fields.map((field) => {
        const own = bindings.filter((binding) => binding.field === field.name);
        if (own.length === 0) return null;
        const labels = new Map(optionsOf(field).map((option) => [option.value, option.label]));
        return (
          <section key={field.name} className="stack">
            <h3>{field.title || field.name}</h3>
            <dl className="keys">
              {own.map((binding) => (
                <Line
                  key={binding.value}
                  keys={[binding.key]}
                  text={labels.get(binding.value) ?? binding.value}
                />
              ))}
            </dl>
          </section>
        );
      })}
      <section className="stack">
        <h3>Workbench</h3>
        <dl className="keys">
          {!single && <Line keys={["Enter"]} text="Submit the answer" />}
          <Line keys={["Backspace"]} text="Take back the last answer" />
          <Line keys={["S"]} text="Skip" />
          <Line keys={["G"]} text="Show or hide the guideline" />
          <Line keys={["?"]} text="This list" />
          <Line keys={["Esc"]} text="Close what is open, then leave" />
          <Line keys={["Ctrl", "K"]} text="Search and commands" />
        </dl>
      </section>
      <label className="row">
        <input type="checkbox" checked={shortcuts} onChange={(event) => onShortcuts(event.target.checked)} />
        Single-key shortcuts
      </label>
    </Dialog>
  );
}

function Line({ keys, text }: { keys: string[]; text: string }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <Key key={key}>{key.length === 1 ? key.toUpperCase() : key}</Key>
        ))}
      </dt>
      <dd>{text}</dd>
    </>
  );
}
