/**
 * Definitions, locks and output directories that a build cannot work with, given to the real command: each is refused
 * with its cause and its remedy, and nothing is lost or half-written.
 */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { BAD_DEFINITIONS } from "../support/bad-definitions.ts";
import { type BuiltBase, builtBase, seedFrom } from "../support/built-base.ts";
import { leavesAlone, refused, sameState, stateOf } from "../support/refusal.ts";
import { requireRoot, run, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { lockOf, RELEASE, writeSmallBase } from "../support/small-base.ts";

describe("build, given a definition that is", () => {
  const scratch = scratchDirectory("definitions");

  for (const { is, files, says, remedy } of BAD_DEFINITIONS) {
    it(`${is}: says where and what to do, and does nothing`, async () => {
      const place = path.join(scratch, is);
      mkdirSync(place);
      for (const [name, contents] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
        writeFileSync(path.join(place, name), contents);
      }
      const arguments_ = ["--out", path.join(place, "out"), "--cache", path.join(place, "cache")];
      const { stderr } = await leavesAlone([place], async () =>
        refused(await slipway("build", path.join(place, "d.yaml"), ...arguments_), {
          status: 3,
          code: "INVALID_DEFINITION",
          cause: /d\.yaml cannot be used: \d+ error/,
          remedy: /correct what is shown above/,
        }),
      );
      for (const [where, rule] of says) {
        const at = where === "" ? "" : `${path.join(place, where)}: `;
        assert.ok(stderr.includes(`${at}error[${rule}]: `), `${where} ${rule}\n${stderr}`);
      }
      assert.match(stderr, remedy);
    });
  }
});

describe("build, given what it cannot make", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("bad-input");
  let base: BuiltBase;
  let cache: string;
  let trees: readonly string[];
  let definition: string;
  let out: string;

  before("build the image that there is nothing wrong with", async () => {
    base = await builtBase();
    cache = seedFrom(base, path.join(scratch, "cache"));
    trees = stateOf(path.join(cache, "steps/tree"));
  });

  /** A definition with a directory of its own, and room for output beside it. */
  const define = (name: string, with_: Parameters<typeof writeSmallBase>[1] = {}): string => {
    const place = path.join(scratch, name);
    definition = writeSmallBase(path.join(place, "definition"), { lock: base.lock, ...with_ });
    out = path.join(place, "out");
    return definition;
  };
  const build = (...more: readonly string[]) =>
    slipway("build", definition, "--out", out, "--cache", cache, ...more);
  const place = (): string => path.dirname(out);

  describe("packages", () => {
    it("that do not exist: names the nearest that do, and leaves the lock alone", async () => {
      const packages = "  debian:\n    packages: [systemd-reslved, opensh-server]\n";
      define("unknown", { image: packages });
      await leavesAlone([place()], async () =>
        refused(await build(), {
          status: 3,
          code: "UNKNOWN_PACKAGE",
          cause: [
            /systemd-reslved \(did you mean systemd-resolved\?\)/,
            /opensh-server \(did you mean openssh-server\?\)/,
          ],
          remedy: /correct image\.debian\.packages/,
        }),
      );
    });

    it("that the lock lacks, when it must not change: names them", async () => {
      define("drift", { image: "  debian:\n    packages: [nano]\n" });
      await leavesAlone([place()], async () =>
        refused(await build("--locked"), {
          status: 1,
          code: "LOCK_DRIFT",
          cause:
            /small\.lock\.json does not fit: .*other packages for x86_64: the lock lacks nano$/m,
          remedy: /build without --locked/,
        }),
      );
    });
  });

  describe("a slot that is too small", () => {
    it("says which size is needed before anything is written", async () => {
      const files =
        "    - path: /usr/share/large\n      contents:\n        local: large\n    - path: /usr/share/other\n      contents:\n        local: large\n";
      define("slot", { slotMib: 256 });
      const large = path.join(path.dirname(definition), "large");
      // Nothing that a file system could leave out or share.
      const bytes = Buffer.alloc(40 * 1024 * 1024);
      for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
      writeFileSync(large, bytes);
      writeSmallBase(path.dirname(definition), { slotMib: 256, files, lock: base.lock });
      const { stderr } = await leavesAlone([place()], async () =>
        refused(await build(), {
          status: 3,
          code: "SLOT_TOO_SMALL",
          cause: /the root needs \d+ MiB and a slot has 256 MiB/,
          remedy: /set image\.slot_size_mib to \d+ or more/,
        }),
      );
      const root = (
        JSON.parse(base.manifest) as { artifacts: Record<string, { readonly size: number }> }
      ).artifacts["root.erofs"];
      const needed = Number(/needs (\d+) MiB/.exec(stderr)?.[1]);
      const expected = (root?.size ?? 0) / 1024 / 1024 + 80;
      assert.ok(Math.abs(needed - expected) <= 2, `${needed} for ${expected}`);
      const advised = Number(/slot_size_mib to (\d+)/.exec(stderr)?.[1]);
      assert.ok(advised >= needed * 1.25 && advised % 256 === 0, `${advised} for ${needed}`);
      assert.ok(!existsSync(out));
    });
  });

  describe("a lock", () => {
    const INVALID: readonly (readonly [string, (lock: string) => string, RegExp])[] = [
      ["that is not JSON", () => "<<<<<<< HEAD\n", /not JSON/],
      ["that is empty", () => "", /not JSON/],
      ["that was cut off", (lock) => lock.slice(0, lock.length / 2), /not JSON/],
      ["that is a list", () => "[]", /lock: must be an object/],
      [
        "of another schema",
        (lock) => lock.replace('"schema": 1', '"schema": 7'),
        /schema: must be 1/,
      ],
      [
        "with a digest that is none",
        (lock) => lock.replace(/"sha256":"[0-9a-f]{4}/, '"sha256":"zzzz'),
        /architectures\.x86_64\.packages\[0\]\.sha256: must match/,
      ],
      [
        "that leads out of the mirror",
        (lock) => lock.replace(/"filename":"pool\//, '"filename":"pool/../../'),
        /packages\[0\]\.filename: must match/,
      ],
      [
        "with a user of an impossible id",
        (lock) => lock.replace(/"uid": \d+/, '"uid": -7'),
        /accounts\..*uid/,
      ],
    ];
    for (const [what, edit, cause] of INVALID) {
      it(`${what}: names the place, and leaves it to be looked at`, async () => {
        const lock = edit(base.lock);
        assert.notEqual(lock, base.lock);
        define(`lock ${what}`, { lock });
        for (const more of [[], ["--locked"]]) {
          await leavesAlone([place()], async () =>
            refused(await build(...more), {
              status: 3,
              code: "LOCK_INVALID",
              cause: [/small\.lock\.json: /, cause],
              remedy: /restore the file from version control, or delete it/,
            }),
          );
        }
      });
    }

    it("that is not there, when it must not change", async () => {
      define("no lock");
      rmSync(lockOf(definition));
      await leavesAlone([place()], async () =>
        refused(await build("--locked"), {
          status: 1,
          code: "LOCK_DRIFT",
          cause: /small\.lock\.json does not fit: there is no lock$/m,
          remedy: /build without --locked/,
        }),
      );
    });

    it("that names other inputs than these, when it must not change: names each", async () => {
      const lock = base.lock
        .replace(/"salt": "...."?/, '"salt": "0000')
        .replace(/"version": "1"/, '"version": "0"')
        .replace(/"erofs-utils": "[^"]*"/, '"erofs-utils": "0.1"');
      define("other inputs", { lock });
      await leavesAlone([place()], async () =>
        refused(await build("--locked"), {
          status: 1,
          code: "LOCK_DRIFT",
          cause: [/version 0, not 1/, /its salt is not that of image base/, /the lock has 0\.1/],
          remedy: /build without --locked/,
        }),
      );
    });

    it("that lacks accounts of the image, when it must not change: before a release is made", async () => {
      const { accounts, ...rest } = JSON.parse(base.lock) as { accounts: { users: object } };
      assert.notDeepEqual(accounts.users, {});
      const lock = JSON.stringify({ ...rest, accounts: { users: {}, groups: {} } });
      define("no accounts", { lock });
      await leavesAlone([place()], async () =>
        refused(await build("--locked"), {
          status: 1,
          code: "LOCK_DRIFT",
          cause: /does not name all accounts of the image/,
          remedy: /build without --locked once/,
        }),
      );
    });
  });

  describe("an output directory that belongs to something else", () => {
    /** What is there before, made in the release's directory. */
    const OCCUPANTS: Readonly<Record<string, (release: string) => void>> = {
      "a file instead of the output directory": () => writeFileSync(out, "notes"),
      "a file instead of the image's directory": (release) => {
        mkdirSync(out, { recursive: true });
        writeFileSync(path.dirname(path.dirname(release)), "notes");
      },
      "a file instead of the release's directory": (release) => {
        mkdirSync(path.dirname(release), { recursive: true });
        writeFileSync(release, "notes");
      },
      "foreign files": (release) => {
        mkdirSync(path.join(release, "photos"), { recursive: true });
        writeFileSync(path.join(release, "photos", "a.jpg"), "photo");
      },
      "a manifest that is none": (release) => {
        mkdirSync(release, { recursive: true });
        writeFileSync(path.join(release, "manifest.json"), '{"name": "a web app"}');
      },
      "a release of another image": (release) => {
        cpSync(base.release, release, {
          recursive: true,
          filter: (file) => !/raw|erofs/.test(file),
        });
        const manifest = base.manifest.replace('"image": "base"', '"image": "web"');
        writeFileSync(path.join(release, "manifest.json"), manifest);
      },
      "a release of another version": (release) => {
        cpSync(base.release, release, {
          recursive: true,
          filter: (file) => !/raw|erofs/.test(file),
        });
        const manifest = base.manifest.replace('"version": "1"', '"version": "7"');
        writeFileSync(path.join(release, "manifest.json"), manifest);
      },
    };
    for (const [what, occupy] of Object.entries(OCCUPANTS)) {
      it(`${what}: nothing in it is touched`, async () => {
        define(what);
        occupy(path.join(out, RELEASE));
        await leavesAlone([place()], async () =>
          refused(await build(), {
            status: 1,
            code: "OUTPUT_OCCUPIED",
            cause: /nothing in it was touched/,
            remedy: /choose another directory with --out, or move away what is there/,
          }),
        );
      });
    }

    it("a file beside an earlier release that would go with it", async () => {
      define("beside a release", { slotMib: 768 });
      const release = path.join(out, RELEASE);
      mkdirSync(path.dirname(release), { recursive: true });
      succeeded(await run(["cp", "--archive", "--link", base.release, release]));
      writeFileSync(path.join(release, "disk.kept.qcow2"), "what a machine wrote");
      await leavesAlone([place(), base.release], async () =>
        refused(await build(), {
          status: 1,
          code: "OUTPUT_OCCUPIED",
          cause: /holds disk\.kept\.qcow2 beside an earlier build/,
          remedy: /move away what is there/,
        }),
      );
      rmSync(path.join(release, "disk.kept.qcow2"));
      succeeded(await build());
      assert.match(readFileSync(path.join(release, "manifest.json"), "utf8"), /"slotSizeMib": 768/);
    });
  });

  describe("afterwards", () => {
    it("leaves a cache that is as good as before, and empty of rubbish", async () => {
      define("afterwards");
      succeeded(await build("--locked"));
      assert.equal(readFileSync(path.join(out, RELEASE, "manifest.json"), "utf8"), base.manifest);
      assert.deepEqual(readdirSync(path.join(cache, "tmp")), []);
      sameState(stateOf(path.join(cache, "steps/tree")), trees);
    });
  });
});
