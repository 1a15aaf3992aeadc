/** One file of a commit: its beginning as a table, a tree, text or a picture; and the bytes themselves. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { rawUrl, read } from "../../api/resources";
import type { Json, Preview } from "../../api/types";
import { CodeBlock } from "../../ui/CodeBlock";
import { bytes, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Badge, Empty, Loaded } from "../../ui/parts";
import { ScrollRegion } from "../../ui/ScrollRegion";
import { PathBar } from "./Files";
import { JsonTree } from "./JsonTree";

export function FileView({ repo, at, file }: { repo: string; at: string; file: string }) {
  const preview = useQuery(read.preview(repo, at, file));
  const raw = rawUrl(repo, at, file);
  return (
    <section className="stack" aria-label={file}>
      <PathBar repo={repo} at={at} path={file}>
        {preview.data && <span className="muted small">{bytes(preview.data.size)}</span>}
        {preview.data && <Badge>{preview.data.content_type || preview.data.kind}</Badge>}
        <a className="button" href={raw} download={file.split("/").at(-1)}>
          <Icon name="download" />
          Download
        </a>
      </PathBar>
      <div className="panel file-view">
        <Loaded query={preview} lines={8}>
          {(data) => (
            <>
              <Body preview={data} raw={raw} name={file} />
              {data.truncated && data.kind !== "image" && (
                <p className="muted small cut">
                  Only the beginning is shown. Download the file for the rest.
                </p>
              )}
            </>
          )}
        </Loaded>
      </div>
    </section>
  );
}

function Body({ preview, raw, name }: { preview: Preview; raw: string; name: string }) {
  switch (preview.kind) {
    case "csv":
      return <CsvTable columns={preview.columns ?? []} rows={preview.rows ?? []} />;
    case "json":
      return <JsonBody text={preview.text ?? ""} />;
    case "image":
      return <img className="picture" src={raw} alt={name} />;
    case "text":
      return preview.text ? (
        <CodeBlock>{preview.text}</CodeBlock>
      ) : (
        <Empty icon="file" title="The file is empty" />
      );
    case "binary":
      return (
        <Empty icon="file" title="These bytes have no preview">
          <a className="link" href={raw} download>
            Download {bytes(preview.size)}
          </a>
        </Empty>
      );
  }
}

function CsvTable({ columns, rows }: { columns: string[]; rows: string[][] }) {
  return (
    <ScrollRegion className="csv" label={`Table, ${plural(rows.length, "row")} shown`}>
      <table className="table dense">
        <thead>
          <tr>
            <th scope="col" className="num">
              #
            </th>
            {columns.map((column, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file may share a name
              <th key={i} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are their position
            <tr key={r}>
              <td className="num muted">{r + 1}</td>
              {row.map((cell, c) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row are their position
                <td key={c}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function JsonBody({ text }: { text: string }) {
  const parsed = useMemo((): { value: Json } | null => {
    try {
      return { value: JSON.parse(text) as Json };
    } catch {
      // A cut or broken document is still text.
      return null;
    }
  }, [text]);
  if (parsed === null) return <CodeBlock>{text}</CodeBlock>;
  return (
    <div className="json">
      <JsonTree value={parsed.value} depth={0} />
    </div>
  );
}
