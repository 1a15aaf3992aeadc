/** What stands above a folder: its last commit, its size, the way to a name, and the folder as an archive. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { zipUrl } from "../../../api/resources";
import type { Listing } from "../../../api/types";
import { bytes, plural, shortId } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Ago } from "../../../ui/parts";
import { Revert } from "../history/CommitDialogs";

interface Props {
  repo: string;
  at: string;
  path: string;
  start: string;
  listing: Listing;
  mayUndo: boolean;
}

export function Summary({ repo, path, start, at, listing, mayUndo }: Props) {
  const [undoing, setUndoing] = useState(false);
  const { commit } = listing;
  const navigate = useNavigate();
  const [prefix, setPrefix] = useState(start);
  return (
    <div className="panel-head">
      <Icon name="commit" />
      <Link className="link mono" to="/data/$repo/commit/$id" params={{ repo, id: commit.id }}>
        {shortId(commit.id)}
      </Link>
      <span className="grow clip" title={`${commit.author} · ${commit.message}`}>
        {commit.message || <span className="muted">no message</span>}
      </span>
      <span className="muted small nowrap">
        <Ago at={commit.at} /> · {plural(listing.files, "file")} · {bytes(listing.size)}
      </span>
      {mayUndo && (
        <button
          type="button"
          className="button quiet icon-only"
          aria-label={`Undo the last commit on ${at}`}
          title="Undo the last commit"
          onClick={() => setUndoing(true)}
        >
          <Icon name="undo" />
        </button>
      )}
      {undoing && <Revert repo={repo} commit={commit} branch={at} onClose={() => setUndoing(false)} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({
            to: "/data/$repo",
            params: { repo },
            search: { ref: at, path, ...(prefix ? { start: prefix } : {}) },
            replace: true,
          });
        }}
      >
        <input
          className="input jump"
          value={prefix}
          onChange={(event) => setPrefix(event.target.value)}
          placeholder="Jump to name…"
          aria-label="Jump to the first name that starts with"
          spellCheck={false}
        />
      </form>
      {listing.files > 0 && (
        <a
          className="button"
          href={zipUrl(repo, commit.id, path)}
          download
          title="This folder as a zip archive"
        >
          <Icon name="download" />
          Zip
        </a>
      )}
    </div>
  );
}
