import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseShellMessage, shellCredentials, shellRequest } from "../../src/qemu/guest-shell.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("commands of a guest that stays up", () => {
  it("are asked for in one line, whatever is in them", () => {
    const script = "echo 'a\nb' # ü\n";
    const request = shellRequest(script);
    assert.match(request, /^[A-Za-z0-9+/=]+\n$/);
    assert.equal(Buffer.from(request, "base64").toString(), script);
  });

  it("answer with status and both outputs, empty ones too", () => {
    assert.deepEqual(parseShellMessage(`done 3 =${base64("out\n")} =`), {
      kind: "done",
      status: 3,
      stdout: "out\n",
      stderr: "",
    });
  });

  it("come from a boot that says which one it is", () => {
    assert.deepEqual(parseShellMessage("up degraded 6cf613e2"), {
      kind: "up",
      state: "degraded",
      bootId: "6cf613e2",
    });
    assert.equal(parseShellMessage("up"), undefined);
    assert.equal(parseShellMessage("down running x"), undefined);
  });

  it("need one port, that the unit waits for", () => {
    const unit = shellCredentials()["systemd.extra-unit.slipway-run.service"] ?? "";
    assert.match(unit, /^Wants=dev-virtio\\x2dports-slipway\.shell\.device$/m);
  });
});
