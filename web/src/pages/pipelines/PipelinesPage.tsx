/** How data flows here: repos, code pipelines and people in one picture, with what is going on right now. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { read } from "../../api/resources";
import type { Graph as GraphData, GraphNode } from "../../api/types";
import { Graph, type Item } from "../../graph/Graph";
import { Page } from "../../shell/Page";
import { Icon } from "../../ui/Icon";
import { Dot, Empty, Loaded, StateBadge } from "../../ui/parts";
import "../../graph/graph.css";
import "../home/home.css";

const route = getRouteApi("/shell/pipelines");

export function PipelinesPage() {
  const graph = useQuery(read.graph());
  return (
    <Page crumbs={[{ text: "Pipelines" }]} width="flush">
      <h1 className="visually-hidden">Pipelines</h1>
      <Loaded query={graph} lines={6}>
        {(data) =>
          data.nodes.length === 0 ? (
            <Empty icon="flow" title="Nothing flows here yet">
              <p>Repos, pipelines and labelling projects appear in this picture as soon as they exist.</p>
              <code>recension pipeline create pipeline.yaml</code>
            </Empty>
          ) : (
            <Drawn graph={data} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Drawn({ graph }: { graph: GraphData }) {
  const { node } = route.useSearch();
  const navigate = useNavigate();
  const items = useMemo(
    () =>
      graph.nodes.map(
        (each): Item => ({
          id: each.id,
          kind: each.kind,
          title: each.name,
          note: each.detail || each.state || each.kind,
          state: each.state || null,
        }),
      ),
    [graph.nodes],
  );
  const chosen = graph.nodes.find((each) => each.id === node);
  return (
    <div className="graph-page">
      <Graph
        label="Repos, pipelines and projects"
        items={items}
        edges={graph.edges}
        chosen={node}
        onChoose={(id) => navigate({ to: "/pipelines", search: id ? { node: id } : {}, replace: true })}
      />
      <aside className="side" aria-label="Details">
        {chosen ? <Details node={chosen} graph={graph} /> : <Everything nodes={graph.nodes} />}
      </aside>
    </div>
  );
}

const KINDS = [
  { kind: "project", title: "People" },
  { kind: "pipeline", title: "Code" },
  { kind: "repo", title: "Data" },
] as const;

function Everything({ nodes }: { nodes: GraphNode[] }) {
  return (
    <>
      {KINDS.map(({ kind, title }) => {
        const some = nodes.filter((node) => node.kind === kind);
        if (some.length === 0) return null;
        return (
          <section key={kind} aria-label={title}>
            <h2 className="side-title">{title}</h2>
            <NodeList nodes={some} />
          </section>
        );
      })}
    </>
  );
}

function NodeList({ nodes }: { nodes: GraphNode[] }) {
  return (
    <ul className="lines">
      {nodes.map((node) => (
        <li key={node.id}>
          <Link to="/pipelines" search={{ node: node.id }} replace>
            <Dot state={node.state} />
            <span className="clip">{node.name}</span>
            <span className="grow clip muted small" style={{ textAlign: "right" }}>
              {node.detail || node.state}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Details({ node, graph }: { node: GraphNode; graph: GraphData }) {
  const byId = new Map(graph.nodes.map((each) => [each.id, each]));
  const sources = graph.edges
    .filter((edge) => edge.to === node.id)
    .flatMap((edge) => byId.get(edge.from) ?? []);
  const targets = graph.edges
    .filter((edge) => edge.from === node.id)
    .flatMap((edge) => byId.get(edge.to) ?? []);
  return (
    <>
      <div className="side-body">
        <div className="row">
          <h2 className="grow clip">{node.name}</h2>
          <Link to="/pipelines" replace className="button quiet icon-only" aria-label="Close details">
            <Icon name="close" />
          </Link>
        </div>
        <div className="row wrap">
          <span className="badge">{node.kind}</span>
          {node.state && <StateBadge state={node.state} />}
        </div>
        {node.detail && <p className="muted">{node.detail}</p>}
        <Link to={node.href} className="button">
          Open {node.kind}
          <Icon name="right" />
        </Link>
      </div>
      {sources.length > 0 && (
        <section aria-label="Comes from">
          <h3 className="side-title">Comes from</h3>
          <NodeList nodes={sources} />
        </section>
      )}
      {targets.length > 0 && (
        <section aria-label="Goes to">
          <h3 className="side-title">Goes to</h3>
          <NodeList nodes={targets} />
        </section>
      )}
    </>
  );
}
