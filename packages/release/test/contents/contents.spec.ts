import assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import {
  compareContents,
  decodeContents,
  encodeContents,
  parseContentsFile,
  type ReleaseContents,
} from "@slipway/release";
import { describe, it } from "mocha";
import { digest, refusalsOf, valueOf } from "../support/documents.ts";

const MARK = "0".repeat(16);

const CONTENTS: ReleaseContents = {
  kernelArguments: ["roothash=aa", "ro", "console=tty0"],
  packages: [
    { name: "bash", version: "5.2-1", architecture: "amd64" },
    { name: "libc6", version: "2.41-1", architecture: "amd64" },
  ],
  units: [
    { manager: "system", unit: "ssh.service", state: "enabled", mark: MARK },
    { manager: "system", unit: "swap.target", state: "masked", mark: MARK },
    { manager: "user", unit: "dbus.service", state: "idle", mark: MARK },
  ],
  etc: [
    { path: "", kind: "directory", mode: 0o755, uid: 0, gid: 0 },
    { path: "hosts", kind: "file", mode: 0o644, uid: 0, gid: 0, sha256: digest("1") },
    { path: "ssl/Főtanúsítvány.pem", kind: "symlink", uid: 0, gid: 0, target: "../x" },
  ],
};

const asJson = (change: object): object => ({ schema: 1, ...CONTENTS, ...change });

describe("what is in a release", () => {
  it("comes back from its file, and the same contents have the same file", () => {
    const file = encodeContents(CONTENTS);
    assert.deepEqual(valueOf(parseContentsFile(file)), CONTENTS);
    assert.deepEqual(encodeContents(structuredClone(CONTENTS)), file);
  });

  it("is refused where it is not what nodes can read", () => {
    const [bash] = CONTENTS.packages;
    const [ssh] = CONTENTS.units;
    const hosts = { ...CONTENTS.etc[1] };
    for (const [change, refusal] of [
      [{ schema: 2 }, "schema-too-new at schema"],
      [{ kernelArguments: ["a\nb"] }, "wrong-type at kernelArguments"],
      [{ packages: [{ ...bash, version: "1 2" }] }, "bad-shape at packages.0.version"],
      [{ units: [{ ...ssh, unit: "../x" }] }, "bad-shape at units.0.unit"],
      [{ units: [{ ...ssh, state: "on" }] }, "bad-shape at units.0.state"],
      [{ etc: [{ ...hosts, path: "/etc/hosts" }] }, "bad-shape at etc.0.path"],
      [{ etc: [{ ...hosts, mode: 0o10000 }] }, "out-of-range at etc.0.mode"],
      [{ etc: [{ ...hosts, kind: "socket" }] }, "bad-shape at etc.0.kind"],
      [{ etc: Array.from({ length: 20_001 }, () => hosts) }, "too-many at etc"],
    ] as const)
      assert.deepEqual(refusalsOf(decodeContents(asJson(change))).slice(0, 1), [refusal]);
  });

  it("is refused where its file is none, or one that swells", () => {
    for (const file of [
      new Uint8Array([1, 2, 3]),
      brotliCompressSync(Buffer.from('{"schema": 1}')),
      brotliCompressSync(Buffer.alloc(9 * 2 ** 20)),
    ])
      assert.equal(parseContentsFile(file).ok, false);
  });
});

describe("comparing what is in two releases", () => {
  it("finds nothing between a release and itself, whatever its root hash", () => {
    const again = { ...CONTENTS, kernelArguments: ["roothash=bb", "ro", "console=tty0"] };
    const nothing = { added: [], removed: [], changed: [] };
    assert.deepEqual(compareContents(CONTENTS, again), {
      packages: nothing,
      units: { ...nothing, enabled: [], disabled: [], masked: [] },
      kernelArguments: { added: [], removed: [] },
    });
  });

  it("tells packages, what becomes of units, and kernel arguments", () => {
    const after: ReleaseContents = {
      kernelArguments: ["roothash=bb", "ro", "ro", "quiet"],
      packages: [
        { name: "libc6", version: "2.41-2", architecture: "amd64" },
        { name: "zsh", version: "5.9", architecture: "amd64" },
      ],
      units: [
        { manager: "system", unit: "ssh.service", state: "idle", mark: MARK },
        { manager: "system", unit: "swap.target", state: "enabled", mark: MARK },
        { manager: "system", unit: "new.timer", state: "enabled", mark: MARK },
        { manager: "user", unit: "dbus.service", state: "idle", mark: "1".repeat(16) },
      ],
      etc: [],
    };
    assert.deepEqual(compareContents(CONTENTS, after), {
      packages: {
        added: [{ name: "zsh", version: "5.9" }],
        removed: [{ name: "bash", version: "5.2-1" }],
        changed: [{ name: "libc6", before: "2.41-1", after: "2.41-2" }],
      },
      units: {
        added: ["new.timer"],
        removed: [],
        enabled: ["swap.target", "new.timer"],
        disabled: ["ssh.service"],
        masked: [],
        changed: ["user/dbus.service"],
      },
      kernelArguments: { added: ["ro", "quiet"], removed: ["console=tty0"] },
    });
  });

  it("tells packages of one name apart by their architectures", () => {
    const one = { name: "libc6", version: "1", architecture: "amd64" };
    const foreign = { ...one, architecture: "i386" };
    const { packages } = compareContents(
      { ...CONTENTS, packages: [one] },
      { ...CONTENTS, packages: [one, foreign] },
    );
    assert.deepEqual(packages.added, [{ name: "libc6:i386", version: "1" }]);
    assert.deepEqual([packages.removed, packages.changed], [[], []]);
  });
});
