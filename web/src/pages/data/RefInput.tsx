/** A ref to choose or to write: a name from the list, or anything that means a commit. */
import { useEffect, useId, useState } from "react";
import type { Repo, Tag } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { isCommitId } from "./paths";

interface InputProps {
  label: string;
  repo: Repo;
  tags: readonly Tag[];
  value: string;
  onChange: (value: string) => void;
}

/** A name from the list, or anything that means a commit: an id, `main^2`. */
export function RefInput({ label, repo, tags, value, onChange }: InputProps) {
  const [text, setText] = useState(value);
  const list = useId();
  useEffect(() => setText(value), [value]);
  const names = [...repo.branches.map((branch) => branch.name), ...tags.map((tag) => tag.name)];
  const take = (ref: string) => {
    if (ref.trim() !== "" && ref.trim() !== value) onChange(ref.trim());
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        take(text);
      }}
    >
      <label className="row">
        <span className="muted">{label}</span>
        <Icon
          name={isCommitId(value) ? "commit" : tags.some((tag) => tag.name === value) ? "tag" : "branch"}
        />
        <input
          className="input mono ref-input"
          list={list}
          value={text}
          placeholder="branch, tag or commit"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            // Chosen from the list, or typed to its end: there is nothing left to say.
            if (names.includes(event.target.value)) take(event.target.value);
          }}
          onBlur={() => take(text)}
        />
      </label>
      <datalist id={list}>
        {repo.branches.map((branch) => (
          <option key={branch.name} value={branch.name}>
            branch
          </option>
        ))}
        {tags.map((tag) => (
          <option key={tag.name} value={tag.name}>
            tag
          </option>
        ))}
      </datalist>
    </form>
  );
}
