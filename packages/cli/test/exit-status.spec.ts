import assert from "node:assert/strict";
import type { ComposerErrorCode } from "@slipway/composer";
import type { HostErrorCode } from "@slipway/host";
import type { UsageError } from "@slipway/host/command-line";
import { describe, it } from "mocha";
import type { CliErrorCode } from "../src/errors.ts";
import { exitStatusOf } from "../src/exit-status.ts";

/** Every code that anybody throws: the compiler misses none. */
const STATUSES: Readonly<
  Record<CliErrorCode | ComposerErrorCode | HostErrorCode | UsageError["code"], number>
> = {
  USAGE: 2,
  INVALID_DEFINITION: 3,
  INVALID_POLICY: 3,
  EXISTS: 1,
  NEEDS_ROOT: 1,
  NO_MIRROR: 1,
  MIRROR_FAILED: 75,
  UNKNOWN_PACKAGE: 3,
  UNRESOLVABLE: 3,
  PACKAGE_VANISHED: 1,
  PACKAGE_TAMPERED: 1,
  PACKAGE_SCRIPT_FAILED: 1,
  SOURCE_FAILED: 75,
  SOURCE_CHANGED: 1,
  LOCK_INVALID: 3,
  LOCK_DRIFT: 1,
  ACCOUNT_CHANGED: 1,
  SLOT_TOO_SMALL: 3,
  OUTPUT_OCCUPIED: 1,
  NO_SPACE: 1,
  TREE_REFUSED: 3,
  TOOL_OUTPUT: 1,
  NOT_A_RELEASE: 1,
  UNKNOWN_MODULE: 3,
  INITRD_INCOMPLETE: 1,
  NO_FIRMWARE: 1,
  AGENT_UNAVAILABLE: 75,
  MACHINE_RESET: 1,
  MACHINE_TIMEOUT: 1,
  MACHINE_FAILED: 1,
  COMMAND_TOO_LONG: 1,
  KEYS_INVALID: 1,
  KEYS_EXIST: 1,
  KEY_MISSING: 1,
  UNKNOWN_KEY: 1,
  SIGNER_FAILED: 1,
  NOT_A_REPOSITORY: 1,
  REPOSITORY_INVALID: 1,
  REPOSITORY_BUSY: 75,
  METADATA_TOO_LARGE: 1,
  ALREADY_PUBLISHED: 1,
  NOT_PUBLISHED: 1,
  CHANNEL_REFUSED: 1,
  LIST_FULL: 1,
  OFFERS_LOST: 1,
  DEMO_FAILED: 1,
  ADDRESS_TAKEN: 1,
  COMMAND_FAILED: 1,
  COMMAND_MISSING: 1,
  COMMAND_TIMEOUT: 1,
  DEVICE_BUSY: 1,
  DEVICE_FAILED: 1,
  FILE_FAILED: 1,
  OUTPUT_FAILED: 1,
  ABORTED: 1,
};

describe("the exit status", () => {
  for (const [code, status] of Object.entries(STATUSES)) {
    it(`of ${code} is ${status}`, () => assert.equal(exitStatusOf(code), status));
  }

  it("of anything else is 1", () => {
    for (const code of [undefined, "", "ENOSPC", "toString", "__proto__", "constructor"]) {
      assert.equal(exitStatusOf(code), 1);
    }
  });
});
