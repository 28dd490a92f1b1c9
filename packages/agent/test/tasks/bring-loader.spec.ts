import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readNode } from "../../src/node/read-node.ts";
import { bringLoader } from "../../src/tasks/bring-loader.ts";
import { NODE_PLACES } from "../../src/tasks/context.ts";
import { emptyEsp, get, loaderProgram, put } from "../esp/an-esp.ts";
import { bootedUki, readerOf, type Scene, scene, variable, variableFile } from "../node/scene.ts";

const SHIPPED = "/usr/lib/systemd/boot/efi/systemd-bootaa64.efi";
const OWN = "/efi/EFI/systemd/systemd-bootaa64.efi";
const FALLBACK = "/efi/EFI/BOOT/BOOTAA64.EFI";
const [older, newer] = [loaderProgram("257.9-1"), loaderProgram("257.13-1")];

/** What the step says on a node, and which loaders its ESP has then. */
const broughtOn = async (change: (one: Scene) => void, { there = older } = {}) => {
  const one = scene();
  one.files.set(SHIPPED, newer);
  change(one);
  const { files } = emptyEsp();
  for (const place of [OWN, FALLBACK]) await put(files, place, there);
  const reader = readerOf(one);
  const said: string[] = [];
  await bringLoader({
    look: () => readNode(reader, { architecture: "aarch64", agentVersion: "1" }),
    reader,
    files,
    places: NODE_PLACES,
    log: (line) => said.push(line),
  });
  return { said, own: await get(files, OWN), fallback: await get(files, FALLBACK) };
};

const nothing = (): void => undefined;

const onProbation = ({ files }: Scene): void => {
  files.delete("/efi/EFI/Linux/base_1_67d2d952.efi");
  files.set("/efi/EFI/Linux/base_1_67d2d952+2-1.efi", bootedUki);
};

describe("the loader of a release", () => {
  it("takes the place of an older one once the release is blessed, where firmware starts it last", async () => {
    const { said, own, fallback } = await broughtOn(nothing);
    assert.deepEqual([own, fallback], [newer, newer]);
    assert.deepEqual(
      said.map((line) => /EFI\/(\w+)/.exec(line)?.[1]),
      ["systemd", "BOOT"],
    );
    const started = await broughtOn(({ files }) =>
      files.set(
        variableFile("LoaderImageIdentifier"),
        variable("\\EFI\\systemd\\systemd-bootaa64.efi"),
      ),
    );
    assert.match(started.said.at(-1) ?? "", /EFI\/systemd/);
  });

  it("waits for the blessing", async () => {
    const { said, own, fallback } = await broughtOn(onProbation);
    assert.deepEqual([own, fallback], [older, older]);
    assert.deepEqual(said, ["the boot loader stays as it is: release 1 is not blessed"]);
  });

  it("is left out where nobody can prove what was booted, or the node has no data", async () => {
    const unproven = await broughtOn(({ files }) =>
      files.delete(variableFile("LoaderEntrySelected")),
    );
    const degraded = await broughtOn(({ files }) =>
      files.set("/run/slipway/degraded", "no /var\n"),
    );
    for (const { said, own, fallback } of [unproven, degraded]) {
      assert.deepEqual([own, fallback], [older, older]);
      assert.match(said.join("\n"), /^the boot loader stays as it is: (nobody can|this node runs)/);
    }
  });

  it("is not put back by the older release, nor by one that ships none", async () => {
    const newest = loaderProgram("258.1-1");
    const { said, own, fallback } = await broughtOn(nothing, { there: newest });
    assert.deepEqual([said, own, fallback], [[], newest, newest]);
    const none = await broughtOn(({ files }) => files.delete(SHIPPED));
    assert.deepEqual([none.own, none.fallback], [older, older]);
    assert.match(none.said.join("\n"), /this release ships none/);
  });
});
