/** A graph to look at and walk through: nodes are focusable, Enter or a click chooses one. */
import {
  Background,
  BaseEdge,
  Controls,
  type Edge,
  type EdgeProps,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { memo, useMemo, useState } from "react";
import type { GraphEdge } from "../api/types";
import { Icon, type IconName } from "../ui/Icon";
import { Dot } from "../ui/parts";
import { type Direction, edgeKey, fittingLayout, type Point } from "./layout";
import { pathThrough } from "./path";
import "./graph.css";

export interface Item {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly note: string;
  readonly state: string | null;
  /** The node that the page is about. */
  readonly focus?: boolean;
}

const SIZE = { width: 208, height: 54, between: 44, beside: 24 };
const ICONS: Record<string, IconName> = {
  repo: "data",
  pipeline: "flow",
  project: "people",
  commit: "commit",
  guideline: "book",
};

/** About the room beside the rail and the side panel; what it is exactly decides nothing. */
const roomLeft = () => ({ width: window.innerWidth - 530, height: window.innerHeight - 44 });

type ItemNode = Node<{ item: Item; direction: Direction }, "item">;

const ItemBox = memo(function ItemBox({ data, selected }: NodeProps<ItemNode>) {
  const { item, direction } = data;
  const down = direction === "down";
  return (
    <div className={`node kind-${item.kind}${selected ? " selected" : ""}${item.focus ? " focus" : ""}`}>
      <Handle type="target" position={down ? Position.Top : Position.Left} isConnectable={false} />
      <Icon name={ICONS[item.kind] ?? "file"} />
      <span className="grow">
        <span className="clip title">{item.title}</span>
        <span className="note">
          {item.state && <Dot state={item.state} />}
          <span className="clip">{item.note}</span>
        </span>
      </span>
      <Handle type="source" position={down ? Position.Bottom : Position.Right} isConnectable={false} />
    </div>
  );
});

type RouteEdge = Edge<{ points: readonly Point[]; direction: Direction }, "route">;

const Route = memo(function Route({
  sourceX,
  sourceY,
  targetX,
  targetY,
  data,
  markerEnd,
}: EdgeProps<RouteEdge>) {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.points ?? []), { x: targetX, y: targetY }];
  return (
    <BaseEdge path={pathThrough(points, data?.direction ?? "right")} {...(markerEnd ? { markerEnd } : {})} />
  );
});

const EDGE_TYPES = { route: Route };
const NODE_TYPES = { item: ItemBox };

interface Props {
  label: string;
  items: readonly Item[];
  edges: readonly GraphEdge[];
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

export default function GraphView({ label, items, edges, chosen, onChoose }: Props) {
  const [room] = useState(roomLeft);
  const shape = `${items.map((item) => item.id).join("\n")}|${edges.map((edge) => `${edge.from}>${edge.to}`).join("\n")}`;
  // The layout depends on which nodes and edges there are, not on their changing states.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for both
  const { direction, places, routes } = useMemo(() => {
    const ids = items.map((item) => item.id);
    const fitting = fittingLayout(ids, edges, SIZE, room);
    return { ...fitting, places: new Map(fitting.places.map((place) => [place.id, place])) };
  }, [shape]);
  const nodes = useMemo(
    () =>
      items.map((item): ItemNode => {
        const place = places.get(item.id);
        return {
          id: item.id,
          type: "item",
          position: { x: place?.x ?? 0, y: place?.y ?? 0 },
          width: SIZE.width,
          height: SIZE.height,
          data: { item, direction },
          selected: item.id === chosen,
          ariaLabel: `${item.kind} ${item.title}${item.state ? `, ${item.state}` : ""}`,
        };
      }),
    [items, places, direction, chosen],
  );
  const lines = useMemo(
    () =>
      edges.map((edge): RouteEdge => {
        const near = chosen !== undefined && (edge.from === chosen || edge.to === chosen);
        return {
          id: edgeKey(edge),
          type: "route",
          data: { points: routes.get(edgeKey(edge)) ?? [], direction },
          source: edge.from,
          target: edge.to,
          className: near ? "near" : "",
          focusable: false,
          markerEnd: {
            type: MarkerType.ArrowClosed,
            width: 14,
            height: 14,
            color: near ? "var(--accent)" : "var(--control)",
          },
        };
      }),
    [edges, routes, direction, chosen],
  );
  return (
    <section className="graph" aria-label={label}>
      <ReactFlowProvider>
        <ReactFlow
          nodes={nodes}
          edges={lines}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          fitView
          fitViewOptions={{ padding: 0.15, maxZoom: 1 }}
          minZoom={0.1}
          maxZoom={1.5}
          proOptions={{ hideAttribution: true }}
          onNodeClick={(_, node) => onChoose(node.id)}
          onPaneClick={() => onChoose(undefined)}
          onNodesChange={(changes) => {
            // Enter and Space on a focused node arrive here as its selection.
            for (const change of changes)
              if (change.type === "select" && change.selected) onChoose(change.id);
          }}
        >
          <Background gap={24} size={1} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </ReactFlowProvider>
    </section>
  );
}
