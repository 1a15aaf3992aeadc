/** Texts with marks: plain text, HTML, dialogues. */
export { ArcLayer, type ArcLook } from "./arcLayer";
export type { Granularity } from "./segments";
export { type Extent, type Look, TextView, type TextViewOptions } from "./textView";
