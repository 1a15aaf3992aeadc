/** Tabs and browsers that are killed at random moments: what was done is there again, and nothing is there twice. */
import { expect, test } from "@playwright/test";
import { chance, POINTS, SEED } from "./chance";
import { crowded } from "./crowded";
import { images } from "./images";
import { judgements } from "./judgements";
import { Server } from "./machine";
import { texts } from "./texts";
import { type Modality, Walk } from "./walk";

const TASKS = 8 + 2 * POINTS;
const server = new Server();

test.describe.configure({ mode: "default", timeout: 60_000 + POINTS * 40_000 });
test.beforeAll(() => server.start());
test.afterAll(() => server.stop());

function kills<D>(what: string, kind: Modality<D>, seed: number): void {
  test(`${what}: ${POINTS} kills at random moments, seed ${seed}`, async () => {
    kind.seed(server);
    const walk = new Walk(server, kind, chance(seed), TASKS);
    try {
      await walk.open();
      for (let i = 0; i < POINTS; i++) await walk.point();
      await walk.settle();
    } finally {
      process.stdout.write(`${what}, seed ${seed}: ${JSON.stringify(walk.tally)}\n`);
      await walk.close();
    }
    const { tally } = walk;
    expect(tally.lost).toEqual([]);
    expect(tally.doubled).toEqual([]);
  });
}

kills("judgements", judgements(TASKS), SEED);
kills("texts", texts(TASKS), SEED + 1);
kills("images", images(TASKS), SEED + 2);
// Hundreds of regions take their time: in the long form only.
if (POINTS >= 10) kills("crowded images", crowded(TASKS), SEED + 3);
