import { describe, expect, it } from "vitest";
import { stagedText } from "../src/pages/data/Staged";

describe("what is staged, in words", () => {
  it("counts", () => {
    expect(stagedText(1)).toBe("1 staged change");
    expect(stagedText(1200)).toBe("1,200 staged changes");
  });
});
