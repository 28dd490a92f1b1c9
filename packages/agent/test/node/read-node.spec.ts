import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HostFacts } from "../../src/node/facts.ts";
import { nodeIdOf, readNodeId } from "../../src/node/node-id.ts";
import { observedOf } from "../../src/machine/observe.ts";
import { readNode } from "../../src/node/read-node.ts";
import {
  bootedUki,
  commandLine,
  DATA_UUID,
  fillOther,
  HASH_UUID,
  OTHER_ROOTHASH,
  otherUki,
  readerOf,
  ROOTHASH,
  type Scene,
  scene,
  type SceneOptions,
  uki,
  variable,
  variableFile,
} from "./scene.ts";

const RUNNING = { architecture: "aarch64", agentVersion: "7" } as const;

const look = async (one: Scene): Promise<HostFacts> =>
  (await readNode(readerOf(one), RUNNING)).facts;

/** The facts of a scene that was changed. */
const after = (change: (one: Scene) => void, options: SceneOptions = {}): Promise<HostFacts> => {
  const one = scene(options);
  change(one);
  return look(one);
};

const refuses = (change: (one: Scene) => void, code: string, message: RegExp): Promise<void> =>
  assert.rejects(after(change), { code, message });

describe("a look at the node", () => {
  it("tells the booted release, its slot, its entry, and what room there is", async () => {
    const { facts, disk } = await readNode(readerOf(scene()), RUNNING);
    const { entry, ...booted } = facts.booted;
    assert.deepEqual(booted, { version: "1", roothash: ROOTHASH, slot: "a", unproven: undefined });
    assert.equal(entry?.file, "base_1_67d2d952.efi");
    assert.equal(facts.image, "base");
    assert.equal(facts.architecture, "aarch64");
    assert.equal(facts.agentVersion, "7");
    assert.equal(facts.counted, false);
    assert.deepEqual(facts.inactive, {
      slot: "b",
      release: undefined,
      entry: undefined,
      staged: undefined,
    });
    assert.equal(facts.slotBytes, 2 ** 31);
    assert.equal(facts.varFreeBytes, 944_685_056);
    assert.deepEqual(disk.slots.b, {
      root: { path: "/dev/vda4", size: 2 ** 31 },
      verity: { path: "/dev/vda5", size: 17_825_792 },
    });
    assert.equal(observedOf(facts).booted.standing, "good");
  });

  it("believes the release's own file before os-release", async () => {
    const facts = await after(({ files }) => {
      files.set(
        "/usr/lib/slipway/release.json",
        '{"image":"server","version":"5","architecture":"x86_64","agent":"9"}',
      );
    });
    assert.deepEqual(
      [facts.image, facts.booted.version, facts.architecture, facts.agentVersion],
      ["server", "5", "x86_64", "9"],
    );
  });

  for (const [disk, separator] of [
    ["sda", ""],
    ["nvme0n1", "p"],
    ["mmcblk0", "p"],
  ] as const) {
    it(`finds the slots on ${disk}`, async () => {
      const options = { disk: [disk, separator], slot: "b" } as const;
      const view = await readNode(readerOf(scene(options)), RUNNING);
      assert.equal(view.disk.name, disk);
      assert.equal(view.facts.booted.slot, "b");
      assert.equal(view.disk.slots.a.verity.path, `/dev/${disk}${separator}3`);
    });
  }

  it("is not led astray by another disk that is a copy", async () => {
    const one = scene();
    for (const [file, contents] of scene({ disk: ["vdb", ""] }).files)
      if (file.startsWith("/sys/block/vdb") || file.startsWith("/dev/vdb"))
        one.files.set(file, contents);
    assert.equal((await readNode(readerOf(one), RUNNING)).disk.name, "vda");
  });

  it("is on probation while the entry has the counter that the loader gave it", async () => {
    const facts = await look(scene({ entry: "base_1_67d2d952+2-1.efi" }));
    assert.equal(facts.counted, true);
    assert.equal(observedOf(facts).booted.standing, "counting");
  });

  it("is on probation on the last try too, which leaves none", async () => {
    const facts = await after(
      ({ files }) => {
        const path = "\\EFI\\Linux\\base_1_67d2d952+0-3.efi";
        files.set(variableFile("LoaderBootCountPath"), variable(path));
      },
      { entry: "base_1_67d2d952+0-3.efi" },
    );
    assert.equal(observedOf(facts).booted.standing, "counting");
  });

  it("is not on probation once a hand has marked the entry bad", async () => {
    const facts = await look(scene({ entry: "base_1_67d2d952+0-4.efi" }));
    assert.equal(facts.counted, false);
    assert.equal(observedOf(facts).booted.standing, "bad");
  });

  it("knows the booted entry by an id with a counter or a profile in it", async () => {
    for (const id of ["base_1_67d2d952+3.efi", "base_1_67d2d952.efi@1", "BASE_1_67D2D952.EFI"]) {
      const facts = await after(({ files }) => {
        files.set(variableFile("LoaderEntrySelected"), variable(id));
      });
      assert.equal(facts.booted.unproven, undefined, id);
    }
  });

  it("prefers of two names the one that the loader gave when it counted", async () => {
    const facts = await after(({ files }) => {
      files.set("/efi/EFI/Linux/base_1_67d2d952+2-1.efi", bootedUki);
    });
    assert.equal(facts.booted.entry?.file, "base_1_67d2d952+2-1.efi");
    assert.equal(facts.counted, true);
  });

  it("proves nothing after kexec into another release", async () => {
    const facts = await after(({ files }) => {
      files.set("/proc/cmdline", commandLine(OTHER_ROOTHASH, DATA_UUID, HASH_UUID));
    });
    assert.match(facts.booted.unproven ?? "", /whose root hash is 67d2.* what runs has 89ab/);
    assert.equal(facts.booted.entry, undefined);
    assert.equal(observedOf(facts).booted.standing, "unproven");
  });

  it("proves nothing without the loader's word, its entry, or an ESP", async () => {
    const noLoader = await after(({ files }) => {
      files.delete(variableFile("LoaderEntrySelected"));
    });
    assert.match(noLoader.booted.unproven ?? "", /no boot loader/);
    const noEsp = await after(({ files, rooms }) => {
      files.delete("/efi/EFI/Linux/base_1_67d2d952.efi");
      rooms.clear();
    });
    assert.match(noEsp.booted.unproven ?? "", /not on the ESP/);
    assert.equal(noEsp.espFreeBytes, 0);
    const another = await after(({ files }) => {
      files.set(variableFile("LoaderEntrySelected"), variable("debian.conf"));
    });
    assert.match(another.booted.unproven ?? "", /no entry of ours/);
    const torn = await after(({ files }) => {
      files.set("/efi/EFI/Linux/base_1_67d2d952.efi", bootedUki.subarray(0, 100));
    });
    assert.match(torn.booted.unproven ?? "", /not to be read/);
  });

  it("proves nothing where the loader came from another ESP", async () => {
    const facts = await after(({ files }) => {
      const text =
        "DEVNAME=vda1\nPARTN=1\nPARTNAME=esp\nPARTUUID=11111111-2222-4333-8444-555555555555\n";
      files.set("/sys/block/vda/vda1/uevent", text);
    });
    assert.match(facts.booted.unproven ?? "", /started from partition d66f18f0/);
  });

  it("names what the other slot has, by both superblocks and an entry", async () => {
    const fill = (name: string) => (one: Scene) => {
      fillOther(one, (number) => `/dev/vda${number}`);
      one.files.set(`/efi/EFI/Linux/${name}`, otherUki);
    };
    const good = await after(fill("base_2_89abcdef.efi"));
    assert.deepEqual(good.inactive.release, { version: "2", roothash: OTHER_ROOTHASH });
    assert.equal(observedOf(good).other.standing, "good");
    const staged = await after(fill("base_2_89abcdef.staged"));
    assert.deepEqual(staged.inactive.release, { version: "2", roothash: OTHER_ROOTHASH });
    assert.equal(staged.inactive.entry, undefined);
    assert.equal(observedOf(staged).other.standing, "staged");
    const bad = await after(fill("base_2_89abcdef+0-3.efi"));
    assert.equal(observedOf(bad).other.standing, "bad");
    const fresh = await after(fill("base_2_89abcdef+3.efi"));
    assert.equal(observedOf(fresh).other.standing, "counting");
  });

  it("names nothing in the other slot while one superblock is missing", async () => {
    const facts = await after((one) => {
      fillOther(one, (number) => `/dev/vda${number}`);
      one.files.set("/dev/vda5", new Uint8Array(8192));
      one.files.set("/efi/EFI/Linux/base_2_89abcdef.efi", otherUki);
    });
    assert.equal(facts.inactive.release, undefined);
    assert.equal(facts.entries.length, 2);
  });

  it("takes a torn name for what is in the file", async () => {
    const facts = await after(({ files }) => {
      files.set("/efi/EFI/Linux/BASE_2~1.EFI", otherUki);
      files.set("/efi/EFI/Linux/README.TXT", new Uint8Array(5));
    });
    assert.deepEqual(facts.torn, [{ file: "BASE_2~1.EFI", roothash: OTHER_ROOTHASH }]);
  });

  /** The booted entry under this name, as the loader tells of it. */
  const torn = (file: string, id: string) => (one: Scene) => {
    one.files.delete("/efi/EFI/Linux/base_1_67d2d952.efi");
    one.files.set(`/efi/EFI/Linux/${file}`, bootedUki);
    one.files.set(variableFile("LoaderEntrySelected"), variable(id));
  };

  it("knows what it booted under a torn name, and has it on probation until it was found good", async () => {
    const facts = await after(torn("BASE_1~1.EFI", "base_1~1.efi"));
    assert.equal(facts.booted.unproven, undefined);
    assert.equal(facts.booted.entry?.file, "BASE_1~1.EFI");
    assert.deepEqual(facts.booted.entry.name, {
      image: "base",
      version: "1",
      digest: "67d2d952",
      state: { kind: "good" },
    });
    assert.equal(observedOf(facts).booted.standing, "counting");
    const judged = await after((one) => {
      torn("BASE_1~1.EFI", "base_1~1.efi")(one);
      one.files.set("/run/slipway/agent/good", `${ROOTHASH}\n`);
    });
    assert.equal(observedOf(judged).booted.standing, "good");
    const another = await after((one) => {
      torn("BASE_1~1.EFI", "base_1~1.efi")(one);
      one.files.set("/run/slipway/agent/good", `${OTHER_ROOTHASH}\n`);
    });
    assert.equal(observedOf(another).booted.standing, "counting");
  });

  it("takes a torn name with a counter for what the loader takes it for", async () => {
    const facts = await after(torn("BASE_1~1+0-4.EFI", "base_1~1.efi"));
    assert.equal(observedOf(facts).booted.standing, "bad");
  });

  it("still proves nothing where what runs is not what has the torn name", async () => {
    const facts = await after((one) => {
      torn("BASE_1~1.EFI", "base_1~1.efi")(one);
      one.files.set("/efi/EFI/Linux/BASE_1~1.EFI", otherUki);
    });
    assert.match(facts.booted.unproven ?? "", /whose root hash is 89ab/);
  });

  it("knows the other slot's release by a torn name, and prefers a whole one", async () => {
    const fill = (one: Scene): void => {
      fillOther(one, (number) => `/dev/vda${number}`);
      one.files.set("/efi/EFI/Linux/BASE_2~1.EFI", otherUki);
    };
    const facts = await after(fill);
    assert.deepEqual(facts.inactive.release, { version: "2", roothash: OTHER_ROOTHASH });
    assert.equal(facts.inactive.entry?.file, "BASE_2~1.EFI");
    const both = await after((one) => {
      fill(one);
      one.files.set("/efi/EFI/Linux/base_2_89abcdef.efi", otherUki);
    });
    assert.equal(both.inactive.entry?.file, "base_2_89abcdef.efi");
  });

  it("tells who bound the loader to one entry", async () => {
    assert.deepEqual((await look(scene())).overrides, []);
    const facts = await after(({ files }) => {
      files.set(variableFile("LoaderEntryDefault"), variable("base_1_67d2d952.efi"));
      files.set("/efi/loader/loader.conf", "timeout 0\n  default base_*\n#default x\n");
    });
    assert.deepEqual(facts.overrides, [
      'the firmware\'s variable LoaderEntryDefault says "base_1_67d2d952.efi"',
      '/efi/loader/loader.conf says "default base_*"',
    ]);
  });

  it("tells why a node is degraded", async () => {
    const facts = await after(({ files }) => {
      files.set("/run/slipway/degraded", "recovery was chosen in the boot menu\n");
    });
    assert.deepEqual(facts.degraded, ["recovery was chosen in the boot menu"]);
  });

  it("refuses, with what was looked for and where, what is no node", async () => {
    await refuses(
      ({ files }) => files.delete("/sys/block/dm-0/dm/name"),
      "NOT_A_NODE",
      /called root/,
    );
    await refuses(
      ({ files }) => files.delete("/sys/block/dm-0/slaves/vda3/dev"),
      "NOT_A_NODE",
      /dm-0\/slaves names 1/,
    );
    await refuses(
      ({ files }) => files.set("/sys/block/vda/vda4/uevent", "PARTNAME=data\n"),
      "NOT_A_NODE",
      /slot-b was looked for among the partitions of \/dev\/vda, and is not there/,
    );
    await refuses(
      ({ files }) => files.set("/sys/block/vda/vda6/uevent", "PARTNAME=slot-b\n"),
      "NOT_A_NODE",
      /slot-b .* more than once/,
    );
    await refuses(
      ({ files }) => files.set("/proc/cmdline", "quiet root=/dev/sda1"),
      "NOT_A_NODE",
      /names no roothash=/,
    );
    await refuses(
      ({ files }) => files.delete("/usr/lib/os-release"),
      "NOT_A_NODE",
      /IMAGE_VERSION/,
    );
    await refuses(({ files }) => files.delete("/dev/vda5"), "UNREADABLE", /vda5 is not there/);
    await refuses(
      ({ files }) => files.set(variableFile("LoaderEntrySelected"), new Uint8Array(7)),
      "UNREADABLE",
      /holds no text/,
    );
  });

  it("reads a UKI whose command line names no root as one that is nobody's", async () => {
    const facts = await after(({ files }) => {
      files.set("/efi/EFI/Linux/base_9_00000000.efi", uki("quiet"));
    });
    assert.equal(facts.entries.find(({ name }) => name.version === "9")?.roothash, undefined);
  });
});

describe("the node's id", () => {
  const MACHINE = "0123456789abcdef0123456789abcdef";
  const DERIVED = "d55be190-43b0-42ef-8b76-098bf998a23b";
  const idFrom = (texts: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const one = scene();
    for (const file of ["/etc/machine-id", "/var/lib/slipway/node-id"]) one.files.delete(file);
    for (const [file, text] of Object.entries(texts)) one.files.set(file, Buffer.from(text));
    return readNodeId(readerOf(one));
  };

  it("is what systemd-id128 makes of the machine-id and our key", () => {
    // The function was compared once with: systemd-id128 machine-id --app-specific=eaa502f91c0d49ebbd841af23fc810f0
    assert.equal(nodeIdOf(MACHINE), DERIVED);
  });

  it("is the one that is kept, whatever became of the machine-id", async () => {
    const kept = "59a266e03bd04a268ddee7b1c8da0193";
    for (const machine of [{}, { "/etc/machine-id": `${MACHINE}\n` }])
      assert.equal(
        await idFrom({ ...machine, "/var/lib/slipway/node-id": `${kept}\n` }),
        "59a266e0-3bd0-4a26-8dde-e7b1c8da0193",
      );
  });

  it("is made of the machine-id where none is kept, or half of one", async () => {
    for (const kept of [{}, { "/var/lib/slipway/node-id": "\0\0" }])
      assert.equal(await idFrom({ ...kept, "/etc/machine-id": `${MACHINE}\n` }), DERIVED);
  });

  it("is nothing on a node that is nobody yet", async () => {
    assert.equal(await idFrom({}), undefined);
    assert.equal(await idFrom({ "/etc/machine-id": "uninitialized\n" }), undefined);
  });
});
