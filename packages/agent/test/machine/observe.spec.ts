import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseEntryName } from "../../src/esp/entry-name.ts";
import { observedOf } from "../../src/machine/observe.ts";
import type { EspEntry, HostFacts } from "../../src/node/facts.ts";
import { aRelease, refOf } from "./drawn.ts";

const [one, two] = [refOf(aRelease(1)), refOf(aRelease(2))];

const entry = (file: string, { roothash } = one): EspEntry => {
  const name = parseEntryName(file);
  assert.ok(name !== undefined, file);
  return { file, name, roothash, dataUuid: undefined, hashUuid: undefined, size: 1 };
};

const facts = (
  booted: Partial<HostFacts["booted"]>,
  inactive: Partial<HostFacts["inactive"]> = {},
  counted = false,
): Pick<HostFacts, "bootId" | "booted" | "counted" | "degraded" | "inactive"> => ({
  bootId: "boot-1",
  booted: {
    ...one,
    slot: "a",
    entry: entry("base_1_00000000.efi"),
    unproven: undefined,
    ...booted,
  },
  counted,
  degraded: [],
  inactive: { slot: "b", release: undefined, entry: undefined, staged: undefined, ...inactive },
});

describe("what the machine sees of a node", () => {
  for (const [file, counted, standing] of [
    ["base_1_00000000.efi", false, "good"],
    ["base_1_00000000+2-1.efi", true, "counting"],
    // The third try has none left, and is a try all the same.
    ["base_1_00000000+0-3.efi", true, "counting"],
    ["base_1_00000000+0-4.efi", false, "bad"],
    // The loader could not count: nobody has blessed it either.
    ["base_1_00000000+3.efi", false, "counting"],
  ] as const)
    it(`takes ${file}, ${counted ? "" : "not "}counted, for ${standing}`, () => {
      assert.equal(
        observedOf(facts({ entry: entry(file) }, {}, counted)).booted.standing,
        standing,
      );
    });

  it("takes a boot without an entry for unproven, counted or not", () => {
    const seen = observedOf(facts({ entry: undefined, unproven: "kexec" }, {}, true));
    assert.equal(seen.booted.standing, "unproven");
  });

  for (const [file, standing] of [
    ["base_2_00000000.efi", "good"],
    ["base_2_00000000+3.efi", "counting"],
    ["base_2_00000000+0-3.efi", "bad"],
  ] as const)
    it(`takes ${file} in the other slot for ${standing}`, () => {
      const other = { release: two, entry: entry(file, two) };
      assert.deepEqual(observedOf(facts({}, other)).other, { release: two, standing });
    });

  it("takes a staged release for one only where its UKI is of the release in the slot", () => {
    const staged = entry("base_2_00000000.staged", two);
    assert.deepEqual(observedOf(facts({}, { release: two, staged })).other, {
      release: two,
      standing: "staged",
    });
    assert.deepEqual(observedOf(facts({}, { staged })).other, {
      release: undefined,
      standing: undefined,
    });
  });
});
