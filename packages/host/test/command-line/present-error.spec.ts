import assert from "node:assert/strict";
import { commandFailed, HostError } from "@slipway/host";
import { describe, it } from "mocha";
import {
  decisiveCode,
  isInterruption,
  presentError,
} from "../../src/command-line/present-error.ts";
import { noPaint, terminalPaint } from "../../src/command-line/paint.ts";

const QUIET = { debug: false, paint: noPaint };
const shown = (error: unknown, debug = false): readonly string[] =>
  presentError(error, { ...QUIET, debug }).split("\n");

const system = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

describe("an error with a code", () => {
  it("is shown with its causes and what to do, without a place in the program", () => {
    const error = new HostError("FILE_FAILED", "cannot write", {
      cause: new Error("outer", {
        cause: system("ENOSPC", "ENOSPC: no space left on device, write"),
      }),
      hint: "look there",
    });
    assert.deepEqual(shown(error), [
      "error [FILE_FAILED]: cannot write",
      " -> outer",
      " -> no space left on device, write",
      "hint: look there",
    ]);
  });

  it("takes the hint of a cause when it has none itself", () => {
    const error = new HostError("FILE_FAILED", "cannot write", {
      cause: system("ENOSPC", "full"),
    });
    assert.match(shown(error).at(-1) ?? "", /^hint: free some space/);
  });

  it("says nothing twice", () => {
    const cause = new Error("status 2");
    assert.deepEqual(shown(new HostError("FILE_FAILED", "it ended with status 2", { cause })), [
      "error [FILE_FAILED]: it ended with status 2",
    ]);
  });

  it("shows what a program said, indented, and how to run it again", () => {
    const command = { argv: ["mkfs.erofs", "a b"] as const, purpose: "formatting the root" };
    const error = commandFailed(command, {
      exitCode: 2,
      stdout: "",
      stderr: "no\u001b[31m such\nfile\n",
    });
    assert.deepEqual(shown(error), [
      "error [COMMAND_FAILED]: mkfs.erofs failed with status 2 while formatting the root:",
      "  no such",
      "  file",
      "hint: to see it again: mkfs.erofs 'a b'",
    ]);
  });

  it("of the system is shown once, with what to do", () => {
    assert.deepEqual(shown(system("EROFS", "EROFS: read-only file system, mkdir '/out'")), [
      "error [EROFS]: read-only file system, mkdir '/out'",
      "hint: choose a directory that can be written to",
    ]);
    assert.deepEqual(shown(system("EBADF", "EBADF: bad file descriptor")), [
      "error [EBADF]: bad file descriptor",
    ]);
  });

  it("shows the place with --debug, causes included", () => {
    const lines = shown(new HostError("DEVICE_BUSY", "no", { cause: new Error("because") }), true);
    assert.ok(lines.filter((line) => /^\s+at /.test(line)).length > 2);
  });

  it("ends in a chain of causes that bites its tail", () => {
    const error = new HostError("DEVICE_BUSY", "a");
    const cause = new Error("b", { cause: error });
    Object.defineProperty(error, "cause", { value: cause });
    assert.deepEqual(shown(error), ["error [DEVICE_BUSY]: a", " -> b"]);
  });

  it("is red only where colours are wanted", () => {
    const text = presentError(new HostError("DEVICE_BUSY", "a"), {
      debug: false,
      paint: terminalPaint,
    });
    assert.ok(text.startsWith("\u001b[31merror [DEVICE_BUSY]\u001b[39m: a"));
  });
});

describe("an error that nobody expected", () => {
  for (const [what, error] of [
    ["a fault", new TypeError("x is not a function")],
    ["a wrong call of node's", system("ERR_INVALID_ARG_TYPE", "must be a string")],
  ] as const) {
    it(`is shown with its place: ${what}`, () => {
      const lines = shown(error);
      assert.equal(lines[0], `error: ${error.message}`);
      assert.match(lines[1] ?? "", /^\s+at .*error\.spec\.ts/);
      assert.match(lines.at(-1) ?? "", /^hint: this is a fault of slipway itself/);
      assert.equal(decisiveCode(error), undefined);
    });
  }

  for (const [what, thrown, first] of [
    ["a text", "oops", "error: oops"],
    ["nothing", undefined, "error: undefined"],
    ["an object without a prototype", Object.create(null), "error: [Object: null prototype] {}"],
    ["an error without a message", new RangeError(), "error: RangeError"],
  ] as const) {
    it(`is shown whatever it is: ${what}`, () => assert.ok(shown(thrown)[0]?.startsWith(first)));
  }
});

describe("several errors", () => {
  const main = new HostError("DEVICE_FAILED", "wrong");
  const other = system("ENOSPC", "full");

  it("of clean-up come after the one that led to it", () => {
    const both = new SuppressedError(other, main);
    assert.deepEqual(
      shown(both).filter((line) => line.startsWith("error")),
      ["error [DEVICE_FAILED]: wrong", "error [ENOSPC]: full"],
    );
    assert.equal(decisiveCode(both), "DEVICE_FAILED");
  });

  it("at once are all shown", () => {
    assert.equal(
      shown(new AggregateError([main, other])).filter((line) => line.startsWith("error")).length,
      2,
    );
  });
});

describe("an interruption", () => {
  const aborted = new HostError("ABORTED", "interrupted while x");
  const killed = (exitCode: number) =>
    commandFailed({ argv: ["mkfs"], purpose: "x" }, { exitCode, stdout: "", stderr: "" });
  for (const [what, error] of [
    ["of a program by us", aborted],
    ["inside another error", new Error("outer", { cause: aborted })],
    ["of a wait", new DOMException("aborted", "AbortError")],
    ["of a program by the terminal", killed(130)],
    ["of two programs", new AggregateError([aborted, killed(143)])],
  ] as const) {
    it(`is one: ${what}`, () => assert.ok(isInterruption(error)));
  }
  for (const [what, error] of [
    ["a program that failed", killed(1)],
    ["a full disk while cleaning up", new SuppressedError(system("ENOSPC", "full"), aborted)],
    ["a text", "ABORTED"],
    ["a fault", new TypeError("x")],
  ] as const) {
    it(`is none: ${what}`, () => assert.ok(!isInterruption(error)));
  }
});
