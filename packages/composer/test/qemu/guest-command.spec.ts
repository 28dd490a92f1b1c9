import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  commandCredentials,
  LONGEST_COMMAND,
  parseStatus,
  PORTS,
} from "../../src/qemu/guest-command.ts";

/** OVMF drops a type 11 structure of this size. */
const SMBIOS_LIMIT = 65_536;

const smbiosBytes = (credentials: Readonly<Record<string, string>>): number =>
  Object.entries(credentials).reduce(
    (sum, [name, text]) =>
      sum +
      `io.systemd.credential.binary:${name}=`.length +
      1 +
      Math.ceil(Buffer.byteLength(text) / 3) * 4,
    0,
  );

describe("a command for the guest", () => {
  it("comes as it is, whatever quotes are in it", () => {
    const command = `echo "it's" $HOME \`x\` \\n, and\nmore`;
    assert.equal(commandCredentials(command, 60)["slipway.command"], command);
  });

  it("is started by a unit that the debug generator makes, without being a job that boot waits for", () => {
    const credentials = commandCredentials("true", 60);
    assert.deepEqual(Object.keys(credentials), [
      "systemd.extra-unit.slipway-run.service",
      "systemd.unit-dropin.multi-user.target",
      "slipway.script",
      "slipway.command",
    ]);
    const unit = credentials["systemd.extra-unit.slipway-run.service"] ?? "";
    assert.match(unit, /^Type=exec$/m);
    assert.match(unit, /^After=basic\.target dev-virtio\\x2dports-slipway\.status\.device /m);
    assert.match(
      credentials["systemd.unit-dropin.multi-user.target"] ?? "",
      /^Wants=slipway-run\.service$/m,
    );
  });

  it("speaks through the ports and in the words that are understood here", () => {
    const script = commandCredentials("true", 77)["slipway.script"] ?? "";
    for (const port of PORTS) assert.ok(script.includes(`/dev/virtio-ports/${port}`), port);
    assert.match(script, /timeout 77 systemctl/);
    assert.match(script, /echo "settled \$state"/);
    assert.match(script, /echo "exit \$\?"/);
  });

  it("is refused when the firmware would drop it", () => {
    assert.ok(
      smbiosBytes(commandCredentials("x".repeat(LONGEST_COMMAND), 9999)) < SMBIOS_LIMIT - 2048,
    );
    assert.throws(() => commandCredentials("ü".repeat(LONGEST_COMMAND / 2 + 1), 60), {
      code: "COMMAND_TOO_LONG",
    });
  });
});

describe("what the guest says of the command", () => {
  it("is read by the line", () => {
    assert.deepEqual(parseStatus("settled running"), { kind: "settled", state: "running" });
    assert.deepEqual(parseStatus("exit 137\r"), { kind: "exit", status: 137 });
    assert.deepEqual(parseStatus("job 12 a.service start running"), {
      kind: "job",
      job: "12 a.service start running",
    });
  });

  it("is ignored when it is nothing known", () => {
    for (const line of ["", "exit", "exit x", "exit 1.5", "settled", "hello 1"]) {
      assert.equal(parseStatus(line), undefined, line);
    }
  });
});
