/** A template in small: its sample, with the answer that was given to it. */
import { useEffect, useRef } from "react";
import type { Template } from "../../api/projectDrafts";
import type { Field, Json } from "../../api/types";
import { eachColumn, type Mask, maskRuns } from "../../geometry";
import { asText, entriesOf } from "../../text/plainText";
import { entriesIn } from "../label/judge/Shown";

const TONES = 8;
const WORDS = 150;

interface Marked {
  readonly shape: { readonly type: string } & Record<string, unknown>;
  readonly labels: readonly string[];
}

interface Mark {
  readonly region: Marked;
  readonly tone: number;
  readonly field: Field;
}

export function Thumb({ template }: { template: Template }) {
  const picture = Object.values(template.media)[0];
  const media = Array.isArray(picture) ? picture[0] : picture;
  const marks = template.schema.fields.flatMap((field) => marksOf(field, template.answer[field.name]));
  const said = template.schema.fields.flatMap((field) => wordsOf(field, template));
  // What is as tall as it is wide would lose its head.
  const fit = (media?.height ?? 0) > 0.8 * (media?.width ?? 1) ? "whole" : "";
  return (
    <span className="thumb" aria-hidden="true">
      {media ? (
        <span className={`thumb-picture ${fit}`}>
          <img src={media.url} alt="" loading="lazy" width={media.width ?? 4} height={media.height ?? 3} />
          <svg
            viewBox={`0 0 ${media.width} ${media.height}`}
            preserveAspectRatio={fit ? "xMidYMid meet" : "xMidYMid slice"}
            focusable="false"
            aria-hidden="true"
          >
            {marks
              .filter(({ region }) => region.shape.type !== "mask")
              .map((mark, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the marks of a template never change
                <Shape key={i} mark={mark} />
              ))}
          </svg>
          <Masks marks={marks} width={media.width ?? 1} height={media.height ?? 1} />
        </span>
      ) : (
        <Words template={template} marks={marks} />
      )}
      {said.length > 0 && (
        <span className="thumb-chips">
          {said.slice(0, 3).map((text) => (
            <span key={text} className="thumb-chip">
              {text}
            </span>
          ))}
        </span>
      )}
    </span>
  );
}

const isMarked = (value: Json): value is Json & Marked =>
  value !== null && typeof value === "object" && !Array.isArray(value) && "shape" in value;

function marksOf(field: Field, answer: Json | undefined): Mark[] {
  if (field.kind !== "regions" || !Array.isArray(answer)) return [];
  return answer.filter(isMarked).map((region) => ({
    region,
    field,
    tone:
      Math.max(
        0,
        field.options.findIndex((option) => option.value === region.labels[0]),
      ) % TONES,
  }));
}

function wordsOf(field: Field, { answer, sample, schema }: Template): string[] {
  const value = answer[field.name];
  if (value === undefined || field.per_region) return [];
  switch (field.kind) {
    case "choice":
      return [asText(value)];
    case "choices":
      return entriesOf(value).map(asText);
    case "taxonomy":
      return entriesOf(value).map((path) => entriesOf(path).map(asText).join(" › "));
    case "rating":
      return ["★".repeat(Number(value)) + "☆".repeat(Math.max(0, (field.maximum ?? 5) - Number(value)))];
    case "text":
      return [`“${asText(value)}”`];
    case "pairwise":
      return [value === "left" ? "First is better" : value === "right" ? "Second is better" : "Equal"];
    case "ranking": {
      if (!Array.isArray(value)) return (field.buckets ?? []).map(({ label }) => label);
      const list = schema.objects.find((object) => object.name === field.of[0]);
      const entries = entriesIn(list && sample[list.field]);
      return [`1. ${entries.find(({ id }) => id === value[0])?.title ?? asText(value[0])}`];
    }
    case "number":
    case "date":
      return [asText(value)];
    default:
      return [];
  }
}

type Points = readonly (readonly [number, number])[];
const spelled = (points: Points): string => points.map(([x, y]) => `${x},${y}`).join(" ");

function Shape({ mark: { region, tone, field } }: { mark: Mark }) {
  const { shape } = region;
  const look = { stroke: `var(--l${tone})`, fill: `var(--l${tone})`, fillOpacity: 0.18, strokeWidth: 6 };
  switch (shape.type) {
    case "box":
      return (
        <rect
          x={Number(shape.x)}
          y={Number(shape.y)}
          width={Number(shape.width)}
          height={Number(shape.height)}
          {...look}
        />
      );
    case "polygon":
      return <polygon points={spelled(shape.outline as Points)} {...look} />;
    case "keypoint":
      return (
        <circle cx={Number(shape.x)} cy={Number(shape.y)} r="12" {...look} fillOpacity={1} stroke="#fff" />
      );
    case "skeleton": {
      const points = shape.points as readonly (readonly [number, number, number])[];
      return (
        <g {...look}>
          {(field.edges ?? []).map(([a, b]) => (
            <line
              key={`${a} ${b}`}
              x1={points[a]?.[0]}
              y1={points[a]?.[1]}
              x2={points[b]?.[0]}
              y2={points[b]?.[1]}
            />
          ))}
          {points.map(([x, y]) => (
            <circle key={`${x} ${y}`} cx={x} cy={y} r="9" fillOpacity={1} stroke="#fff" strokeWidth="3" />
          ))}
        </g>
      );
    }
    default:
      return null;
  }
}

function Masks({ marks, width, height }: { marks: readonly Mark[]; width: number; height: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const masks = marks.filter(({ region }) => region.shape.type === "mask");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the masks of a template never change
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current) return;
    const style = getComputedStyle(canvas.current);
    for (const { region, tone } of masks) {
      context.fillStyle = style.getPropertyValue(`--l${tone}`);
      eachColumn(maskRuns(region.shape as unknown as Mask), height, (x, y0, y1) =>
        context.fillRect(x, y0, 1, y1 - y0),
      );
    }
  }, []);
  return masks.length > 0 ? <canvas ref={canvas} width={width} height={height} /> : null;
}

/** The first text of the sample with its marked parts, or all of its texts one below the other. */
function Words({ template, marks }: { template: Template; marks: readonly Mark[] }) {
  const [first] = template.schema.objects.filter(({ kind }) => kind !== "header");
  const value = first && template.sample[first.field];
  if (first?.kind === "text" && marks.length > 0) return <Spans text={asText(value)} marks={marks} />;
  const texts = template.schema.objects
    .filter(({ kind }) => kind !== "header")
    .flatMap(({ field, kind }) => linesOf(kind, template.sample[field]));
  return (
    <span className="thumb-words">
      {texts.slice(0, 4).map((text) => (
        <span key={text} className="thumb-line">
          {text.slice(0, WORDS)}
        </span>
      ))}
    </span>
  );
}

function linesOf(kind: string, value: Json | undefined): string[] {
  if (kind === "html") return [asText(value).replace(/<[^>]+>/g, " ")];
  if (kind !== "list" && kind !== "dialogue") return [asText(value)];
  return entriesOf(value).map((entry) => {
    if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return asText(entry);
    return kind === "dialogue"
      ? `${asText(entry.author)}: ${asText(entry.text)}`
      : `${asText(entry.title)} ${asText(entry.body)}`;
  });
}

function Spans({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const sorted = [...marks].sort((a, b) => Number(a.region.shape.start) - Number(b.region.shape.start));
  const letters = [...text];
  const pieces: { text: string; tone: number | null }[] = [];
  let at = 0;
  for (const { region, tone } of sorted) {
    const [start, end] = [Number(region.shape.start), Number(region.shape.end)];
    pieces.push({ text: letters.slice(at, start).join(""), tone: null });
    pieces.push({ text: letters.slice(start, end).join(""), tone });
    at = end;
  }
  pieces.push({ text: letters.slice(at).join(""), tone: null });
  return (
    <span className="thumb-words">
      <span>
        {pieces.map((piece, i) =>
          piece.tone === null ? (
            piece.text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a template never change
            <span key={i} className="thumb-span" style={{ borderColor: `var(--l${piece.tone})` }}>
              {piece.text}
            </span>
          ),
        )}
      </span>
    </span>
  );
}
