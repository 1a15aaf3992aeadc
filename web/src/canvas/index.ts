/** The image canvas: drawing, hitting, and hands on it. */
export { ImageView, type ImageViewState, type Shown } from "./imageView";
export { COLORS, firstLabels, type Look, labelLook, looksOf } from "./looks";
export { minimapPoint, minimapSize, paintMinimap } from "./minimap";
export type { Media, Picture } from "./picture";
export { PictureShelf } from "./shelf";
export { tileUrl, wholeTile } from "./tiles";
