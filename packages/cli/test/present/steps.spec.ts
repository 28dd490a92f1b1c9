import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inOrder, stepLines } from "../../src/present/steps.ts";

const made = (changed?: readonly string[]) => ({
  step: "root",
  verdict: "make" as const,
  ...(changed === undefined ? {} : { changed }),
});

describe("the reason of a step", () => {
  it("names the inputs that changed", () => {
    assert.deepEqual(stepLines([made(["file /etc/motd", "package openssl"])], "done"), [
      "root  made, because of file /etc/motd, package openssl",
    ]);
  });

  it("counts what is too much to read", () => {
    const changed = Array.from({ length: 200 }, (_, index) => `package p${index}`);
    const [line = ""] = stepLines([made(changed)], "planned");
    assert.match(line, /^root {2}to be made, because of package p0, .* package p11 and 188 more$/);
  });

  it("is another one the first time, and when the cache was emptied", () => {
    assert.deepEqual(stepLines([made()], "done"), ["root  made, for the first time"]);
    assert.deepEqual(stepLines([made([])], "done"), [
      "root  made, since its result is no longer in the cache",
    ]);
  });
});

describe("steps", () => {
  it("come in the order in which one needs the other, strangers last", () => {
    const steps = ["zz", "uki", "aa", "root", "tree", "initrd", "kernel"].map((step) => ({ step }));
    assert.deepEqual(
      inOrder(steps).map(({ step }) => step),
      ["kernel", "initrd", "tree", "root", "uki", "aa", "zz"],
    );
  });
});
