import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { consoleTail } from "../../src/qemu/console-tail.ts";
import { parseStop } from "../../src/qemu/control.ts";
import {
  diskFormat,
  formatBacking,
  machineDiskBytes,
  overlayCommand,
  parseBacking,
  qcow2Size,
} from "../../src/qemu/disk.ts";
import { parseVerdict, verdictFor } from "../../src/qemu/verdict.ts";

describe("the tail of a console", () => {
  it("is plain text: no colours, titles, cursor moves or carriage returns", () => {
    const raw =
      "\u001B[2J\u001B[01;01H[\u001B[0;32m  OK  \u001B[0m] Reached\r\n\u001B]104\u0007\u001B[?7hvm login: \r\n\r\n";
    assert.equal(consoleTail(raw, 5), "[  OK  ] Reached\nvm login:");
  });

  it("is the last lines", () => {
    assert.equal(consoleTail("a\n\nb\nc\n", 2), "b\nc");
    assert.equal(consoleTail("", 2), "");
  });

  it("keeps the reason of a panic that its trace has pushed out", () => {
    const trace = Array.from({ length: 9 }, (_, index) => `trace ${index}`).join("\n");
    assert.equal(
      consoleTail(`before\n[ 1.0] Kernel panic - not syncing: why\n${trace}`, 2),
      "[ 1.0] Kernel panic - not syncing: why\n…\ntrace 7\ntrace 8",
    );
  });
});

describe("QMP", () => {
  it("tells why a guest stopped", () => {
    const event = (reason: string): string =>
      `{"timestamp": {"seconds": 1}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "${reason}"}}`;
    assert.equal(parseStop(event("guest-reset")), "reset");
    assert.equal(parseStop(event("guest-shutdown")), "shutdown");
    assert.equal(parseStop(event("host-qmp-quit")), "quit");
    assert.equal(parseStop(event("new-in-qemu-12")), "other");
  });

  it("is silent about all else", () => {
    for (const line of ['{"QMP": {}}', '{"return": {}}', '{"event": "RESET"}', "", "null", "{"]) {
      assert.equal(parseStop(line), undefined, line);
    }
  });
});

describe("disks", () => {
  it("are told apart by their first bytes", () => {
    const qcow2 = Buffer.alloc(32);
    qcow2.write("QFI\xfb", "latin1");
    qcow2.writeBigUInt64BE(10n * 2n ** 30n, 24);
    assert.equal(diskFormat(qcow2), "qcow2");
    assert.equal(qcow2Size(qcow2), 10 * 2 ** 30);
    assert.equal(diskFormat(Buffer.alloc(32)), "raw");
    assert.equal(diskFormat(Buffer.alloc(0)), "raw");
  });

  it("are overlays over the image", () => {
    assert.deepEqual(
      overlayCommand({ file: "/s/d", backing: "/r/disk.raw", backingFormat: "raw", bytes: 7 }).argv,
      ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/r/disk.raw", "/s/d", "7"],
    );
  });

  it("grow and never shrink", () => {
    assert.equal(machineDiskBytes(10, undefined), 10 + 8 * 2 ** 30);
    assert.equal(machineDiskBytes(10, 20), 20);
    assert.throws(() => machineDiskBytes(20, 10), { code: "MACHINE_FAILED" });
  });

  it("are kept over one image only", () => {
    const backing = { size: 5, modifiedMs: 6.25 };
    assert.deepEqual(parseBacking(formatBacking(backing)), backing);
    for (const text of ["", "[]", "null", "{}", '{"size":"5","modifiedMs":6}']) {
      assert.equal(parseBacking(text), undefined, text);
    }
  });
});

describe("the verdict on KVM", () => {
  const works = verdictFor({ works: true }, "boot", "/tree");
  const fails = verdictFor({ works: false, reason: "why" }, "boot", "/tree");

  it("is remembered for one boot and one QEMU", () => {
    assert.deepEqual(parseVerdict(works, "boot", "/tree"), { works: true });
    assert.deepEqual(parseVerdict(fails, "boot", "/tree"), { works: false, reason: "why" });
    assert.equal(parseVerdict(works, "later boot", "/tree"), undefined);
    assert.equal(parseVerdict(works, "boot", "/other"), undefined);
  });

  it("is nothing when it cannot be read", () => {
    for (const text of ["", "null", "{}", '{"bootId":"boot","tree":"/tree","works":"yes"}']) {
      assert.equal(parseVerdict(text, "boot", "/tree"), undefined, text);
    }
  });
});
