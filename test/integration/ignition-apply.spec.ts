/** What the real Ignition did to real trees, against what baking does to them. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { runApplyCase } from "../support/apply-case.ts";
import { APPLY_FILES, readApplyCases } from "../support/apply-corpus.ts";
import { hasCorpus } from "../support/corpus.ts";
import { type RecordedServer, serveRecorded } from "../support/recorded-server.ts";

for (const file of APPLY_FILES) {
  describe(`baking, against ${file}`, () => {
    if (!hasCorpus()) return;
    let scratch = "";
    let server: RecordedServer;
    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "slipway-apply-"));
      server = await serveRecorded();
    });
    after(async () => {
      rmSync(scratch, { recursive: true, force: true });
      await server[Symbol.asyncDispose]();
    });
    for (const [index, one] of readApplyCases(file).entries()) {
      if (one.needs !== undefined) {
        it(`${one.id} (needs ${one.needs})`);
        continue;
      }
      it(one.id, async () => {
        const place = join(scratch, String(index));
        mkdirSync(place);
        await runApplyCase(one, { scratch: place, server: server.address });
      });
    }
  });
}
