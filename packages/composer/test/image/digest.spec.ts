import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HostError } from "@slipway/host";
import { parseExtents, writtenRanges } from "../../src/image/digest.ts";

const report = (...lines: readonly string[]): string =>
  [
    "Filesystem type is: ef53",
    "File size of disk.raw is 5405429760 (5405429760 blocks of 1 bytes)",
    " ext:     logical_offset:        physical_offset: length:   expected: flags:",
    ...lines,
    "disk.raw: 3 extents found",
  ].join("\n");

describe("written ranges of a file", () => {
  it("are filefrag's extents, joined where they touch", () => {
    assert.deepEqual(
      parseExtents(
        report(
          "   0:        0..   20479: 92978282496..92978302975:  20480:            ",
          "   1:  1048576..33554431: 92979331072..93011836927: 32505856:            ",
          "   2: 33554432..45510655: 93021274112..93033230335: 11956224: 93011836928:",
          "   3: 5405409280..5405429759: 93041197056..93041217535:  20480: 95155126272: last,eof",
        ),
      ),
      [
        [0, 20480],
        [1048576, 45510656],
        [5405409280, 5405429760],
      ],
    );
  });

  it("leave out what is allocated but was never written, and keep what waits to be", () => {
    assert.deepEqual(
      parseExtents(
        report(
          "   0:        0..    4095:       4096..      8191:   4096:             unwritten",
          "   1:     8192..   12287:          0..         0:      0:             last,unknown_loc,delalloc,eof",
        ),
      ),
      [[8192, 12288]],
    );
  });

  it("are not known when the file system does not tell", () => {
    assert.equal(parseExtents("disk.raw: FIBMAP/FIEMAP unsupported"), undefined);
  });

  it("are not known when filefrag fails, whatever the number of its error", async () => {
    const failing = (code: "COMMAND_FAILED" | "ABORTED") => ({
      ...{ tree: "/tools", listing: "", digest: "" },
      run: () => Promise.reject(new HostError(code, "filefrag failed with status 22")),
    });
    assert.equal(await writtenRanges(failing("COMMAND_FAILED"), "/out/disk.raw"), undefined);
    await assert.rejects(writtenRanges(failing("ABORTED"), "/out/disk.raw"), { code: "ABORTED" });
  });

  it("are none for a file that is one hole", () => {
    assert.deepEqual(parseExtents(report()), []);
  });
});
