import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  formatPresetLine,
  presetLines,
  splitInstance,
  unitsOf,
} from "../../src/bake/preset-lines.ts";
import { parsePresets, presetRuleFor } from "../../src/bake/preset-rules.ts";
import { NOWHERE as origin } from "../accounts/items.ts";

const text = (units: Readonly<Record<string, boolean | undefined>>): string =>
  presetLines(
    Object.entries(units).map(([name, enabled]) => ({
      ...{ name, dropins: [], origin },
      ...(enabled === undefined ? {} : { enabled }),
    })),
  )
    .map(formatPresetLine)
    .join("");

describe("preset lines of a config", () => {
  it("are sorted, one a unit whose state is given", () => {
    assert.equal(
      text({ "b.service": true, "a.timer": false, "c.service": undefined }),
      "disable a.timer\nenable b.service\n",
    );
  });

  it("gather instances at their template, in the order of the config", () => {
    assert.equal(
      text({ "e@z.service": true, "e@a.service": true, "e@b.service": false }),
      "disable e@.service b\nenable e@.service z a\n",
    );
  });

  it("have the blank that Ignition writes after a bare template", () => {
    assert.equal(text({ "getty@.service": true }), "enable getty@.service \n");
  });

  it("name their units again", () => {
    const [line] = presetLines([
      { name: "e@x.y.service", enabled: true, dropins: [], origin },
      { name: "e@.service", enabled: true, dropins: [], origin },
    ]);
    assert.ok(line !== undefined);
    assert.deepEqual(unitsOf(line), ["e@x.y.service", "e@.service"]);
    assert.deepEqual(splitInstance("a@b@c.service"), { template: "a@.service", instance: "b@c" });
    assert.equal(splitInstance("a.service"), undefined);
  });
});

describe("preset rules of a tree", () => {
  const RULES = parsePresets(
    "# a comment\n; another\n\nenable  ssh.service\ndisable systemd-*\nenable getty@.service tty1 tty2\nfrobnicate x\nenable slipway-*\nenable a?.timer\ndisable *\n",
  );
  const says = (unit: string) => presetRuleFor(RULES, unit)?.verb;

  it("speak in order, the first that matches", () => {
    assert.equal(says("ssh.service"), "enable");
    assert.equal(says("systemd-networkd.service"), "disable");
    assert.equal(says("slipway-agent.service"), "enable");
    assert.equal(says("ab.timer"), "enable");
    assert.equal(says("abc.timer"), "disable");
  });

  it("are limited to the instances they list", () => {
    assert.equal(says("getty@tty2.service"), "enable");
    assert.equal(says("getty@tty3.service"), "disable");
  });

  it("say nothing without a match", () => {
    assert.equal(presetRuleFor(parsePresets("enable x.service\n"), "y.service"), undefined);
  });

  it("match as the regular expression would, in linear time", () => {
    const pattern = fc.stringMatching(/^[ab*?]{0,8}$/);
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab]{0,10}$/), (glob, name) => {
        fc.pre(glob !== "" && name !== "");
        const shape = glob.replaceAll("*", ".*").replaceAll("?", ".");
        const matched = presetRuleFor(parsePresets(`enable ${glob}\n`), name) !== undefined;
        assert.equal(matched, new RegExp(`^${shape}$`).test(name));
      }),
    );
    const hostile = parsePresets(`enable ${"*a".repeat(5000)}b\n`);
    assert.equal(presetRuleFor(hostile, "a".repeat(5000)), undefined);
  });
});
