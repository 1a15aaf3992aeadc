/** A graph to look at and walk through: nodes are focusable, Enter or a click chooses one. */
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { memo, useMemo } from "react";
import type { GraphEdge } from "../api/types";
import { Icon, type IconName } from "../ui/Icon";
import { Dot } from "../ui/parts";
import { layout } from "./layout";
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

const SIZE = { width: 208, height: 54, gapX: 72, gapY: 22 };
const ICONS: Record<string, IconName> = {
  repo: "data",
  pipeline: "flow",
  project: "people",
  commit: "commit",
  guideline: "book",
};

type ItemNode = Node<{ item: Item }, "item">;

const ItemBox = memo(function ItemBox({ data, selected }: NodeProps<ItemNode>) {
  const { item } = data;
  return (
    <div className={`node kind-${item.kind}${selected ? " selected" : ""}${item.focus ? " focus" : ""}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Icon name={ICONS[item.kind] ?? "file"} />
      <span className="grow">
        <span className="clip title">{item.title}</span>
        <span className="clip note">
          {item.state && <Dot state={item.state} />}
          {item.note}
        </span>
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

const NODE_TYPES = { item: ItemBox };

interface Props {
  label: string;
  items: readonly Item[];
  edges: readonly GraphEdge[];
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

export default function GraphView({ label, items, edges, chosen, onChoose }: Props) {
  const shape = `${items.map((item) => item.id).join("\n")}|${edges.map((edge) => `${edge.from}>${edge.to}`).join("\n")}`;
  // The layout depends on which nodes and edges there are, not on their changing states.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for both
  const places = useMemo(
    () =>
      new Map(
        layout(
          items.map((item) => item.id),
          edges,
          SIZE,
        ).map((p) => [p.id, p]),
      ),
    [shape],
  );
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
          data: { item },
          selected: item.id === chosen,
          ariaLabel: `${item.kind} ${item.title}${item.state ? `, ${item.state}` : ""}`,
        };
      }),
    [items, places, chosen],
  );
  const lines = useMemo(
    () =>
      edges.map((edge): Edge => {
        const near = chosen !== undefined && (edge.from === chosen || edge.to === chosen);
        return {
          id: `${edge.from}→${edge.to}`,
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
    [edges, chosen],
  );
  return (
    <section className="graph" aria-label={label}>
      <ReactFlowProvider>
        <ReactFlow
          nodes={nodes}
          edges={lines}
          nodeTypes={NODE_TYPES}
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
