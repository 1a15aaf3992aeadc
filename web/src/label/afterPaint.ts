/** Resolves when the next frame is on the screen: for work that need not make anybody wait for it. */
const LONGEST_MS = 100;

/** Called in a frame, resolves when that frame is drawn. */
export function frameDrawn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    // A hidden tab has no frames.
    const timer = setTimeout(resolve, LONGEST_MS);
    if (typeof requestAnimationFrame === "undefined") return;
    requestAnimationFrame(() => {
      clearTimeout(timer);
      // Behind those who only want to know that it is drawn.
      void frameDrawn().then(() => setTimeout(resolve, 0));
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
