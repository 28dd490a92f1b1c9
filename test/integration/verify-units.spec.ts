/** Units that systemd would read otherwise than their author meant: the build says so, with systemd's own program. */
import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "mocha";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { writeSmallBase } from "../support/small-base.ts";

describe("units of a definition", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("verify-units");

  it("are verified by systemd-analyze, and remarks point at the definition", async () => {
    const definition = writeSmallBase(path.join(scratch, "project"), {
      // Another root than any in the cache: what is made anew is looked at.
      round: path.basename(scratch),
      files: `systemd:
  units:
    - name: wrong.service
      contents: |
        [Unit]
        Descripton=misspelt
        [Service]
        ExecStart=/usr/bin/true
    - name: right.service
      contents: |
        [Service]
        ExecStart=/usr/bin/true
    - name: many@.service
      dropins:
        - name: nice.conf
          contents: |
            [Service]
            Nice=very
      contents: |
        [Service]
        ExecStart=/usr/bin/echo %i
`,
    });
    const { stderr } = succeeded(
      await slipway("build", definition, "--out", path.join(scratch, "out")),
    );
    assert.match(
      stderr,
      /small\.yaml:\d+:7: line 2 of wrong\.service: Unknown key.*\[unit-verify\]/,
    );
    assert.match(
      stderr,
      /small\.yaml:\d+:11: line 2 of many@\.service\.d\/nice\.conf: Failed to parse nice priority/,
    );
    assert.doesNotMatch(stderr, /right\.service/);
  });
});
