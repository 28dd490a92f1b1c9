/** The first half of a factory reset, as the initrd runs it, on real directories: what it takes away, and what a power cut leaves. */
import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type ResetChoice, resetFiles, resetOrder } from "@slipway/agent";
import { describe, it } from "mocha";
import { run, scratchDirectory } from "../support/release.ts";

const SCRIPT = path.resolve(import.meta.dirname, "../../packages/composer/node/reset-node");

const FILES: Readonly<Record<string, string>> = {
  "home/ann/notes": "ann's",
  "lib/slipway/agent/ledger-0": "ledger",
  "lib/slipway/node-id": "id",
  "lib/slipway/machine-id": "machine",
  "lib/slipway/ssh/ssh_host_ed25519_key": "key",
  "lib/slipway/etc/aaaa/upper/hosts": "hosts",
  "lib/slipway/sshd": "begins like a kept one",
  "lib/pg data/base/1": "database",
  "lib/pg data2/1": "another",
  "log/journal/x": "log",
  ".hidden/x": "hidden",
  "..odd": "two dots",
  "lib/-rf": "a name like an option",
  "lib/$(touch x)": "a name like a command",
  "lib/star*": "a name like a pattern",
  "lib/new\nline": "a name of two lines",
};

const CHOICE: ResetChoice = {
  keep: ["/var/lib/slipway/ssh", "/var/lib/pg data", "/var/lib/[a-z]*", "/var/link/below"],
  newMachineId: false,
};

describe("reset-node", function () {
  this.timeout("2m");
  const scratch = scratchDirectory("factory-reset");

  const makeData = (name: string): string => {
    const data = path.join(scratch, name);
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(data, file)), { recursive: true });
      writeFileSync(path.join(data, file), text);
    }
    mkdirSync(path.join(scratch, "elsewhere"), { recursive: true });
    writeFileSync(path.join(scratch, "elsewhere/file"), "elsewhere");
    symlinkSync(path.join(scratch, "elsewhere"), path.join(data, "link"));
    symlinkSync("/nowhere", path.join(data, "lib/dangling"));
    return data;
  };

  const AWAY = ".slipway-reset";

  /** All that is below a directory but what was moved away: path and contents. */
  const left = (data: string, at = ""): readonly string[] =>
    readdirSync(path.join(data, at))
      .toSorted()
      .flatMap((name): readonly string[] => {
        const file = path.join(at, name);
        if (file === AWAY) return [];
        const stats = lstatSync(path.join(data, file));
        if (stats.isSymbolicLink()) return [`${file} -> ${readlinkSync(path.join(data, file))}`];
        if (stats.isDirectory()) return [`${file}/`, ...left(data, file)];
        return [`${file}: ${readFileSync(path.join(data, file), "utf8")}`];
      });

  const KEPT = [
    "lib/",
    "lib/pg data/",
    "lib/pg data/base/",
    "lib/pg data/base/1: database",
    "lib/slipway/",
    "lib/slipway/agent/",
    "lib/slipway/agent/ledger-0: ledger",
    "lib/slipway/machine-id: machine",
    "lib/slipway/node-id: id",
    "lib/slipway/ssh/",
    "lib/slipway/ssh/ssh_host_ed25519_key: key",
  ];

  const withLink = [...KEPT, `link -> ${path.join(scratch, "elsewhere")}`];

  const orderIn = (data: string, text: string = resetOrder(CHOICE)): string => {
    const order = path.join(data, "lib/slipway/reset");
    writeFileSync(order, text);
    return order;
  };

  const reset = (data: string, PATH = process.env["PATH"] ?? "") =>
    run(["env", `PATH=${PATH}`, "sh", SCRIPT, data]);

  it("takes all away but what is kept, and the order with it", async () => {
    const data = makeData("whole");
    const order = orderIn(data);
    const { status, stderr } = await reset(data);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(left(data), withLink);
    assert.equal(existsSync(order), false);
    assert.ok(existsSync(path.join(scratch, "elsewhere/file")), "it went through a link");
    // Whoever was nobody's business there still is nobody's business.
    assert.equal(lstatSync(path.join(data, AWAY)).mode & 0o777, 0o700);
    // Nobody ordered it again.
    assert.equal((await reset(data)).status, 0);
    assert.deepEqual(left(data), withLink);
  });

  it("takes what the agent said that it would take", async () => {
    const data = makeData("told");
    mkdirSync(path.join(data, "lib/slipway/agent"), { recursive: true });
    const files = resetFiles({ data, state: path.join(data, "lib/slipway/agent") });
    const told = await files.lost(CHOICE);
    await files.order(CHOICE);
    assert.equal(await files.isOrdered(), true);
    assert.equal((await reset(data)).status, 0);
    const gone = readdirSync(path.join(data, AWAY));
    assert.equal(told.paths.length, gone.length);
    for (const one of told.paths)
      assert.equal(existsSync(path.join(data, one.slice("/var/".length))), false, one);
    assert.equal(await files.isOrdered(), false);
  });

  it("is taken back while nobody has booted", async () => {
    const data = makeData("cancelled");
    const files = resetFiles({ data, state: path.join(data, "lib/slipway/agent") });
    const before = left(data);
    await files.order(CHOICE);
    assert.equal(await files.cancel(), true);
    assert.equal(await files.cancel(), false);
    assert.equal((await reset(data)).status, 0);
    assert.deepEqual(left(data), before);
  });

  it("does nothing by an order that is not whole, or not one that it knows", async () => {
    const data = makeData("torn");
    const whole = resetOrder(CHOICE);
    const orders = [
      ...["", "slipway-reset 1\n", "slipway-reset 1\nend\n", "keep lib\nend\n", "end\n"],
      ...[whole.replace("reset 1", "reset 2"), `${whole}keep x\n`, whole.replace("end\n", "")],
      ...[whole.replace("keep ", "spare "), `\n${whole}`, "\0".repeat(100)],
    ];
    for (const text of orders) {
      const order = orderIn(data, text);
      const before = left(data);
      assert.equal((await reset(data)).status, 1, JSON.stringify(text));
      assert.deepEqual(left(data), before, JSON.stringify(text));
      rmSync(order);
    }
  });

  it("goes on where it was cut off, after each of its moves", async () => {
    const bin = path.join(scratch, "bin");
    mkdirSync(bin);
    // The power fails with the move: the shell that asked for it is gone before it knows.
    const mv = `#!/bin/sh
read -r moves <"$0.left"
[ "$moves" -gt 0 ] || { kill -KILL "$PPID"; exit 1; }
echo $((moves - 1)) >"$0.left"
exec /usr/bin/mv "$@"
`;
    writeFileSync(path.join(bin, "mv"), mv, { mode: 0o755 });
    const cutPath = `${bin}:${process.env["PATH"] ?? ""}`;
    let cuts = 0;
    for (let moves = 0; ; moves += 1) {
      const data = makeData(`cut-${moves}`);
      const order = orderIn(data);
      writeFileSync(path.join(bin, "mv.left"), `${moves}\n`);
      const { status } = await reset(data, cutPath);
      if (status === 0) break;
      cuts += 1;
      assert.ok(existsSync(order), "the order went before all was done");
      assert.equal((await reset(data)).status, 0);
      assert.deepEqual(left(data), withLink);
    }
    assert.ok(cuts >= 10, `${cuts} cuts`);
  });

  it("leaves the order for the next boot where something cannot be moved", async () => {
    const bin = path.join(scratch, "failing");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "mv"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const data = makeData("failing-data");
    const order = orderIn(data);
    assert.equal((await reset(data, `${bin}:${process.env["PATH"] ?? ""}`)).status, 1);
    assert.ok(existsSync(order));
    assert.equal((await reset(data)).status, 0);
    assert.deepEqual(left(data), withLink);
  });
});
