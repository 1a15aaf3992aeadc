/** One file on both sides, compared the way its kind is read. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { rawUrl, read } from "../../../api/resources";
import type { Difference } from "../../../api/types";
import { bytes } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Failure, Loading } from "../../../ui/parts";
import { compute } from "../diff/compute";
import { type FileDiff, MOST_BYTES, type View, viewOf } from "../diff/diff";
import type { Shown } from "./Differences";
import { Images } from "./Images";
import { JsonView } from "./JsonView";
import { TableView } from "./TableView";
import { TextView } from "./TextView";

interface Props {
  repo: string;
  /** Commit ids: what is shown stays what it is. */
  from: string;
  to: string;
  difference: Difference;
  shown: Shown;
  onShow: (shown: Shown) => void;
}

export function FileDifference(props: Props) {
  const { repo, from, to, difference, shown, onShow } = props;
  const { before, after, kind, path } = difference;
  const view = viewOf(path);
  if (view === "image")
    return (
      <Images
        name={path}
        before={before && rawUrl(repo, from, before.path)}
        after={after && rawUrl(repo, to, after.path)}
        as={shown.as}
        onAs={(as) => onShow({ ...shown, as })}
      />
    );
  if (kind === "renamed")
    return (
      <Said>
        The content is the same; only the path has changed. <Sides {...props} />
      </Said>
    );
  const largest = Math.max(before?.size ?? 0, after?.size ?? 0);
  if (largest > MOST_BYTES)
    return (
      <Said>
        This file has {bytes(largest)}. Files of more than {bytes(MOST_BYTES)} are not compared in the
        browser; download both sides and compare them there. <Sides {...props} />
      </Said>
    );
  return <Compared {...props} view={view} />;
}

function Compared(props: Props & { view: Exclude<View, "image"> }) {
  const { repo, from, to, difference, shown, onShow, view } = props;
  const { before, after, path } = difference;
  const left = useQuery({
    ...read.text(repo, from, before?.path ?? "", before?.blob ?? ""),
    enabled: before !== null,
  });
  const right = useQuery({
    ...read.text(repo, to, after?.path ?? "", after?.blob ?? ""),
    enabled: after !== null,
  });
  const key = shown.key === "rows" ? "" : (shown.key ?? null);
  const [old, young] = [before ? left.data : "", after ? right.data : ""];
  const ready = old !== undefined && young !== undefined && old !== null && young !== null;
  const diff = useQuery({
    queryKey: ["file-diff", before?.blob, after?.blob, view, key],
    queryFn: ({ signal }): Promise<FileDiff> =>
      compute({ view, name: path, before: old ?? "", after: young ?? "", key }, signal),
    enabled: ready,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const error = left.error ?? right.error ?? diff.error;
  const shownDiff = useMemo(() => {
    switch (diff.data?.kind) {
      case "csv":
        return <TableView diff={diff.data} onKey={(chosen) => onShow({ ...shown, key: chosen ?? "rows" })} />;
      case "json":
        return <JsonView diff={diff.data} />;
      case "text":
        return <TextView diff={diff.data} />;
      default:
        return null;
    }
  }, [diff.data, shown, onShow]);
  if (error) return <Failure error={error} />;
  if (old === null || young === null)
    return (
      <Said>
        The bytes differ, and they are no text. <Sides {...props} />
      </Said>
    );
  if (!shownDiff) return <Loading lines={3} label="Comparing" />;
  return (
    <div className="difference">
      {shownDiff}
      <p className="cut small muted">
        <Sides {...props} />
      </p>
    </div>
  );
}

const Said = ({ children }: { children: ReactNode }) => <p className="cut muted difference">{children}</p>;

function Sides({ repo, from, to, difference: { before, after } }: Props) {
  const side = (ref: string, file: string, text: string) => (
    <Link className="link" to="/data/$repo" params={{ repo }} search={{ ref, file }}>
      <Icon name="file" />
      {text}
    </Link>
  );
  return (
    <span className="sides">
      {before && side(from, before.path, "Open before")}
      {after && side(to, after.path, "Open after")}
    </span>
  );
}
