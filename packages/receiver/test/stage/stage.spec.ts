import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { HostError, linuxClock } from "@slipway/host";
import { simulatedDisk, type SimulatedDisk } from "@slipway/host/testing";
import {
  DEFAULT_FETCH_LIMITS,
  ReceiverError,
  type RepositorySource,
  type Seed,
  stage,
  type StageOptions,
} from "@slipway/receiver";
import {
  type BuiltImage,
  imagePair,
  indexedSeedsFrom,
  onlyBy,
  seedsFrom,
  type ServedRelease,
  servedRelease,
} from "../support/a-release.ts";
import { memorySource } from "../support/memory-source.ts";
import {
  bytesOn,
  install,
  JOURNAL_DIRECTORY,
  layoutFor,
  type NodeLayout,
  sectorsOf,
  simulatedNode,
  UKI_PATH,
} from "../support/simulated-node.ts";

let [older, newer]: readonly [BuiltImage, BuiltImage] = imagePair(1, 1000);
/** With all transports, and with deltas alone. */
let whole: ServedRelease;
let release: ServedRelease;
let layout: NodeLayout;
before(async () => {
  [older, newer] = imagePair(300, 50_000);
  whole = await servedRelease(older, newer);
  release = onlyBy(whole, "delta-1");
  layout = layoutFor(512, {
    root: older.root.length + 8192,
    verity: older.verity.length,
    file: 2_600_000,
  });
});

const diskWithOlder = (): SimulatedDisk => {
  const disk = simulatedDisk(512, sectorsOf(layout));
  install(disk, 0, older.root);
  install(disk, layout.root, older.verity);
  return disk;
};

const optionsOn = (disk: SimulatedDisk, changes: Partial<StageOptions> = {}): StageOptions => ({
  manifest: release.manifest,
  sources: [memorySource(release.blobs, "mirror")],
  seeds: seedsFrom(older),
  target: { slot: "b", root: "root", verity: "verity", uki: UKI_PATH },
  bootedRoothash: older.roothash,
  journal: JOURNAL_DIRECTORY,
  ...simulatedNode(disk, layout),
  limits: DEFAULT_FETCH_LIMITS,
  clock: linuxClock,
  random: () => 0.5,
  log: (message) => assert.fail(message),
  ...changes,
});

const readUki = async ({ files }: StageOptions): Promise<Uint8Array> => {
  const file = await files.open(UKI_PATH);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  return bytes;
};

const assertEqual = (actual: Uint8Array, expected: Uint8Array): void =>
  assert.equal(Buffer.compare(actual, expected), 0);

const assertHolds = async (
  disk: SimulatedDisk,
  image: BuiltImage,
  options: StageOptions,
): Promise<void> => {
  assertEqual(bytesOn(disk, 0, image.root.length), image.root);
  assertEqual(bytesOn(disk, layout.root, image.verity.length), image.verity);
  assertEqual(await readUki(options), image.uki);
};

const refused =
  (code: ReceiverError["code"], message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof ReceiverError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };

describe("staging a release", () => {
  it("makes it of what the node has, and leaves nothing else behind", async () => {
    const disk = diskWithOlder();
    const options = optionsOn(disk);
    const staged = await stage(options);
    assert.deepEqual([staged.root, staged.uki], ["delta from 1", "delta from 1"]);
    await assertHolds(disk, newer, options);
    assert.deepEqual(await options.files.list(JOURNAL_DIRECTORY), []);
  });

  it("finds that there is nothing to do when it is done", async () => {
    const disk = diskWithOlder();
    await stage(optionsOn(disk));
    const events = disk.events;
    const nowhere = memorySource(new Map(), "nowhere");
    const staged = await stage(optionsOn(disk, { sources: [nowhere] }));
    assert.deepEqual(staged, { root: undefined, uki: undefined, writtenBytes: 0 });
    assert.deepEqual([nowhere.requests.length, disk.events], [0, events]);
  });

  it("does it again where one byte is not what it was", async () => {
    for (const sector of [3, layout.root - 20, layout.root + 10]) {
      const disk = diskWithOlder();
      await stage(optionsOn(disk));
      const bytes = disk.read(sector).slice();
      bytes[7] = (bytes[7] ?? 0) ^ 1;
      disk.write(sector, bytes);
      disk.flush();
      const options = optionsOn(disk);
      assert.equal((await stage(options)).root, "delta from 1");
      await assertHolds(disk, newer, options);
    }
  });

  it("tells how far it is", async () => {
    const told: string[] = [];
    await stage(
      optionsOn(diskWithOlder(), {
        progress: ({ of, phase, done, total }) => {
          if (done === total) told.push(`${phase} ${of} ${total}`);
        },
      }),
    );
    const size = (of: string): number =>
      release.manifest.transports.find((transport) => transport.of === of)?.file.size ?? 0;
    assert.deepEqual(
      [...new Set(told)],
      [
        `fetch root ${size("root")}`,
        `fetch uki ${size("uki")}`,
        `write root ${newer.root.length}`,
        `verify root ${newer.root.length}`,
        `write uki ${newer.uki.length}`,
      ],
    );
  });
});

describe("what staging refuses leaves the slot as it was", () => {
  const refuses = async (
    changes: Partial<StageOptions>,
    code: ReceiverError["code"],
    message: RegExp,
  ): Promise<void> => {
    const disk = diskWithOlder();
    await assert.rejects(stage(optionsOn(disk, changes)), refused(code, message));
    assertEqual(bytesOn(disk, 0, older.root.length), older.root);
    assertEqual(bytesOn(disk, layout.root, older.verity.length), older.verity);
  };
  const log = (): void => undefined;

  it("the booted release", () =>
    refuses({ bootedRoothash: newer.roothash }, "BOOTED_RELEASE", /base 2 is the booted release/));

  it("a release that is too large for it", async () => {
    const root = { ...release.manifest.root, size: (300 + 8) * 4096 };
    const manifest = { ...release.manifest, root };
    await refuses({ manifest }, "SLOT_TOO_SMALL", /root has \d+ bytes, and the release needs/);
  });

  it("a hash tree that cannot belong to the image", async () => {
    const verity = { ...release.manifest.verity, size: 4096 };
    const manifest = { ...release.manifest, verity };
    await refuses({ manifest }, "BAD_METADATA", /no hash tree of 4096 bytes/);
  });

  it("sectors that are larger than a block", async () => {
    const { devices } = simulatedNode(diskWithOlder(), layout);
    const open: typeof devices.open = async (path) => ({
      ...(await devices.open(path)),
      sectorSize: 8192,
    });
    await refuses({ devices: { open } }, "WRONG_SECTOR_SIZE", /sectors of 8192 bytes/);
  });

  it("a release of which it can make nothing", () =>
    refuses({ seeds: [] }, "NO_TRANSPORT", /delta-1 leads away from 1, which is in no slot/));

  it("a release whose files no source has", () =>
    refuses(
      { sources: [memorySource(new Map(), "empty")], log },
      "NO_TRANSPORT",
      /blobs\/\S+ from empty is not there/,
    ));

  it("bytes that were not signed, with the source's name", async () => {
    const blobs = new Map(
      [...release.blobs].map(([path, bytes]) => {
        const changed = bytes.slice();
        changed[20] = (changed[20] ?? 0) ^ 8;
        return [path, changed];
      }),
    );
    const logged: string[] = [];
    const limits = { ...DEFAULT_FETCH_LIMITS, backOffMs: 1 };
    await refuses(
      { sources: [memorySource(blobs, "liar")], limits, log: (message) => logged.push(message) },
      "NO_TRANSPORT",
      /liar gave blobs.* with other bytes than were signed/,
    );
    assert.match(logged[0] ?? "", /TAMPERED: liar gave blobs/);
  });

  it("a slot that somebody else has open", async () => {
    const open = async (): Promise<never> => {
      throw new HostError("DEVICE_BUSY", "/dev/vda3 is in use");
    };
    await refuses({ devices: { open } }, "SLOT_BUSY", /vda3 is in use/);
  });

  it("a release for which there is no room on /var", async () => {
    const small = layoutFor(512, { root: 4096, verity: 4096, file: 1024 });
    const { files } = simulatedNode(simulatedDisk(512, sectorsOf(small)), small);
    await refuses({ files }, "WRITE_FAILED", /part cannot be written/);
  });

  it("a disk that does not give back what was written, and it is no release then", async () => {
    const disk = diskWithOlder();
    const { devices } = simulatedNode(disk, layout);
    const open: typeof devices.open = async (path) => {
      const device = await devices.open(path);
      return {
        ...device,
        readBack: async (target, offset) => {
          await device.readBack(target, offset);
          if (path === "root" && target.length > 10_000) target[9999] = 1;
        },
      };
    };
    const options = optionsOn(disk, { devices: { open } });
    await assert.rejects(stage(options), refused("READ_BACK_DIFFERS", /root does not give back/));
    assert.deepEqual(bytesOn(disk, 2, 512), new Uint8Array(512));
    assert.deepEqual(bytesOn(disk, layout.root, 4096), new Uint8Array(4096));
  });
});

describe("staging that was interrupted", () => {
  it("fetches nothing twice, and writes nothing twice", async () => {
    const disk = diskWithOlder();
    const controller = new AbortController();
    const { signal } = controller;
    const mirror = memorySource(whole.blobs, "mirror");
    const { manifest } = onlyBy(whole, "frames-1");
    const changes = { manifest, sources: [mirror], seeds: [] };
    const node = simulatedNode(disk, layout);
    const open: typeof node.devices.open = async (path) => {
      const device = await node.devices.open(path);
      return {
        ...device,
        write: async (bytes, offset) => {
          await device.write(bytes, offset);
          if (bytes.length > 4096) controller.abort();
        },
      };
    };
    const interrupted = stage(optionsOn(disk, { ...changes, ...node, devices: { open }, signal }));
    await assert.rejects(interrupted, refused("ABORTED", /given up/));
    const asked = mirror.requests.length;
    const options = optionsOn(disk, { ...changes, ...node });
    const { writtenBytes } = await stage(options);
    await assertHolds(disk, newer, options);
    assert.equal(mirror.requests.length, asked);
    assert.ok(writtenBytes < newer.root.length, `${writtenBytes} bytes written`);
  });

  it("goes on with a part from the byte that was durable", async () => {
    const disk = diskWithOlder();
    const { manifest } = onlyBy(whole, "frames-1");
    const cut: RepositorySource = {
      name: "cut",
      fetch: async function* (request) {
        yield* memorySource(whole.blobs, "cut").fetch({
          ...request,
          ...(request.range === undefined
            ? {}
            : { range: { offset: request.range.offset, length: 300_000 } }),
        });
        throw new ReceiverError("ABORTED", "the power is cut");
      },
    };
    const changes = { manifest, seeds: [], log: () => undefined };
    const limits = { ...DEFAULT_FETCH_LIMITS, mostFailures: 1 };
    await assert.rejects(stage(optionsOn(disk, { ...changes, sources: [cut], limits })));
    const mirror = memorySource(whole.blobs, "mirror");
    await stage(optionsOn(disk, { ...changes, sources: [mirror] }));
    assert.equal(mirror.requests[0]?.range?.offset, 300_000);
  });
});

describe("staging from what is not what it was taken for", () => {
  it("gives up a delta and says why", async () => {
    const disk = diskWithOlder();
    const bad = older.root.slice();
    bad[4096 * 7] = (bad[4096 * 7] ?? 0) ^ 1;
    const [root, uki] = seedsFrom(older);
    assert.ok(root !== undefined && uki !== undefined);
    const logged: string[] = [];
    const options = optionsOn(disk, {
      seeds: [
        { ...root, bytes: { size: bad.length, read: async (o, n) => bad.slice(o, o + n) } },
        uki,
      ],
      log: (message) => logged.push(message),
    });
    await assert.rejects(
      stage(options),
      refused("NO_TRANSPORT", /delta from 1: .*its digest differs/),
    );
    assert.deepEqual(logged.length, 1);
    assert.deepEqual(bytesOn(disk, 2, 512), new Uint8Array(512));
    // What the node had is in order again: the delta that is fetched already is given another chance.
    const again = optionsOn(disk);
    assert.equal((await stage(again)).root, "delta from 1");
    await assertHolds(disk, newer, again);
  });

  it("takes the index where the delta was of no use, and the full image where neither was", async () => {
    const rotten = (seed: Seed): Seed => ({
      ...seed,
      bytes: {
        size: seed.bytes.size,
        read: async (offset, length) =>
          (await seed.bytes.read(offset, length)).map((byte) => byte ^ 1),
      },
    });
    const [root, uki] = await indexedSeedsFrom(older);
    assert.ok(root !== undefined && uki !== undefined);
    const { manifest, sources } = { ...whole, sources: [memorySource(whole.blobs, "mirror")] };
    for (const [seeds, by] of [
      [[root, uki], "delta from 1"],
      [[{ ...root, sha256: "00" }, uki], "index"],
      // A node whose slot has rotted finds nothing in it, and all of it in the frames.
      [[rotten(root), uki], "index"],
    ] as const) {
      const disk = diskWithOlder();
      const logged: string[] = [];
      const log = (message: string): void => void logged.push(message);
      const options = optionsOn(disk, { manifest, sources, seeds, log });
      assert.equal((await stage(options)).root, by);
      await assertHolds(disk, newer, options);
    }
    const disk = diskWithOlder();
    const options = optionsOn(disk, { manifest, sources, seeds: [] });
    assert.deepEqual(await stage(options), {
      root: "full image",
      uki: "full image",
      writtenBytes: newer.root.length,
    });
    await assertHolds(disk, newer, options);
  });

  it("fetches by index little more than what differs", async () => {
    const disk = diskWithOlder();
    const mirror = memorySource(whole.blobs, "mirror");
    const { manifest } = onlyBy(whole, "index-1", "frames-1");
    const seeds = await indexedSeedsFrom(older);
    const options = optionsOn(disk, { manifest, sources: [mirror], seeds });
    const staged = await stage(options);
    assert.deepEqual([staged.root, staged.uki], ["index", "index"]);
    await assertHolds(disk, newer, options);
    const fetched = mirror.requests.reduce((sum, { range }) => sum + (range?.length ?? 0), 0);
    const full = manifest.transports
      .filter(({ format }) => format === "frames-1")
      .reduce((sum, { file }) => sum + file.size, 0);
    assert.ok(fetched < full / 8, `${fetched} of ${full} bytes`);
  });
});
