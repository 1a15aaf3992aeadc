/** One repository at one ref: its files, one file, or its commits. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { read } from "../../api/resources";
import type { Repo } from "../../api/types";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Badge, Empty, Loaded } from "../../ui/parts";
import { Files } from "./Files";
import { FileView } from "./FileView";
import { History } from "./history/History";
import { isCommitId } from "./paths";
import { NewBranch } from "./refs/BranchDialogs";
import { Refs } from "./refs/Refs";
import { StagedNotice, useStaged } from "./Staged";
import "./data.css";
import { EXACT } from "../../ui/links";

const route = getRouteApi("/shell/data/$repo");

export function RepoPage() {
  const { repo: name } = route.useParams();
  const repo = useQuery(read.repo(name));
  return (
    <Page crumbs={[{ text: "Data", to: "/data" }, { text: name }]}>
      <Loaded query={repo} page lines={6}>
        {(data) => <Opened name={name} repo={data} />}
      </Loaded>
    </Page>
  );
}

function Opened({ name, repo }: { name: string; repo: Repo }) {
  const { ref, path = "/", file, view, lines, start } = route.useSearch();
  const [main] = [repo.branches.find((branch) => branch.name === "main") ?? repo.branches[0]];
  const at = ref ?? main?.name ?? "main";
  const branch = repo.branches.find((each) => each.name === at);
  const staged = useStaged({ repo: name, branch: at });
  // Whether a name that is no branch means anything is for the server to say.
  const empty = branch ? branch.head === null : repo.branches.every((each) => each.head === null);
  return (
    <>
      <div className="page-title">
        <div className="grow">
          <div className="row">
            <h1>{name}</h1>
            <Badge>{repo.kind}</Badge>
          </div>
          {repo.description && <p className="muted">{repo.description}</p>}
        </div>
        <RefPicker name={name} repo={repo} at={at} />
      </div>
      <nav className="tabs" aria-label="Sections">
        <Link
          to="/data/$repo"
          params={{ repo: name }}
          search={ref ? { ref } : {}}
          activeOptions={EXACT}
          aria-current={view !== "commits" && view !== "refs" ? "page" : undefined}
        >
          <Icon name="folder" />
          Files
        </Link>
        <Link
          to="/data/$repo"
          params={{ repo: name }}
          search={{ ...(ref ? { ref } : {}), view: "commits" }}
          activeOptions={EXACT}
          aria-current={view === "commits" ? "page" : undefined}
        >
          <Icon name="commit" />
          Commits
        </Link>
        <Link
          to="/data/$repo"
          params={{ repo: name }}
          search={{ ...(ref ? { ref } : {}), view: "refs" }}
          activeOptions={EXACT}
          aria-current={view === "refs" ? "page" : undefined}
        >
          <Icon name="branch" />
          Branches and tags
        </Link>
      </nav>
      <StagedNotice repo={name} branch={at} />
      {view === "refs" ? (
        <Refs name={name} repo={repo} at={at} />
      ) : empty ? (
        <NothingHere name={name} at={at} />
      ) : view === "commits" ? (
        <History name={name} repo={repo} at={at} lines={lines} />
      ) : file ? (
        <FileView repo={name} at={at} file={file} />
      ) : (
        <Files
          repo={name}
          at={at}
          head={staged === 0 ? (branch?.head ?? null) : null}
          path={path}
          start={start ?? ""}
          writable={branch !== undefined && repo.kind === "user" && !branch.protected}
        />
      )}
    </>
  );
}

function NothingHere({ name, at }: { name: string; at: string }) {
  return (
    <>
      <div className="panel">
        <Empty icon="branch" title="Nothing was committed here yet">
          <code>
            recension put {name}@{at} FILE
          </code>
        </Empty>
      </div>
      <Files repo={name} at={at} head={null} path="/" start="" writable emptyBranch />
    </>
  );
}

function RefPicker({ name, repo, at }: { name: string; repo: Repo; at: string }) {
  const navigate = useNavigate();
  const me = useMe();
  const [branching, setBranching] = useState(false);
  const others = repo.branches.filter((branch) => branch.name !== at && branch.head);
  const tags = useQuery(read.tags(name)).data ?? [];
  const here = [...repo.branches, ...tags].find((each) => each.name === at);
  const main = repo.branches.some((branch) => branch.name === "main")
    ? "main"
    : (repo.branches[0]?.name ?? "");
  return (
    <div className="row">
      <label className="row">
        <span className="visually-hidden">Branch or tag</span>
        <Icon name="branch" />
        <select
          className="select"
          value={at}
          onChange={(event) =>
            navigate({ to: "/data/$repo", params: { repo: name }, search: { ref: event.target.value } })
          }
        >
          {!here && <option value={at}>{isCommitId(at) ? `commit ${shortId(at)}` : at}</option>}
          <optgroup label="Branches">
            {repo.branches.map((branch) => (
              <option key={branch.name} value={branch.name}>
                {branch.name}
              </option>
            ))}
          </optgroup>
          {tags.length > 0 && (
            <optgroup label="Tags">
              {tags.map((tag) => (
                <option key={tag.name} value={tag.name}>
                  {tag.name}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      {mayWriteData(me) && (here || isCommitId(at)) && (
        <button type="button" className="button" onClick={() => setBranching(true)}>
          Branch…
        </button>
      )}
      {mayWriteData(me) && repo.kind === "user" && others.length > 0 && (
        <Link
          className="button"
          to="/data/$repo/merge"
          params={{ repo: name }}
          search={{ from: at === main ? (others[0]?.name ?? "") : at, into: main }}
        >
          <Icon name="merge" />
          Merge
        </Link>
      )}
      <Link
        className="button"
        to="/data/$repo/compare"
        params={{ repo: name }}
        search={{ from: others[0]?.name ?? `${at}^`, to: at }}
      >
        Compare
      </Link>
      {branching && <NewBranch repo={name} at={at} onClose={() => setBranching(false)} />}
    </div>
  );
}
