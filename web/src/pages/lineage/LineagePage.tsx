/** Everything that one commit was made from, and everything made from it: data, code, people and their guideline. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { read } from "../../api/resources";
import type { Lineage, LineageNode } from "../../api/types";
import { Graph, type Item } from "../../graph/Graph";
import { answerText } from "../../label/answers";
import { Page } from "../../shell/Page";
import { shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Loaded } from "../../ui/parts";
import "../../graph/graph.css";
import "../home/home.css";

const route = getRouteApi("/shell/lineage/$commit");

export function LineagePage() {
  const { commit } = route.useParams();
  const lineage = useQuery(read.lineage(commit));
  const subject = lineage.data?.nodes.find((node) => node.commit === commit);
  const crumbs = [
    { text: "Data", to: "/data" },
    ...(subject?.repo ? [{ text: subject.repo, to: `/data/${encodeURIComponent(subject.repo)}` }] : []),
    { text: `Lineage of ${shortId(commit)}` },
  ];
  return (
    <Page crumbs={crumbs} width="flush">
      <h1 className="visually-hidden">Lineage of {shortId(commit)}</h1>
      <Loaded query={lineage} lines={6}>
        {(data) => <Drawn commit={commit} lineage={data} />}
      </Loaded>
    </Page>
  );
}

function noteOf(node: LineageNode): string {
  if (node.kind !== "commit") return node.kind;
  return [node.branch, node.commit ? shortId(node.commit) : null].filter(Boolean).join(" · ");
}

function Drawn({ commit, lineage }: { commit: string; lineage: Lineage }) {
  const { node } = route.useSearch();
  const navigate = useNavigate();
  const items = useMemo(
    () =>
      lineage.nodes.map((each): Item => {
        const title = each.kind === "commit" ? (each.repo ?? each.label) : each.label;
        return {
          id: each.id,
          kind: each.kind,
          title,
          note: noteOf(each),
          state: null,
          focus: each.commit === commit && each.kind === "commit",
        };
      }),
    [lineage.nodes, commit],
  );
  const chosen = lineage.nodes.find((each) => each.id === node);
  return (
    <div className="graph-page">
      <Graph
        label="Lineage"
        items={items}
        edges={lineage.edges}
        chosen={node}
        onChoose={(id) =>
          navigate({
            to: "/lineage/$commit",
            params: { commit },
            search: id ? { node: id } : {},
            replace: true,
          })
        }
      />
      <aside className="side" aria-label="Details">
        {chosen ? (
          <Details node={chosen} commit={commit} />
        ) : (
          <Everything lineage={lineage} commit={commit} />
        )}
        {lineage.truncated && <p className="side-body muted">There is more than is shown here.</p>}
      </aside>
    </div>
  );
}

function Everything({ lineage, commit }: { lineage: Lineage; commit: string }) {
  return (
    <section aria-label="All nodes">
      <h2 className="side-title">In this picture</h2>
      <ul className="lines">
        {lineage.nodes.map((node) => (
          <li key={node.id}>
            <Link to="/lineage/$commit" params={{ commit }} search={{ node: node.id }} replace>
              <span className="clip">{node.kind === "commit" ? (node.repo ?? node.label) : node.label}</span>
              <span className="grow clip muted small" style={{ textAlign: "right" }}>
                {noteOf(node)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Details({ node, commit }: { node: LineageNode; commit: string }) {
  return (
    <div className="side-body">
      <div className="row">
        <h2 className="grow clip">{node.label}</h2>
        <Link
          to="/lineage/$commit"
          params={{ commit }}
          replace
          className="button quiet icon-only"
          aria-label="Close details"
        >
          <Icon name="close" />
        </Link>
      </div>
      <dl className="facts">
        <dt>Kind</dt>
        <dd>{node.kind}</dd>
        {node.repo && (
          <>
            <dt>Branch</dt>
            <dd>
              {node.repo}@{node.branch}
            </dd>
          </>
        )}
        {node.at && (
          <>
            <dt>Made</dt>
            <dd>
              <Ago at={node.at} />
            </dd>
          </>
        )}
        {node.commit && (
          <>
            <dt>Commit</dt>
            <dd className="mono">{node.commit}</dd>
          </>
        )}
        {Object.entries(node.meta).map(([name, value]) => (
          <Fact
            key={name}
            name={name}
            value={typeof value === "object" && value !== null ? JSON.stringify(value) : answerText(value)}
          />
        ))}
      </dl>
      {node.kind === "project" && (
        <Link className="button" to="/p/$project" params={{ project: node.label }}>
          Open project
        </Link>
      )}
      {node.kind === "pipeline" && (
        <Link className="button" to="/pipelines/$name" params={{ name: node.label }}>
          Open pipeline
        </Link>
      )}
      {node.repo && node.commit && (
        <div className="row wrap">
          <Link className="button" to="/data/$repo/commit/$id" params={{ repo: node.repo, id: node.commit }}>
            Open commit
          </Link>
          {node.commit !== commit && (
            <Link className="button" to="/lineage/$commit" params={{ commit: node.commit }}>
              Its lineage
            </Link>
          )}
        </div>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd>{value}</dd>
    </>
  );
}
