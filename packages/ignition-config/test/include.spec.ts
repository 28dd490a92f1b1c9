import assert from "node:assert/strict";
import {
  isFatal,
  loadDefinition,
  MAX_DOCUMENT_BYTES,
  MAX_DOCUMENTS,
  MAX_INCLUDE_DEPTH,
  renderFinding,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { briefly, define, HEAD, load, memoryIo, PART } from "./support/load.ts";

const including = (...names: readonly string[]): string => `include: [${names.join(", ")}]\n`;

describe("include", () => {
  it("merges scalars, lists and items, the including document over the included", async () => {
    const { image, config, sources } = await define({
      "main.yaml": `${PART}${including("base.yaml")}image:
  name: edge
  architectures: [x86_64]
  debian: { packages: [curl, vim], components: [contrib] }
  os_release: { NAME: Edge }
  kernel_package: { x86_64: linux-image-amd64 }
kernel_arguments: { should_exist: [splash], should_not_exist: [quiet] }
storage:
  files:
    - { path: /new }
    - { path: /both, mode: 0600, user: { id: 1 } }
  links: [{ path: /moved, target: x }]
systemd: { units: [{ name: a.service, enabled: true, dropins: [{ name: b.conf, contents: "[B]" }] }] }
passwd: { users: [{ name: core, groups: [sudo, adm], shell: /bin/sh }] }
`,
      "base.yaml": `${PART}image:
  name: base
  version: 2
  slot_size_mib: 512
  debian: { packages: [nano, curl], suite: sid, components: [main] }
  os_release: { NAME: Base, ID: base }
  kernel_package: linux-image-rt
kernel_arguments: { should_exist: [quiet, panic=1], should_not_exist: [nosmt] }
storage:
  directories: [{ path: /moved }]
  files:
    - { path: /both, overwrite: true, contents: { inline: x }, user: { name: root } }
    - { path: /old }
systemd: { units: [{ name: a.service, contents: "[Install]", dropins: [{ name: a.conf, contents: "[A]" }] }] }
passwd: { users: [{ name: core, groups: [adm, dialout] }] }
`,
    });
    assert.deepEqual(
      [image.name, image.version, image.slotSizeMib, image.suite],
      ["edge", "2", 512, "sid"],
    );
    assert.deepEqual(image.architectures, ["x86_64"]);
    assert.deepEqual(image.packages, ["nano", "curl", "vim"]);
    assert.deepEqual(image.components, ["main", "contrib"]);
    assert.deepEqual(image.osRelease, { NAME: "Edge", ID: "base" });
    assert.deepEqual(image.kernelPackage, {
      x86_64: "linux-image-amd64",
      aarch64: "linux-image-cloud-arm64",
    });
    assert.deepEqual(config.kernelArguments, {
      shouldExist: ["panic=1", "splash"],
      shouldNotExist: ["nosmt", "quiet"],
    });
    assert.deepEqual(
      config.storage.files.map(({ path }) => path),
      ["/both", "/old", "/new"],
    );
    const [both] = config.storage.files;
    assert.deepEqual([both?.mode, both?.overwrite, both?.user], [0o600, true, { id: 1 }]);
    assert.deepEqual(config.storage.directories, []);
    assert.deepEqual(
      config.systemd.units[0]?.dropins.map(({ name }) => name),
      ["a.conf", "b.conf"],
    );
    assert.deepEqual(config.passwd.users[0]?.groups, ["adm", "dialout", "sudo"]);
    assert.deepEqual(
      sources.map(({ file }) => file),
      ["main.yaml", "base.yaml"],
    );
  });

  it("takes contents as a whole, so that a new text is not held against an old hash", async () => {
    const hash = `sha256-${"0".repeat(64)}`;
    const { config } = await define({
      "main.yaml": `${HEAD}${including("p.yaml")}storage: { files: [{ path: /a, contents: { inline: new } }] }\n`,
      "p.yaml": `${PART}storage: { files: [{ path: /a, contents: { inline: old, verification: { hash: ${hash} } } }] }\n`,
    });
    const contents = config.storage.files[0]?.contents;
    assert.deepEqual([contents?.kind, contents?.verification], ["inline", undefined]);
  });

  it("appends what has no name, once for each document", async () => {
    const part = (text: string, ...names: readonly string[]): string =>
      `${PART}${including(...names)}storage: { files: [{ path: /a, append: [{ inline: ${text} }] }] }\n`;
    const { config, sources } = await define({
      "main.yaml": part("m", "l.yaml", "r.yaml").replace(PART, HEAD),
      "l.yaml": part("l", "base.yaml"),
      "r.yaml": part("r", "./base.yaml", "sub/../base.yaml"),
      "base.yaml": part("b"),
    });
    const texts = config.storage.files[0]?.append.map((one) => one.kind === "inline" && one.text);
    assert.deepEqual(texts, ["b", "l", "r", "m"]);
    assert.deepEqual(
      sources.map(({ file }) => file),
      ["main.yaml", "l.yaml", "base.yaml", "r.yaml"],
    );
  });

  it("lets a later document win over an earlier one", async () => {
    const { image } = await define({
      "main.yaml": `${PART}${including("one.yaml", "two.yaml")}image: { name: a }\n`,
      "one.yaml": `${PART}image: { version: 1, slot_size_mib: 256 }\n`,
      "two.yaml": `${PART}image: { version: 2 }\n`,
    });
    assert.deepEqual([image.version, image.slotSizeMib], ["2", 256]);
  });

  it("names files relative to the document that names them", async () => {
    const documents = {
      "/p/images/main.yaml": `${HEAD}${including("../parts/ssh/ssh.yaml")}`,
      "/p/parts/ssh/ssh.yaml": `${PART}${including("/abs.yaml")}storage: { files: [{ path: /a, contents: { local: ../key } }] }\n`,
      "/abs.yaml": PART,
    };
    const io = memoryIo(documents, ["/p/parts/key"]);
    const { definition, report } = await loadDefinition("/p/images/main.yaml", io);
    assert.deepEqual(report.findings, []);
    const contents = definition?.config.storage.files[0]?.contents;
    assert.equal(contents?.kind === "local" && contents.path, "/p/parts/key");
  });

  it("leaves a relative name relative, even above where it began", async () => {
    const text = `${HEAD}storage: { files: [{ path: /a, contents: { local: ../../x } }] }\n`;
    const { report } = await loadDefinition("d/main.yaml", memoryIo({ "d/main.yaml": text }));
    assert.match(report.findings[0]?.message ?? "", /"\.\.\/x"/);
  });

  it("refuses cycles with the chain", async () => {
    const loaded = await load({
      "main.yaml": `${HEAD}${including("a.yaml")}`,
      "a.yaml": `${PART}${including("b.yaml")}`,
      "b.yaml": `${PART}${including("b.yaml", "a.yaml", "main.yaml")}`,
    });
    assert.deepEqual(briefly(loaded), [
      "b.yaml:3:11 include-cycle",
      "b.yaml:3:19 include-cycle",
      "b.yaml:3:27 include-cycle",
    ]);
    assert.deepEqual(
      loaded.report.findings.map(({ message }) => message),
      [
        "include cycle: b.yaml -> b.yaml",
        "include cycle: a.yaml -> b.yaml -> a.yaml",
        "include cycle: main.yaml -> a.yaml -> b.yaml -> main.yaml",
      ],
    );
  });

  it("reports every document's problems at once, the given one's first", async () => {
    const loaded = await load({
      "main.yaml": `${PART}${including("b.yaml", "none.yaml", "broken.yaml")}image: { nam: x }\n`,
      "b.yaml": `${PART}image: { version: _ }\n`,
      "broken.yaml": "a: [",
    });
    // Name and version may have been in the documents that cannot be read: that they are missing is not said.
    assert.deepEqual(briefly(loaded), [
      "3:19 missing-file",
      "4:10 unknown-key",
      "b.yaml:3:19 image-version",
      "broken.yaml:1:5 yaml-syntax",
    ]);
    assert.ok(loaded.texts.has("broken.yaml"));
  });

  it("bounds how many documents there are and how deep they are", async () => {
    const chain = Object.fromEntries(
      Array.from({ length: MAX_INCLUDE_DEPTH + 1 }, (_, index) => [
        index === 0 ? "main.yaml" : `${index}.yaml`,
        `${index === 0 ? HEAD : PART}${including(`${index + 1}.yaml`)}`,
      ]),
    );
    assert.deepEqual(briefly(await load(chain)), [
      `${MAX_INCLUDE_DEPTH - 1}.yaml:3:11 include-depth`,
    ]);

    const names = Array.from({ length: MAX_DOCUMENTS }, (_, index) => `${index}.yaml`);
    const many = Object.fromEntries(names.map((name) => [name, PART]));
    const loaded = await load({ ...many, "main.yaml": `${HEAD}${including(...names)}` });
    assert.deepEqual(
      loaded.report.findings.map(({ rule }) => rule),
      ["too-many-documents"],
    );
  });

  it("takes no longer for documents that include each other in every way", async () => {
    const layers = MAX_INCLUDE_DEPTH - 2;
    const documents: Record<string, string> = {
      "main.yaml": `${HEAD}${including("l0.yaml", "r0.yaml")}`,
    };
    for (let index = 0; index < layers; index += 1) {
      const below = index + 1 < layers ? including(`l${index + 1}.yaml`, `r${index + 1}.yaml`) : "";
      for (const side of ["l", "r"]) {
        const file = `storage: { files: [{ path: /a, append: [{ inline: x }] }] }\n`;
        documents[`${side}${index}.yaml`] = `${PART}${below}${file}`;
      }
    }
    const { config } = await define(documents);
    assert.equal(config.storage.files[0]?.append.length, 2 * layers);
  });
});

describe("a document that cannot be read", () => {
  const reasons = ["missing", "too-large", "directory", "denied", "failed"] as const;
  for (const reason of reasons) {
    it(`is reported: ${reason}`, async () => {
      const io = {
        ...memoryIo({}),
        read: async () => ({ ok: false, reason, detail: "the system's words" }) as const,
      };
      const { report, definition } = await loadDefinition("images/main.yaml", io);
      assert.ok(isFatal(report) && definition === undefined);
      const [finding, ...others] = report.findings;
      assert.ok(finding && others.length === 0 && finding.range === undefined);
      assert.match(renderFinding(finding), /^error\[[a-z-]+\]: images\/main\.yaml .*\n +=/);
    });
  }

  it("is refused by its size without being looked at", async () => {
    const text = new Uint8Array(MAX_DOCUMENT_BYTES + 1).fill(0x20);
    assert.deepEqual(briefly(await load(text)), ["too-large"]);
    const loaded = await load({ "main.yaml": `${HEAD}${including("big.yaml")}`, "big.yaml": text });
    assert.deepEqual(briefly(loaded), ["4:11 too-large"]);
    assert.ok(!loaded.texts.has("big.yaml"));
  });
});
