/** Resolves when the next frame is on the screen: for work that need not make anybody wait for it. */
const LONGEST_MS = 100;

export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    // A hidden tab has no frames.
    const timer = setTimeout(resolve, LONGEST_MS);
    if (typeof requestAnimationFrame === "undefined") return;
    requestAnimationFrame(() => {
      // A message comes after the frame is drawn, and behind the messages of others who wait for it.
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => {
        clearTimeout(timer);
        drawn.port1.close();
        resolve();
      };
      drawn.port2.postMessage(0);
    });
  });
}

/** Resolves when nothing else waits to be done, or after `latestMs`. */
export function whenIdle(latestMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: latestMs });
  });
}
