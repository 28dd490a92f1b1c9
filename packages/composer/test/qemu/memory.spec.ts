import assert from "node:assert/strict";
import { hastyClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { loadMemory, saveMemory } from "../../src/qemu/memory.ts";

/** A QEMU that says in turn how far it is, and goes on saying the last. */
const play = (...answers: readonly unknown[]) => {
  const asked: string[] = [];
  let left = answers;
  const execute = async (command: string): Promise<unknown> => {
    if (command !== "query-migrate") {
      asked.push(command);
      return {};
    }
    const [next] = left;
    if (left.length > 1) left = left.slice(1);
    return next;
  };
  return { asked, execute };
};

describe("a machine's memory in a file", () => {
  it("is there when QEMU says so", async () => {
    const { asked, execute } = play({}, { status: "active" }, { status: "completed" });
    await saveMemory(execute, hastyClock(), "/copy/memory");
    assert.deepEqual(asked, ["migrate-set-parameters", "migrate"]);
  });

  it("is gone on from when all of it has been read, and not before", async () => {
    const { asked, execute } = play({ status: "active" }, { status: "completed" });
    await loadMemory(execute, hastyClock(), "/copy/memory");
    assert.deepEqual(asked, ["migrate-incoming", "cont"]);
    const failing = play({ status: "failed", "error-desc": "no such device" });
    await assert.rejects(loadMemory(failing.execute, hastyClock(), "/copy/memory"), {
      code: "MACHINE_FAILED",
      message: /could not be read from \/copy\/memory: no such device/,
    });
    assert.deepEqual(failing.asked, ["migrate-incoming"]);
  });

  it("is not waited for without end, whatever QEMU says", async () => {
    for (const answer of [{ status: "active" }, { status: 7 }, "", null, undefined, {}]) {
      const { execute } = play(answer);
      await assert.rejects(saveMemory(execute, hastyClock(), "/copy/memory"), {
        code: "MACHINE_TIMEOUT",
        message: /not written to \/copy\/memory within 300 s/,
      });
    }
  });
});
