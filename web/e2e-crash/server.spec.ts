/** A server that is killed again and again while somebody answers, who never has to reload anything. */
import { expect, test } from "@playwright/test";
import { chance, POINTS, SEED } from "./chance";
import { faults, type Given, reader, seedHeadlines } from "./headlines";
import { freshPage, Machine, Server, sleep } from "./machine";

const NAME = "crash-headlines";
const PER_KILL = 6;
const server = new Server();
const machine = new Machine();

test.describe.configure({ timeout: 60_000 + POINTS * 20_000 });
test.beforeAll(() => server.start());
test.afterAll(async () => {
  await machine.stop();
  await server.stop();
});

test(`the server: ${POINTS} kills while answers are given, seed ${SEED}`, async () => {
  seedHeadlines(server, NAME, 20 + POINTS * PER_KILL);
  const dice = chance(SEED);
  const page = await freshPage(await machine.start(server.cookies));
  let loads = 0;
  page.on("load", () => {
    loads += 1;
  });
  const acknowledged: string[] = [];
  page.on("response", (response) => {
    const body = response.request().postDataJSON() as { answer_id?: string } | null;
    if (response.url().endsWith("/answers") && response.ok() && body?.answer_id)
      acknowledged.push(body.answer_id);
  });
  await page.goto(`${server.url}/p/${NAME}/label`);
  const hand = reader(page);
  await hand.ready();
  const given: Given[] = [];
  const said = new Set<string>();
  for (let i = 0; i < POINTS; i++) {
    const killed = sleep(dice.between(0, 400)).then(() => server.kill());
    const back = killed.then(() => sleep(dice.between(0, 700))).then(() => server.start());
    for (let left = dice.between(1, PER_KILL); left > 0; left--) {
      const one = await hand.answer(dice.below(2) as 0 | 1);
      if (one) given.push(one);
      said.add(((await hand.state.textContent()) ?? "").replace(/\d+/, "n"));
      await sleep(dice.between(0, 150));
    }
    await killed;
    said.add(((await hand.state.textContent()) ?? "").replace(/\d+/, "n"));
    await back;
    await hand.ready();
  }
  await expect(hand.state).toHaveText("Saved", { timeout: 30_000 });
  process.stdout.write(
    `server, seed ${SEED}: ${POINTS} kills, ${given.length} answers, ${acknowledged.length} acknowledged; said ${[...said].join(", ")}\n`,
  );
  expect(await faults(server, NAME, given)).toEqual([]);
  expect(loads).toBe(1);
});
