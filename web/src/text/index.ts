/** Texts with marks: plain text, HTML, dialogues. */
export type { Granularity } from "./segments";
export { type Extent, type Look, TextView, type TextViewOptions } from "./textView";
