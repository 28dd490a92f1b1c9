import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { passedDescriptor } from "../../src/api/server/descriptors.ts";

const given = (LISTEN_FDS: string, LISTEN_FDNAMES: string, LISTEN_PID = "7") => ({
  LISTEN_FDS,
  LISTEN_FDNAMES,
  LISTEN_PID,
});

describe("a socket that systemd hands over", () => {
  for (const [what, environment, expected] of [
    ["none", {}, undefined],
    ["one", given("1", "api"), 3],
    ["the second of two", given("2", "other:api"), 4],
    ["one of another name", given("1", "other"), undefined],
    ["another process's", given("1", "api", "8"), undefined],
    ["more names than sockets", given("1", "other:api"), undefined],
    ["no number", given("x", "api"), undefined],
    ["more than anybody has", given("99", "api"), undefined],
  ] as const)
    it(`is found by its name: ${what}`, () =>
      assert.equal(passedDescriptor(environment, 7, "api"), expected));
});
