/** Pure geometry of image regions: no screen, no document. */
export { dragFrame, type Frame, frameCorners, framed, frameOf, SMALLEST_PX } from "./frame";
export {
  dragHandle,
  type Handle,
  handlesOf,
  jointOf,
  withJoint,
  withoutHandle,
  withVertexAt,
} from "./handles";
export { maskContains, maskOfRuns, maskRuns, maskSize, movedMask } from "./mask";
export { areaOf, boundsOf, caught, type Edges, hits, middleOf } from "./measure";
export {
  type Bounds,
  boundsBetween,
  distance,
  encloses,
  grow,
  intersects,
  NOWHERE,
  type Point,
  round4,
  turned,
  union,
} from "./points";
export { ringsOf, simplified } from "./rings";
export {
  eachColumn,
  inRuns,
  lengthsOfRuns,
  type Runs,
  ringRuns,
  runsArea,
  runsBounds,
  runsOfLengths,
  runsWithout,
  type Size,
  shiftedRuns,
  spelled,
  strokeRuns,
  unionOfRuns,
  unspelled,
} from "./runs";
export {
  type Box,
  type Ellipse,
  IMAGE_SHAPES,
  type ImageShape,
  type ImageShapeType,
  isImageShape,
  type Joint,
  type Keypoint,
  type Mask,
  type Polygon,
  type Polyline,
  type RotatedBox,
  rounded,
  type Shape,
  type ShapeType,
  type Skeleton,
  type Span,
} from "./shapes";
export { snapped } from "./snap";
export { clampPoint, grown, heldIn, moved, stretched } from "./transform";
