/** Where the joints of a skeleton stand when it is placed as a whole: like a body where they are one, else in a ring. */
import type { Field } from "../api/types";
import type { Box, Joint, Skeleton } from "../geometry";

/** The usual 17 points of a person, in parts of its frame. */
const BODY: Record<string, readonly [number, number]> = {
  nose: [0.5, 0.06],
  left_eye: [0.54, 0.04],
  right_eye: [0.46, 0.04],
  left_ear: [0.59, 0.06],
  right_ear: [0.41, 0.06],
  left_shoulder: [0.68, 0.2],
  right_shoulder: [0.32, 0.2],
  left_elbow: [0.8, 0.36],
  right_elbow: [0.2, 0.36],
  left_wrist: [0.9, 0.5],
  right_wrist: [0.1, 0.5],
  left_hip: [0.61, 0.52],
  right_hip: [0.39, 0.52],
  left_knee: [0.63, 0.75],
  right_knee: [0.37, 0.75],
  left_ankle: [0.64, 0.98],
  right_ankle: [0.36, 0.98],
};

const plain = (name: string): string => name.toLowerCase().replace(/[\s-]+/g, "_");

export function laidOut(field: Field, { x, y, width, height }: Box): Skeleton {
  const names = field.joints ?? [];
  const body = names.every((name) => plain(name) in BODY);
  const points = names.map((name, i): Joint => {
    const angle = (i / names.length) * 2 * Math.PI - Math.PI / 2;
    const ring = [0.5 + 0.5 * Math.cos(angle), 0.5 + 0.5 * Math.sin(angle)] as const;
    const [u, v] = body ? (BODY[plain(name)] ?? ring) : ring;
    return [x + u * width, y + v * height, 2];
  });
  return { type: "skeleton", points: points.length > 0 ? points : [[x + width / 2, y + height / 2, 2]] };
}
