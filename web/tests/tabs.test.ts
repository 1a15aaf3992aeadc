import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Hold, TabHold } from "../src/label/tabs";

/** Channels that deliver when told to, in any order between tabs. */
function hall() {
  const tabs: { hold: Hold; tab: TabHold; channel: { onmessage: unknown }; expire: () => void }[] = [];
  const post: (() => void)[] = [];
  const enter = (id: string) => {
    const channel = {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage: (message: unknown) => {
        for (const other of tabs)
          if (other.channel !== channel)
            post.push(() => (other.channel as typeof channel).onmessage?.({ data: message }));
      },
      close: () => undefined,
    };
    const entry = {
      hold: "asking" as Hold,
      channel,
      expire: () => undefined,
    } as unknown as (typeof tabs)[number];
    entry.tab = new TabHold({
      id,
      open: () => channel as unknown as BroadcastChannel,
      wait: () =>
        new Promise((resolve) => {
          entry.expire = () => resolve(undefined);
        }),
      changed: (hold) => {
        entry.hold = hold;
      },
    });
    tabs.push(entry);
    void entry.tab.ask();
    return entry;
  };
  const deliver = () => {
    for (let next = post.shift(); next; next = post.shift()) next();
  };
  return { tabs, enter, deliver };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("tabs", () => {
  it("agree on one that works, whoever comes and takes over", async () => {
    const step = fc.oneof(fc.constantFrom("enter" as const, "deliver" as const), fc.nat(9));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { tabs, enter, deliver } = hall();
        let n = 0;
        for (const what of steps) {
          if (what === "enter") enter(`t${(n++ * 7) % 10}`);
          else if (what === "deliver") deliver();
          // Only one takes over before the others hear of it: a person has one pointer.
          else {
            deliver();
            tabs[what % (tabs.length || 1)]?.tab.take();
            deliver();
          }
        }
        deliver();
        for (const tab of tabs) {
          tab.expire();
          await settled();
          deliver();
        }
        const holding = tabs.filter((tab) => tab.hold === "held").length;
        expect(holding).toBe(tabs.length === 0 ? 0 : 1);
        expect(tabs.filter((tab) => tab.hold === "asking").length).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
