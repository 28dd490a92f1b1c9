import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseRemarks } from "../../src/build/verify-units.ts";

describe("what systemd-analyze says", () => {
  it("is taken where it is about a line of one of our units", () => {
    const output = `/t/etc/systemd/system/a.service:2: Unknown key 'Descripton' in section [Unit], ignoring.
/t/etc/systemd/system/a.service.d/x.conf:7: Failed to parse Nice=many: Invalid argument
/t/usr/lib/systemd/system/b.service:3: Unknown key 'X' in section [Unit], ignoring.
a.service: Command /usr/bin/missing is not executable: No such file or directory
/elsewhere/etc/systemd/system/a.service:2: Unknown key
`;
    assert.deepEqual(parseRemarks(output, "/t"), [
      {
        file: "a.service",
        line: 2,
        message: "Unknown key 'Descripton' in section [Unit], ignoring.",
      },
      {
        file: "a.service.d/x.conf",
        line: 7,
        message: "Failed to parse Nice=many: Invalid argument",
      },
    ]);
  });
});
