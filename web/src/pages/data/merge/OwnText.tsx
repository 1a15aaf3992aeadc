/** Text of one's own for a path that both sides changed, begun from either side. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { read } from "../../../api/resources";
import type { Conflicting } from "../../../api/types";

const MOST_BYTES = 1 << 20;

interface Props {
  repo: string;
  from: string;
  into: string;
  conflict: Conflicting;
  /** Null until a side is there to begin with. */
  text: string | null;
  onText: (text: string) => void;
}

export function OwnText({ repo, from, into, conflict: { path, ours, theirs }, text, onText }: Props) {
  const mine = useSide(repo, into, path, ours);
  const other = useSide(repo, from, path, theirs);
  const first = mine.text ?? other.text;
  useEffect(() => {
    if (text === null && first !== null) onText(first);
  }, [text, first, onText]);
  if (text === null)
    return (
      <p className="muted" role="status">
        {mine.waits || other.waits ? "Loading…" : "This is no text, or more than can be edited here."}
      </p>
    );
  return (
    <div className="stack">
      <div className="row">
        <span className="grow muted small">Becomes the file in the merge.</span>
        {mine.text !== null && (
          <button type="button" className="button" onClick={() => onText(mine.text ?? "")}>
            Begin with {into}
          </button>
        )}
        {other.text !== null && (
          <button type="button" className="button" onClick={() => onText(other.text ?? "")}>
            Begin with {from}
          </button>
        )}
      </div>
      <textarea
        className="textarea mono own-text"
        aria-label={`Text of ${path}`}
        value={text}
        onChange={(event) => onText(event.target.value)}
        spellCheck={false}
      />
    </div>
  );
}

/** The text of one side; null where it is none, or not there yet. */
function useSide(repo: string, ref: string, path: string, side: Conflicting["ours"]) {
  const wanted = side !== null && side.size <= MOST_BYTES;
  const query = useQuery({ ...read.text(repo, ref, path, side?.blob ?? ""), enabled: wanted });
  return { text: wanted ? (query.data ?? null) : null, waits: wanted && query.isPending };
}
