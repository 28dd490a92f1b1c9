/**
 * The chrootless tree of the container host for aarch64 against the one that an ordinary installation gives, whose maintainer
 * scripts run as aarch64 programs under QEMU's user-mode emulation. Takes about five minutes.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { chrootlessDifferences, onlyExplained } from "../support/chrootless-pair.ts";
import { requireRoot, run, scratchDirectory, succeeded } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

const BINFMT = "/proc/sys/fs/binfmt_misc";
const ENTRY = `${BINFMT}/qemu-aarch64`;
/** binfmt.d(5), from Debian's qemu-user-static. Its flag F has the kernel open the interpreter now, outside of any chroot. */
const RULE = "/usr/lib/binfmt.d/qemu-aarch64.conf";

describe("emulated aarch64 tree", function () {
  this.timeout("30m");
  requireRoot();
  requireTools("qemu-aarch64-static");
  const scratch = scratchDirectory("emulated");
  let isOurs = false;

  before("let the kernel run aarch64 programs", async () => {
    if (process.arch === "arm64" || existsSync(ENTRY)) return;
    if (!existsSync(`${BINFMT}/register`)) {
      succeeded(await run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT]));
    }
    writeFileSync(`${BINFMT}/register`, readFileSync(RULE, "utf8").trim());
    isOurs = true;
  });

  after("take the rule back", () => {
    if (isOurs) writeFileSync(ENTRY, "-1");
  });

  it("differs from the chrootless one in nothing but what is explained", async () => {
    onlyExplained(await chrootlessDifferences("aarch64", scratch));
  });
});
