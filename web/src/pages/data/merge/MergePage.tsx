/** Bringing one branch into another: what would change, every conflict decided one by one, then one commit. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { change, type Resolution, read } from "../../../api/resources";
import type { MergePreview, Repo } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { plural, shortId } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Empty, Loaded } from "../../../ui/parts";
import { Differences, type Shown } from "../compare/Differences";
import { isCommitId } from "../paths";
import { RefInput } from "../RefInput";
import { RepoFrame } from "../RepoFrame";
import { TOUCHED } from "../touched";
import { Conflicts } from "./Conflicts";
import { bytesOf, type Decision, isDecided } from "./decisions";
import "../data.css";
import "./merge.css";

const route = getRouteApi("/shell/data/$repo/merge");

export function MergePage() {
  const { repo: name } = route.useParams();
  return (
    <RepoFrame name={name} title="Merge">
      {(repo) => <Opened name={name} repo={repo} />}
    </RepoFrame>
  );
}

function Opened({ name, repo }: { name: string; repo: Repo }) {
  const navigate = useNavigate();
  const { from = "", into = "main", ...shown } = route.useSearch();
  const tags = useQuery(read.tags(name)).data ?? [];
  const set = (next: { from: string; into: string }) =>
    navigate({ to: "/data/$repo/merge", params: { repo: name }, search: next, replace: true });
  const show = useCallback(
    (next: Shown) => {
      void navigate({
        to: "/data/$repo/merge",
        params: { repo: name },
        search: { from, into, ...next },
        replace: true,
      });
    },
    [navigate, name, from, into],
  );
  return (
    <>
      <div className="page-title">
        <h1 className="grow">Merge</h1>
        <RefInput
          label="From"
          repo={repo}
          tags={tags}
          value={from}
          onChange={(ref) => set({ from: ref, into })}
        />
        <label className="row">
          <span className="muted">into</span>
          <Icon name="branch" />
          <select
            className="select"
            value={into}
            onChange={(event) => set({ from, into: event.target.value })}
          >
            {repo.branches.map((branch) => (
              <option key={branch.name}>{branch.name}</option>
            ))}
          </select>
        </label>
      </div>
      {from && from !== into ? (
        <Preview key={`${from} ${into}`} name={name} from={from} into={into} shown={shown} onShow={show} />
      ) : (
        <div className="panel">
          <Empty icon="merge" title="Choose what to merge" />
        </div>
      )}
    </>
  );
}

interface PreviewProps {
  name: string;
  from: string;
  into: string;
  shown: Shown;
  onShow: (shown: Shown) => void;
}

function Preview({ name, from, into, shown, onShow }: PreviewProps) {
  const preview = useQuery(read.merge(name, from, into));
  return (
    <Loaded query={preview} lines={5}>
      {(data) =>
        data.how === "nothing" ? (
          <div className="panel">
            <Empty icon="check" title={`${into} holds everything of ${from} already`} />
          </div>
        ) : (
          <>
            <Merging name={name} from={from} into={into} preview={data} />
            <section className="stack" aria-labelledby="brought">
              <h2 id="brought">
                {data.base
                  ? `What ${from} has changed since they parted`
                  : `How ${from} differs from ${into}`}
              </h2>
              <Differences repo={name} from={data.base ?? into} to={from} shown={shown} onShow={onShow} />
            </section>
          </>
        )
      }
    </Loaded>
  );
}

interface MergingProps {
  name: string;
  from: string;
  into: string;
  preview: MergePreview;
}

function Merging({ name, from, into, preview }: MergingProps) {
  const navigate = useNavigate();
  const [decisions, setDecisions] = useState<Readonly<Record<string, Decision>>>({});
  const [message, setMessage] = useState("");
  const open = preview.conflicts.filter((each) => !isDecided(decisions[each.path]));
  const usual = `Merge ${isCommitId(from) ? shortId(from) : from} into ${into}`;
  const merge = useAction(
    async () => {
      const resolve: Record<string, Resolution> = {};
      for (const { path } of preview.conflicts) {
        const decision = decisions[path];
        if (!decision) continue;
        resolve[path] =
          decision.take === "text" ? { receipt: await change.blob(name, bytesOf(decision)) } : decision.take;
      }
      return change.merge(name, from, into, { resolve, message: message.trim() || null });
    },
    {
      touches: TOUCHED,
      said:
        preview.how === "fast-forward" ? `${into} went forward to ${from}` : `Merged ${from} into ${into}`,
      after: () => void navigate({ to: "/data/$repo", params: { repo: name }, search: { ref: into } }),
    },
  );
  return (
    <>
      {preview.conflicts.length > 0 && (
        <Conflicts
          repo={name}
          from={from}
          into={into}
          conflicts={preview.conflicts}
          decisions={decisions}
          onDecide={(path, decision) => setDecisions((all) => ({ ...all, [path]: decision }))}
          onDecideAll={(take) =>
            setDecisions((all) => ({
              ...all,
              ...Object.fromEntries(open.map(({ path }): [string, Decision] => [path, { take }])),
            }))
          }
        />
      )}
      <form
        className="panel merge-form"
        onSubmit={(event) => {
          event.preventDefault();
          merge.mutate(undefined);
        }}
      >
        <p className="grow">{told(preview, from, into, open.length)}</p>
        {preview.how === "merged" && (
          <input
            className="input"
            value={message}
            placeholder={usual}
            aria-label="Message"
            onChange={(event) => setMessage(event.target.value)}
          />
        )}
        <button type="submit" className="button primary" disabled={open.length > 0 || merge.isPending}>
          <Icon name="merge" />
          {merge.isPending ? "Merging…" : "Merge"}
        </button>
      </form>
    </>
  );
}

function told({ how, changes, conflicts }: MergePreview, from: string, into: string, open: number): string {
  if (how === "fast-forward") return `${into} has nothing of its own: it goes forward to ${from}.`;
  const what = `${plural(changes, "path")} change on ${into}`;
  if (conflicts.length === 0) return `${what}, without a conflict.`;
  return open > 0 ? `${plural(open, "conflict")} to decide.` : `Every conflict is decided. ${what}.`;
}
