import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HostFacts } from "../../src/node/facts.ts";
import { readNode } from "../../src/node/read-node.ts";
import { verityTable } from "../../src/tasks/next-root.ts";
import {
  fetchRefusal,
  placeRefusal,
  type PreflightQuestion,
  refusal,
} from "../../src/tasks/preflight.ts";
import { manifest } from "../../../../test/support/signed-repository/published.ts";
import {
  fillOther,
  OTHER_ROOTHASH,
  otherUki,
  readerOf,
  ROOTHASH,
  type Scene,
  scene,
  variable,
  variableFile,
} from "../node/scene.ts";

const MIB = 2 ** 20;
const RELEASE = { version: "2", roothash: OTHER_ROOTHASH, securityEpoch: 3 };
const BUILT = new Date("2026-01-01T00:00:00Z");

const factsOf = async (change: (one: Scene) => void = () => undefined): Promise<HostFacts> => {
  const one = scene();
  change(one);
  return (await readNode(readerOf(one), { architecture: "aarch64", agentVersion: "1" })).facts;
};

const question = (
  facts: HostFacts,
  fields: Partial<PreflightQuestion> = {},
): PreflightQuestion => ({
  before: "stage",
  release: RELEASE,
  facts,
  ledger: { forbidden: new Map(), floor: 3 },
  now: new Date("2026-06-01T00:00:00Z"),
  buildDate: BUILT,
  ...fields,
});

const codeOf = async (
  change: (one: Scene) => void,
  fields: Partial<PreflightQuestion> = {},
): Promise<string | undefined> => refusal(question(await factsOf(change), fields))?.code;

const nothing = (): void => undefined;

const stageOther = (one: Scene): void => {
  fillOther(one, (number) => `/dev/vda${number}`);
  one.files.set("/efi/EFI/Linux/base_2_89abcdef.staged", otherUki);
};

describe("preflight", () => {
  it("finds nothing in the way on a node that is well", async () => {
    assert.equal(await codeOf(nothing), undefined);
    assert.equal(await codeOf(stageOther, { before: "finalize" }), undefined);
  });

  it("refuses where nothing may be written", async () => {
    const degraded = ({ files }: Scene) => files.set("/run/slipway/degraded", "no /var\n");
    assert.equal(await codeOf(degraded), "DEGRADED");
    const kexec = ({ files }: Scene) => files.delete(variableFile("LoaderEntrySelected"));
    assert.equal(await codeOf(kexec), "UNPROVEN");
    const counted = ({ files }: Scene): void => {
      const entry = files.get("/efi/EFI/Linux/base_1_67d2d952.efi") ?? "";
      files.delete("/efi/EFI/Linux/base_1_67d2d952.efi");
      files.set("/efi/EFI/Linux/base_1_67d2d952+2-1.efi", entry);
    };
    assert.equal(await codeOf(counted), "ON_PROBATION");
  });

  it("refuses what must not be booted", async () => {
    const release = { ...RELEASE, roothash: ROOTHASH };
    assert.equal(await codeOf(nothing, { release }), "ALREADY_BOOTED");
    const ledger = { forbidden: new Map(), floor: 4 };
    assert.equal(await codeOf(nothing, { ledger }), "BELOW_FLOOR");
    const forbidden = new Map([
      [OTHER_ROOTHASH, { release: RELEASE, reason: "it failed", since: 0 }],
    ]);
    assert.equal(await codeOf(nothing, { ledger: { forbidden, floor: 0 } }), "FORBIDDEN");
  });

  it("refuses while the loader is bound to one entry", async () => {
    const bound = ({ files }: Scene) =>
      files.set(variableFile("LoaderEntryDefault"), variable("base_1_67d2d952.efi"));
    assert.equal(await codeOf(bound), "LOADER_BOUND");
  });

  it("refuses under a clock that is earlier than the booted release", async () => {
    assert.equal(await codeOf(nothing, { now: new Date(0) }), "CLOCK_BEHIND");
    assert.equal(await codeOf(nothing, { now: BUILT }), undefined);
  });

  it("refuses while /var is almost full", async () => {
    const room = (bytes: number) => (one: Scene) => one.rooms.set("/var", bytes);
    assert.equal(await codeOf(room(48 * MIB)), undefined);
    assert.equal(await codeOf(room(48 * MIB - 1)), "E_SPACE");
  });

  it("refuses to finalize what is not there any more", async () => {
    assert.equal(await codeOf(nothing, { before: "finalize" }), "NOT_STAGED");
    const torn = (one: Scene): void => {
      stageOther(one);
      one.files.set("/dev/vda4", new Uint8Array(8192));
    };
    assert.equal(await codeOf(torn, { before: "finalize" }), "NOT_STAGED");
  });
});

describe("preflight by a manifest", () => {
  const NOTHING = { artifacts: [], hasIndexes: false };
  const base = manifest("42.1");
  const sized = (root: number, uki: number) => ({
    ...base,
    root: { ...base.root, size: root },
    uki: { ...base.uki, size: uki },
    transports: [],
  });

  it("holds the root against the slot, and the UKI against the ESP", async () => {
    const facts = await factsOf(({ rooms }) => rooms.set("/efi/EFI/Linux", 20 * MIB));
    assert.equal(placeRefusal(facts, sized(2048 * MIB, 18 * MIB)), undefined);
    assert.equal(placeRefusal(facts, sized(2049 * MIB, 18 * MIB))?.code, "SLOT_TOO_SMALL");
    const full = placeRefusal(facts, sized(2048 * MIB, 18 * MIB + 1));
    assert.equal(full?.code, "E_SPACE");
    assert.match(full?.message ?? "", /the ESP has room for 20 MiB, .* needs 21 MiB/);
  });

  it("counts on the room of the entries that go, and not on the booted one's", async () => {
    const facts = await factsOf((one) => {
      stageOther(one);
      one.rooms.set("/efi/EFI/Linux", 4 * MIB);
    });
    const [, other] = facts.entries;
    assert.ok(other !== undefined);
    const most = 2 * MIB + other.size;
    assert.equal(placeRefusal(facts, sized(MIB, most)), undefined);
    assert.equal(placeRefusal(facts, sized(MIB, most + 1))?.code, "E_SPACE");
  });

  it("asks /var for what is to be fetched by the cheapest way", async () => {
    const facts = await factsOf(({ rooms }) => rooms.set("/var", 40 * MIB));
    const file = { size: 8 * MIB, sha256: "a".repeat(64) };
    const transports = [{ of: "root", format: "frames-1", file } as const];
    assert.equal(fetchRefusal(facts, { ...sized(MIB, MIB), transports }, NOTHING), undefined);
    const more = [
      { of: "root", format: "frames-1", file: { ...file, size: 8 * MIB + 1 } } as const,
    ];
    const refused = fetchRefusal(facts, { ...sized(MIB, MIB), transports: more }, NOTHING);
    assert.equal(refused?.code, "E_SPACE");
  });
});

describe("the other slot through dm-verity", () => {
  it("has the table that veritysetup would make", () => {
    // As `dmsetup table` prints the booted root's, with its devices by path.
    const table = verityTable(
      {
        root: { size: 282_058_752, sha256: "" },
        roothash: ROOTHASH,
        salt: "f88362b011d6983dcd13f28cd2e90daeaec24be85c059179629c60a10566862c",
      },
      { root: { path: "/dev/vda2" }, verity: { path: "/dev/vda3" } },
    );
    assert.equal(
      table,
      `0 550896 verity 1 /dev/vda2 /dev/vda3 4096 4096 68862 1 sha256 ${ROOTHASH} f88362b011d6983dcd13f28cd2e90daeaec24be85c059179629c60a10566862c`,
    );
  });
});
