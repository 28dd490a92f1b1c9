/** A project as `slipway init` leaves it: it is valid, and it builds. */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "mocha";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";

describe("a new project", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("init");

  it("builds as it is", async () => {
    const project = path.join(scratch, "edge");
    succeeded(await slipway("init", project));
    const definition = path.join(project, "image.yaml");
    succeeded(await slipway("validate", definition));
    const out = path.join(scratch, "out");
    succeeded(await slipway("build", definition, "--arch", "x86_64", "--out", out));
    const release = path.join(out, "edge", "1", "x86_64");
    const { stdout } = succeeded(await slipway("inspect", release));
    assert.match(stdout, /ssh\.service/);
    assert.ok(existsSync(path.join(project, "image.lock.json")));
  });
});
