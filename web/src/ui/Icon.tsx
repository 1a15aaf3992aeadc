/** The icons, drawn on a 16 px grid. Always beside a name: an icon says nothing to a screen reader. */
const PATHS = {
  home: "M2.5 7 8 2.5l5.5 4.5M4 6v7.5h8V6M6.5 13.5V9.5h3v4",
  tag: "M2.5 7.8V3a.5.5 0 0 1 .5-.5h4.8l5.7 5.7a.7.7 0 0 1 0 1l-4.3 4.3a.7.7 0 0 1-1 0zM5.2 5.2h.01",
  data: "M13 4c0 1.1-2.2 2-5 2S3 5.1 3 4s2.2-2 5-2 5 .9 5 2ZM3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2",
  flow: "M2 3.5h4v4H2zM10 8.5h4v4h-4zM6 5.5h2.5v5H10",
  lineage:
    "M4 4.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4 14.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM12 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4 4.5v7M4 8h6.5",
  people:
    "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c.3-2.5 2-4 4.5-4s4.2 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.5M12 9.8c1.5.6 2.4 1.9 2.6 3.7",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  check: "m3 8.5 3.2 3L13 4.5",
  close: "m4 4 8 8M12 4l-8 8",
  right: "m6 3.5 4.5 4.5L6 12.5",
  down: "m3.5 6 4.5 4.5L12.5 6",
  folder: "M2 12.5v-9h4l1.5 2H14v7z",
  file: "M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5",
  table: "M2 3h12v10H2zM2 6.5h12M2 9.8h12M6.5 3v10",
  image: "M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h.01",
  upload: "M8 10.5V3M5 5.5 8 2.5l3 3M2.5 10.5v3h11v-3",
  download: "M8 2.5V10M5 7.5l3 3 3-3M2.5 10.5v3h11v-3",
  play: "M4.5 3v10l8-5z",
  pause: "M5 3v10M11 3v10",
  copy: "M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8z",
  undo: "M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6.5",
  skip: "M3 3.5v9l6-4.5zM12.5 3.5v9",
  book: "M8 4C6.5 2.9 4.7 2.5 2 2.5v10c2.7 0 4.5.4 6 1.5 1.5-1.1 3.3-1.5 6-1.5v-10c-2.7 0-4.5.4-6 1.5ZM8 4v10",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.5",
  coin: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM10 6c-.3-.8-1-1.2-2-1.2-1.2 0-2 .6-2 1.5 0 2.3 4 1.1 4 3.4 0 .9-.8 1.5-2 1.5-1 0-1.8-.4-2.1-1.2M8 3.8v1M8 11.2v1",
  warn: "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8h.01",
  lock: "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  commit: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM1.5 8H5M11 8h3.5",
  branch:
    "M4.5 4.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 14.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 6.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 4.5v7M11.5 6.5c0 2.5-7 1.5-7 4.5",
  plus: "M8 3v10M3 8h10",
  link: "M6.5 9.5 9.5 6.5M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2",
  keyboard: "M1.5 4h13v8h-13zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.5 6.5h.01M4.5 9.5h7",
  robot: "M3 6h10v7H3zM8 6V3M6 9.2h.01M10 9.2h.01M8 3h.01",
  trash: "M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.5 9h6l.5-9",
  rename: "M2.5 13.5h11M3.5 10.5l.6-2.6L10.5 1.5l2 2-6.4 6.4z",
  swap: "M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
