/** What can be done with the names that are ticked. */
import { useState } from "react";
import { zipUrl } from "../../../api/resources";
import type { Entry } from "../../../api/types";
import { bytes, plural } from "../../../ui/format";
import { Icon, type IconName } from "../../../ui/Icon";
import { type Doing, ManyEdits } from "./ManyEdits";

/** An address that names more than this is longer than servers like. */
const MOST_NAMED = 100;

interface Props {
  repo: string;
  at: string;
  path: string;
  selected: readonly Entry[];
  mayWrite: boolean;
  onClear: () => void;
}

const DOINGS: readonly { doing: Doing; text: string; icon: IconName }[] = [
  { doing: "move", text: "Move…", icon: "rename" },
  { doing: "copy", text: "Copy…", icon: "copy" },
  { doing: "delete", text: "Delete…", icon: "trash" },
];

export function SelectionBar({ repo, at, path, selected, mayWrite, onClear }: Props) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const size = selected.reduce((sum, entry) => sum + entry.size, 0);
  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected names">
      <span className="grow" role="status">
        {plural(selected.length, "name")} selected <span className="muted">· {bytes(size)}</span>
      </span>
      {mayWrite &&
        DOINGS.map((each) => (
          <button
            key={each.doing}
            type="button"
            className={`button${each.doing === "delete" ? " danger" : ""}`}
            onClick={() => setDoing(each.doing)}
          >
            <Icon name={each.icon} />
            {each.text}
          </button>
        ))}
      {selected.length <= MOST_NAMED && (
        <a
          className="button"
          href={zipUrl(
            repo,
            at,
            path,
            selected.map((entry) => entry.name),
          )}
          download
        >
          <Icon name="download" />
          Zip
        </a>
      )}
      <button type="button" className="button quiet" onClick={onClear}>
        Clear
      </button>
      {doing && (
        <ManyEdits
          repo={repo}
          branch={at}
          folder={path}
          doing={doing}
          entries={selected}
          onDone={onClear}
          onClose={() => setDoing(null)}
        />
      )}
    </div>
  );
}
