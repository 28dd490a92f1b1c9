import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { consoleTail } from "../../src/qemu/console-tail.ts";
import { parseMessage, request } from "../../src/qemu/control.ts";
import {
  diskFormat,
  formatBacking,
  machineDiskBytes,
  overlayCommand,
  parseBacking,
  qcow2Size,
} from "../../src/qemu/disk.ts";
import { parseVerdict, verdictFor } from "../../src/qemu/verdict.ts";
import { isPublicKey, parseSshPort } from "../../src/qemu/ssh-access.ts";

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
    const stopped = (cause: string) => ({ kind: "stopped", cause });
    assert.deepEqual(parseMessage(event("guest-reset")), stopped("reset"));
    assert.deepEqual(parseMessage(event("guest-shutdown")), stopped("shutdown"));
    assert.deepEqual(parseMessage(event("host-qmp-quit")), stopped("quit"));
    assert.deepEqual(parseMessage(event("new-in-qemu-12")), stopped("other"));
  });

  it("tells of a guest that starts again, and of its watchdog", () => {
    assert.deepEqual(parseMessage('{"event": "RESET", "data": {"guest": true}}'), {
      kind: "reset",
    });
    assert.deepEqual(parseMessage('{"event": "WATCHDOG", "data": {"action": "reset"}}'), {
      kind: "watchdog",
    });
  });

  it("answers a request by its number, or refuses it with a reason", () => {
    assert.deepEqual(JSON.parse(request(7, "stop")), { execute: "stop", arguments: {}, id: 7 });
    assert.deepEqual(parseMessage('{"return": {"a": 1}, "id": 7}'), {
      kind: "answer",
      id: 7,
      value: { a: 1 },
    });
    assert.deepEqual(parseMessage('{"error": {"class": "X", "desc": "no such thing"}, "id": 8}'), {
      kind: "refusal",
      id: 8,
      reason: "no such thing",
    });
  });

  it("is silent about all else", () => {
    for (const line of ['{"QMP": {}}', '{"return": {}}', '{"event": "RESUME"}', "", "null", "{"]) {
      assert.equal(parseMessage(line), undefined, line);
    }
  });
});

describe("ssh access", () => {
  const USERNET = `Hub -1 (net):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[HOST_FORWARD]  14       127.0.0.1 43373       10.0.2.15    22     0     0
  UDP[236 sec]       17       10.0.2.15 41234        10.0.2.3    53     0     0
`;

  it("finds the port among what QEMU forwards", () => {
    assert.equal(parseSshPort(USERNET), 43_373);
    assert.equal(parseSshPort("Hub -1 (net):\n"), undefined);
  });

  it("tells a public key from everything else, a private one above all", () => {
    assert.ok(isPublicKey("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG== me@here\n"));
    assert.ok(isPublicKey("sk-ssh-ed25519@openssh.com AAAA+/b="));
    assert.ok(!isPublicKey("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"));
    assert.ok(!isPublicKey("ssh-ed25519 AAAA\nssh-ed25519 BBBB\n"));
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
