/** A tree of options, of which one or several paths are chosen; branches unfold, and a name finds its place. */
import { useState } from "react";
import type { Json, Option } from "../../../api/types";
import { Icon } from "../../../ui/Icon";
import type { ControlProps } from "./controls";

type Path = readonly string[];

export function Taxonomy({ field, value, title, onSet }: ControlProps) {
  const [typed, setTyped] = useState("");
  const chosen = pathsOf(value);
  const toggle = (path: Path) => {
    const has = chosen.some((each) => same(each, path));
    const rest = chosen.filter((each) => !same(each, path));
    const next = has ? rest : field.max_usages === 1 ? [path] : [...rest, path];
    onSet(next.length > 0 ? next.map((each) => [...each]) : null);
  };
  const wanted = typed.trim().toLowerCase();
  return (
    <div className="taxonomy">
      <input
        className="input"
        type="search"
        placeholder="Find by name"
        aria-label={`Find in ${title}`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Branch
        options={field.options}
        path={[]}
        chosen={chosen}
        leavesOnly={field.leaves_only ?? false}
        wanted={wanted}
        onToggle={toggle}
      />
      {chosen.length > 0 && (
        <p className="muted" role="status">
          Chosen: {chosen.map((path) => path.join(" / ")).join(", ")}
        </p>
      )}
    </div>
  );
}

interface BranchProps {
  options: readonly Option[];
  path: Path;
  chosen: readonly Path[];
  leavesOnly: boolean;
  wanted: string;
  onToggle: (path: Path) => void;
}

function Branch({ options, path, chosen, leavesOnly, wanted, onToggle }: BranchProps) {
  const [unfolded, setUnfolded] = useState<Readonly<Record<string, boolean>>>({});
  const shown = options.filter((option) => holds(option, wanted));
  return (
    <ul>
      {shown.map((option) => {
        const own = [...path, option.value];
        const children = option.children ?? [];
        const box = (
          <label title={option.hint || undefined}>
            <input
              type="checkbox"
              checked={chosen.some((each) => same(each, own))}
              disabled={leavesOnly && children.length > 0}
              onChange={() => onToggle(own)}
            />{" "}
            {option.label || option.value}
          </label>
        );
        if (children.length === 0) return <li key={option.value}>{box}</li>;
        const found = wanted !== "" || chosen.some((each) => own.every((step, i) => each[i] === step));
        const isOpen = unfolded[option.value] ?? found;
        const name = option.label || option.value;
        return (
          <li key={option.value}>
            <div className="row">
              <button
                type="button"
                className="button quiet icon-only"
                aria-expanded={isOpen}
                aria-label={`What is below ${name}`}
                onClick={() => setUnfolded({ ...unfolded, [option.value]: !isOpen })}
              >
                <Icon name={isOpen ? "down" : "right"} />
              </button>
              {box}
            </div>
            {isOpen && (
              <Branch
                options={children}
                path={own}
                chosen={chosen}
                leavesOnly={leavesOnly}
                wanted={nameOf(option).includes(wanted) ? "" : wanted}
                onToggle={onToggle}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const nameOf = (option: Option): string => (option.label || option.value).toLowerCase();
const holds = (option: Option, wanted: string): boolean =>
  nameOf(option).includes(wanted) || (option.children ?? []).some((child) => holds(child, wanted));
const same = (a: Path, b: Path): boolean => a.length === b.length && a.every((step, i) => step === b[i]);
const pathsOf = (value: Json | undefined): Path[] =>
  Array.isArray(value) ? value.flatMap((path) => (Array.isArray(path) ? [path.map(String)] : [])) : [];
