import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { assert as checkThat, integer, property } from "fast-check";
import { describe, it } from "mocha";
import { getTasks } from "node-cron";
import { blackoutsIn } from "../../src/config/window-settings.ts";
import { type Gate, gateAt, type Schedule } from "../../src/window/gate.ts";
import { parseWindow } from "../../src/window/window.ts";

const schedule = (
  timeZone: string,
  windows: readonly string[],
  blackouts: readonly string[] = [],
): Schedule => ({
  timeZone,
  windows: windows.map((text) => {
    const parsed = parseWindow(text);
    assert.ok(parsed.ok, `${text}: ${parsed.ok ? "" : parsed.message}`);
    return parsed.window;
  }),
  blackouts: blackouts.flatMap((text) => {
    const scalar = { kind: "scalar", text, isPlain: true, line: 1, column: 1 } as const;
    const reading = blackoutsIn(scalar);
    assert.ok(reading.ok, text);
    return reading.value;
  }),
});

const listed = (text: string): readonly string[] => (text === "-" ? [] : text.split("; "));

const untilOf = (gate: Gate): number | undefined =>
  gate.isOpen ? gate.closesAtMs : gate.opensAtMs;

describe("the gate of windows", () => {
  const rows = readFileSync(path.join(import.meta.dirname, "instants.tsv"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

  it(`is open and closed at ${rows.length} instants as another implementation of time zones has it`, () => {
    assert.ok(rows.length >= 200);
    for (const row of rows) {
      const [timeZone = "", windows = "", blackouts = "", now = "", gate = "", until = ""] =
        row.split("\t");
      const found = gateAt(schedule(timeZone, listed(windows), listed(blackouts)), Date.parse(now));
      assert.equal(found.isOpen ? "open" : "closed", gate, row);
      // That one looks no further than 45 days.
      if (until !== "-") assert.equal(untilOf(found), Date.parse(until), row);
    }
  });

  it("never says that it changes before it does, nor later", () => {
    const berlin = schedule(
      "Europe/Berlin",
      ["Sat,Sun 02:30 for 90m", "cron 0 1 * * 0 for 2h"],
      ["2026-10-24"],
    );
    const from = Date.UTC(2026, 0, 1);
    const minutes = integer({ min: 0, max: 365 * 24 * 60 });
    checkThat(
      property(minutes, (minute) => {
        const nowMs = from + minute * 60_000;
        const gate = gateAt(berlin, nowMs);
        const until = untilOf(gate) ?? 0;
        assert.ok(until > nowMs);
        assert.equal(gateAt(berlin, until - 1).isOpen, gate.isOpen);
        assert.equal(gateAt(berlin, until).isOpen, !gate.isOpen);
      }),
      { numRuns: 200 },
    );
  });

  it("opens for each node at a moment of its own, in the first tenth of the window and its first ten minutes", () => {
    const windows = ["daily 02:00 for 30m", "Sat 06:00 for 12h"];
    const everybody = schedule("Europe/Berlin", windows);
    const opened = new Set<number>();
    for (let node = 0; node < 50; node++) {
      const own = { ...everybody, nodeId: `node-${node}` };
      for (let day = 1; day <= 14; day++) {
        const nowMs = Date.UTC(2026, 2, 18 + day, 0, 30) - (day % 2) * 3_600_000 * 3;
        const [gate, meant] = [gateAt(own, nowMs), gateAt(everybody, nowMs)];
        assert.ok(!gate.isOpen && !meant.isOpen);
        const { opensAtMs = 0 } = gate;
        const opensFor = gateAt(everybody, meant.opensAtMs ?? 0);
        assert.ok(opensFor.isOpen);
        const lengthMs = opensFor.closesAtMs - (meant.opensAtMs ?? 0);
        const delayMs = opensAtMs - (meant.opensAtMs ?? 0);
        assert.ok(delayMs >= 0 && delayMs <= Math.min(lengthMs / 10, 600_000));
        opened.add(opensAtMs);
        // The moment that was told holds, seen from whenever, and the window ends as it would.
        assert.ok(!gateAt(own, opensAtMs - 1).isOpen);
        assert.deepEqual(gateAt(own, opensAtMs), opensFor);
      }
    }
    assert.ok(opened.size > 500, `${opened.size} moments`);
  });

  it("stays open where one window follows upon another, and opens anew after a blackout", () => {
    const nodeId = "node-1";
    const whole = { ...schedule("UTC", ["daily 00:00 for 1d", "daily 12:00 for 1h"]), nodeId };
    for (let minute = 0; minute < 3 * 1440; minute += 1)
      assert.ok(gateAt(whole, Date.UTC(2026, 5, 1, 0, minute)).isOpen);
    const cut = { ...schedule("UTC", ["daily 00:00 for 1d"], ["2026-06-02"]), nodeId };
    const after = gateAt(cut, Date.UTC(2026, 5, 2, 12));
    const delayMs = (after.isOpen ? 0 : (after.opensAtMs ?? 0)) - Date.UTC(2026, 5, 3);
    assert.ok(delayMs > 0 && delayMs <= 600_000, `${delayMs} ms`);
  });

  it("does not open within 400 days where nothing begins in them, nor for a clock that tells no day", () => {
    assert.deepEqual(gateAt(schedule("UTC", []), 0), { isOpen: false });
    const leap = schedule("UTC", ["cron 0 0 29 2 * for 1h"]);
    assert.deepEqual(gateAt(leap, Date.UTC(2025, 2, 1)), { isOpen: false });
    assert.deepEqual(gateAt(leap, Date.UTC(2027, 2, 1)), {
      isOpen: false,
      opensAtMs: Date.UTC(2028, 1, 29),
    });
    const whole = schedule("UTC", ["daily 00:00 for 1d"]);
    for (const nowMs of [-1, Number.NaN, Infinity, 8.64e15])
      assert.deepEqual(gateAt(whole, nowMs), { isOpen: false });
    assert.ok(gateAt(whole, 0).isOpen);
  });
});

describe("a window", () => {
  const said = (text: string): string => {
    const parsed = parseWindow(text);
    return parsed.ok ? "" : parsed.message;
  };

  it("is a time of days, or a cron expression, and a length", () => {
    for (const text of [
      "Sat,Sun 02:00 for 4h",
      "daily 00:00 for 1d",
      "Fri-Mon 23:59 for 10080m",
      "cron */15 2-4 L * mon-fri for 5m",
      "cron 0 2 * * 2#2 for 7d",
    ])
      assert.equal(said(text), "", text);
  });

  it("leaves nothing behind in node-cron, whose tasks would add up", () => {
    for (let count = 0; count < 100; count += 1) said("cron 0 2 * * 2#2 for 7d");
    assert.equal(getTasks().size, 0);
  });

  it("is refused with what is wrong with it", () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["Sun 02:00", /^it has no length at its end/],
      ["Sun 02:00 for 0h", /^it has no length/],
      ["Sun 02:00 for 8d", /^it is longer than a week$/],
      ["Sun 24:00 for 1h", /^'Sun 24:00' is no day and time/],
      ["Son 02:00 for 1h", /^'son' is no day: write Mon,/],
      ["Sat-Sun-Mon 02:00 for 1h", /is no day/],
      ["cron 0 2 * * for 1h", /has not the five fields/],
      ["cron 0 0 2 * * * for 1h", /has not the five fields/],
      ["cron 0 25 * * * for 1h", /is no cron expression: /],
      [`cron ${"0,".repeat(5000)}0 2 * * * for 1h`, /^it has no length/],
    ];
    for (const [text, message] of cases) assert.match(said(text), message, text);
  });
});
