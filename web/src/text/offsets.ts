/** Offsets in UTF-16 units, as the browser counts, and in code points, as labels count. */

export class Offsets {
  /** Units at which the second half of a pair stands, ascending. */
  private readonly halves: number[] = [];

  constructor(readonly text: string) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
        this.halves.push(i + 1);
        i++;
      }
    }
  }

  /** Code points before so many units; in the middle of a pair, those before the pair. */
  points(units: number): number {
    return units - countBelow(this.halves, units + 1);
  }

  /** Units before so many code points. */
  units(points: number): number {
    let low = 0;
    let high = this.halves.length;
    // The k-th pair begins at point halves[k] - 1 - k: those that begin before `points` add a unit each.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.halves[middle] as number) - 1 - middle < points) low = middle + 1;
      else high = middle;
    }
    return points + low;
  }

  /** Whether a cut after so many units would part a pair. */
  splits(units: number): boolean {
    return this.halves[countBelow(this.halves, units)] === units;
  }

  get length(): number {
    return this.text.length - this.halves.length;
  }
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** How many of the ascending numbers are below the limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
