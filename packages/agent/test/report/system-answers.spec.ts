import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { systemFactsIn, withSystemFacts } from "../../src/report/system-answers.ts";

/** As systeminformation 5.33.23 answers on a server of a provider's, with what nobody is to be told. */
const SERVER = {
  system: {
    ...{ manufacturer: "Dell Inc.", model: "PowerEdge R650", version: "", sku: "SKU=0A6A" },
    ...{ serial: "SECRET1", uuid: "4c4c4544-0042-3510-8057-b7c04f4e5933", virtual: false },
  },
  chassis: {
    ...{ manufacturer: "Dell Inc.", model: "", type: "Rack Mount Chassis", version: "" },
    ...{ serial: "SECRET2", assetTag: "SECRET3", sku: "" },
  },
  cpu: {
    ...{ manufacturer: "Intel", brand: "Xeon® Gold 6330", vendor: "Intel", family: "6" },
    ...{ speed: 2, cores: 112, physicalCores: 56, processors: 2, flags: "fpu vme", cache: {} },
  },
};

/** On a guest without DMI: half of it is not known. */
const GUEST = {
  system: {
    ...{ manufacturer: "", model: "Computer", version: "", serial: "-", uuid: "", sku: "-" },
    ...{ virtual: true, virtualHost: "KVM" },
  },
  chassis: { manufacturer: "", model: "", type: "", version: "", serial: "", assetTag: "" },
  cpu: { manufacturer: "ARM", brand: "Neoverse-N1", physicalCores: 2, processors: 1 },
};

describe("what systeminformation answers", () => {
  it("is what a machine is, and nothing that tells one from another", () => {
    const facts = systemFactsIn(SERVER);
    assert.deepEqual(facts, {
      isVirtual: false,
      chassis: "Rack Mount Chassis",
      processorMaker: "Intel",
      processor: "Intel Xeon® Gold 6330",
      processorCores: 56,
      processorSockets: 2,
    });
    assert.doesNotMatch(JSON.stringify(facts), /SECRET|4c4c4544/);
  });

  it("leaves out what it could not find out", () => {
    assert.deepEqual(systemFactsIn(GUEST), {
      isVirtual: true,
      hypervisor: "KVM",
      processorMaker: "ARM",
      processor: "ARM Neoverse-N1",
      processorCores: 2,
      processorSockets: 1,
    });
    const nothing = { manufacturer: "unknown", brand: "-", type: "Other" };
    assert.deepEqual(systemFactsIn({ system: {}, chassis: nothing, cpu: nothing }), {});
  });

  it("is no fact where it is of another kind, or of no measure", () => {
    for (const one of [undefined, null, 7, "text", [], [[1]], () => 1, new Date()])
      assert.deepEqual(systemFactsIn({ system: one, chassis: one, cpu: one }), {});
    for (const count of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "56", {}])
      assert.deepEqual(
        systemFactsIn({
          system: { virtual: "true", virtualHost: ["KVM"] },
          chassis: { type: { toString: () => "Desktop" } },
          cpu: { manufacturer: 1, brand: null, physicalCores: count, processors: count },
        }),
        {},
      );
    // A host is one of a guest alone.
    assert.deepEqual(
      systemFactsIn({ ...GUEST, system: { virtual: false, virtualHost: "KVM" } }).hypervisor,
      undefined,
    );
  });

  it("is plain text of a bounded length", () => {
    const long = `\u001b[2J${"x".repeat(50_000_000)}`;
    const facts = systemFactsIn({
      system: { virtual: true, virtualHost: long },
      chassis: { type: "Desktop\n\u0000now" },
      cpu: { manufacturer: long, brand: long },
    });
    assert.equal(facts.chassis, "Desktop now");
    for (const text of [facts.hypervisor, facts.processorMaker, facts.processor])
      assert.ok(text !== undefined && text.length <= 120 && !/\p{Cc}/u.test(text));
  });

  it("counts where the kernel says nothing of it", () => {
    const lists = { disks: [], links: [] };
    const told = systemFactsIn(SERVER);
    assert.equal(withSystemFacts({ ...lists, processor: "Big" }, told).processor, "Big");
    assert.equal(withSystemFacts(lists, told).processor, "Intel Xeon® Gold 6330");
    assert.equal(withSystemFacts({ ...lists, isVirtual: true }, told).isVirtual, true);
    assert.equal(withSystemFacts({ ...lists, isVirtual: true }, {}).isVirtual, true);
    assert.equal(withSystemFacts(lists, {}).isVirtual, undefined);
  });
});
