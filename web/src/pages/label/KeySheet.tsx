/** The keys of this project: what they do, how to change them, and the switch that turns them off. */
import { type KeyboardEvent, useState } from "react";
import { namesOf, optionsOf } from "../../label/hotkeys";
import {
  type CommandGroup,
  type CommandName,
  commandEntry,
  commandsOf,
  conflict,
  keysOf,
  shownKey,
} from "../../label/keymap";
import { drawsOnImages } from "../../label/media";
import type { Snapshot } from "../../label/workbench";
import { useMe } from "../../shell/me";
import { Dialog } from "../../ui/Dialog";
import { Key } from "../../ui/parts";
import { setCustomKey, useCustomKeys } from "./customKeys";

interface Props {
  snapshot: Snapshot;
  shortcuts: boolean;
  onShortcuts: (on: boolean) => void;
  onClose: () => void;
}

const GROUPS: Record<CommandGroup, string> = {
  workbench: "Workbench",
  tools: "Tools",
  regions: "Regions",
  view: "View",
};

export function KeySheet({ snapshot, shortcuts, onShortcuts, onClose }: Props) {
  const { schema, bindings } = snapshot;
  const draws = drawsOnImages(schema);
  const [changing, setChanging] = useState(false);
  return (
    <Dialog title="Keys" onClose={onClose} className={draws ? "wide" : ""}>
      <div className="key-columns">
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
        {(Object.keys(GROUPS) as CommandGroup[]).map((group) => (
          <Group key={group} group={group} snapshot={snapshot} draws={draws} changing={changing} />
        ))}
        {draws && <Gestures />}
      </div>
      <div className="row">
        <label className="row">
          <input
            type="checkbox"
            checked={shortcuts}
            onChange={(event) => onShortcuts(event.target.checked)}
          />
          Single-key shortcuts
        </label>
        <span className="grow" />
        <button
          type="button"
          className="button"
          aria-pressed={changing}
          onClick={() => setChanging(!changing)}
        >
          {changing ? "Done" : "Change keys"}
        </button>
      </div>
    </Dialog>
  );
}

interface GroupProps {
  group: CommandGroup;
  snapshot: Snapshot;
  draws: boolean;
  changing: boolean;
}

function Group({ group, snapshot, draws, changing }: GroupProps) {
  const custom = useCustomKeys();
  const names = commandsOf(draws).filter(
    (name) => commandEntry(name).group === group && !(name === "submit" && snapshot.single),
  );
  if (names.length === 0) return null;
  return (
    <section className="stack">
      <h3>{GROUPS[group]}</h3>
      <dl className="keys">
        {names.map((name) =>
          changing && !commandEntry(name).fixed ? (
            <Changeable key={name} name={name} snapshot={snapshot} draws={draws} />
          ) : (
            <Line key={name} keys={keysOf(name, custom)} text={commandEntry(name).title} />
          ),
        )}
        {group === "workbench" && <Line keys={["ctrl+k"]} text="Search and commands" />}
      </dl>
    </section>
  );
}

/** One command whose key is being changed: the next key pressed on it is its own, unless something else has it. */
function Changeable({ name, snapshot, draws }: { name: CommandName; snapshot: Snapshot; draws: boolean }) {
  const custom = useCustomKeys();
  const { user } = useMe();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { title } = commandEntry(name);
  const press = (event: KeyboardEvent) => {
    if (["Tab", "Escape", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const [key] = namesOf(event.nativeEvent);
    if (key === undefined) return;
    // A character that needs shift is that character, whatever the keyboard makes of shift.
    const plain = event.key.length === 1 && !/[a-z]/i.test(event.key) ? key.replace("shift+", "") : key;
    const reason = conflict(name, plain, draws, snapshot.bindings, custom);
    setRefusal(reason);
    if (reason === null) setCustomKey(user.name, name, plain);
  };
  return (
    <>
      <dt>
        <button
          type="button"
          className="button small"
          aria-label={`Key of ${title}: press a new one`}
          onKeyDown={press}
        >
          {keysOf(name, custom).map(shownKey).join(" or ") || "none"}
        </button>
        {name in custom && (
          <button
            type="button"
            className="button quiet small"
            onClick={() => setCustomKey(user.name, name, null)}
          >
            Reset
          </button>
        )}
      </dt>
      <dd>
        {title}
        {refusal && (
          <span className="tone-error" role="alert">
            {" "}
            {refusal}
          </span>
        )}
      </dd>
    </>
  );
}

function Gestures() {
  return (
    <section className="stack">
      <h3>Moving and drawing</h3>
      <dl className="keys">
        <Line
          keys={["←", "↑", "↓", "→"]}
          text="Move the selection, its chosen point, or the view; Shift: ten times as far"
        />
        <Line keys={["alt+→"]} text="Make wider or narrower, taller or lower" />
        <Line keys={["→", "enter"]} text="While drawing: move the cursor, set a point" />
        <Line keys={["enter"]} text="Close a polygon, end a line" />
        <Line keys={["space"]} text="Held: move the image. The wheel zooms; with Shift it moves sideways" />
      </dl>
    </section>
  );
}

function Line({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <Key key={key}>{shownKey(key)}</Key>
        ))}
      </dt>
      <dd>{text}</dd>
    </>
  );
}
