/** Release directories that are small enough to publish many of: a root by the real mkfs.erofs, a UKI with an initrd in it, true digests. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findToolbox, type Toolbox } from "@slipway/composer/testing";
import { linuxExec } from "@slipway/host";
import { builtBase } from "./built-base.ts";
import { CACHE } from "./release.ts";

const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Text that compresses as little as programs do, the same for the same seed. */
export const filler = (seed: string, bytes: number): Buffer => {
  const parts: Buffer[] = [];
  for (let done = 0; done < bytes; done += 32)
    parts.push(createHash("sha256").update(`${seed} ${done}`).digest());
  return Buffer.concat(parts).subarray(0, bytes);
};

let tools: Promise<Toolbox> | undefined;

const findTools = async (): Promise<Toolbox> => {
  const cached = await findToolbox(linuxExec, CACHE, "compose");
  if (cached !== undefined) return cached;
  // Whatever builds makes the tools.
  await builtBase();
  const made = await findToolbox(linuxExec, CACHE, "compose");
  if (made === undefined) throw new Error("a build left no tools");
  return made;
};

const ALIGNMENT = 512;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** An EFI program of these sections: all of its format that anybody reads who makes deltas. */
const efiProgram = (sections: readonly (readonly [name: string, contents: Buffer])[]): Buffer => {
  const [pe, optionalBytes, sectionBytes] = [128, 240, 40];
  const table = pe + 24 + optionalBytes;
  const head = Buffer.alloc(aligned(table + sections.length * sectionBytes));
  head.write("MZ", 0, "latin1");
  head.writeUInt32LE(pe, 0x3c);
  head.write("PE\0\0", pe, "latin1");
  head.writeUInt16LE(0x8664, pe + 4);
  head.writeUInt16LE(sections.length, pe + 6);
  head.writeUInt16LE(optionalBytes, pe + 20);
  head.writeUInt16LE(0x20b, pe + 24);
  head.writeUInt16LE(10, pe + 24 + 68);
  head.writeUInt32LE(16, pe + 24 + 108);
  const parts: Buffer[] = [head];
  let offset = head.length;
  for (const [index, [name, contents]] of sections.entries()) {
    const at = table + index * sectionBytes;
    const stored = aligned(contents.length);
    head.write(name, at, "latin1");
    head.writeUInt32LE(contents.length, at + 8);
    head.writeUInt32LE(stored, at + 16);
    head.writeUInt32LE(offset, at + 20);
    parts.push(contents, Buffer.alloc(stored - contents.length));
    offset += stored;
  }
  return Buffer.concat(parts);
};

const SALT = sha256("salt");

/** As a build derives them: one for each release's root, and one for its hash tree. */
const uuidOf = (text: string): string => {
  const hex = sha256(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** Makes the hash tree as a build does, and answers the root hash. */
const hashRoot = async (
  toolbox: Toolbox,
  directory: string,
  verityUuid: string,
): Promise<string> => {
  const { stdout } = await toolbox.run(
    {
      argv: [
        "veritysetup",
        ...["format", "--hash=sha256", "--data-block-size=4096", "--hash-block-size=4096"],
        ...[`--salt=${SALT}`, `--uuid=${verityUuid}`],
        path.join(directory, "root.erofs"),
        path.join(directory, "root.verity"),
      ],
      purpose: "hashing a small root",
    },
    { writable: [directory] },
  );
  const [, roothash] = /^Root hash:\s+([0-9a-f]{64})$/m.exec(stdout) ?? [];
  if (roothash === undefined) throw new Error(`veritysetup said no root hash: ${stdout}`);
  return roothash;
};

export interface TinyRelease {
  readonly version: string;
  readonly architecture?: "x86_64" | "aarch64";
  /** What differs from others of the same version. */
  readonly flavour?: string;
}

/** Makes the directory of a release below `out`, as `slipway build` leaves it. */
export const makeTinyRelease = async (
  out: string,
  { version, architecture = "x86_64", flavour = "" }: TinyRelease,
): Promise<string> => {
  const directory = path.join(out, "base", version, architecture);
  const tree = path.join(directory, "tree");
  mkdirSync(path.join(tree, "usr/bin"), { recursive: true });
  const seed = `${architecture} ${flavour}`;
  writeFileSync(path.join(tree, "usr/bin/same"), filler(seed, 400_000));
  const program = filler(`${seed} program`, 200_000);
  program.write(version, 100_000);
  writeFileSync(path.join(tree, "usr/bin/program"), program);
  writeFileSync(path.join(tree, "usr/bin/own"), filler(`${seed} ${version}`, 20_000));
  mkdirSync(path.join(tree, "etc/systemd/system"), { recursive: true });
  writeFileSync(path.join(tree, "etc/motd"), `release ${version}\n`);
  writeFileSync(path.join(tree, "etc/systemd/system/own.service"), `# ${version}\n`);
  tools ??= findTools();
  const rootUuid = uuidOf(`${seed} ${version} root`);
  const verityUuid = uuidOf(`${seed} ${version} verity`);
  const root = path.join(directory, "root.erofs");
  await (
    await tools
  ).run(
    {
      argv: [
        "mkfs.erofs",
        "--quiet",
        "-b4096",
        "-E^inline_data",
        "-T1700000000",
        `-U${rootUuid}`,
        root,
        tree,
      ],
      purpose: "formatting a small root",
    },
    { writable: [directory] },
  );
  rmSync(tree, { recursive: true });
  const roothash = await hashRoot(await tools, directory, verityUuid);
  const initrd = filler(`${seed} initrd`, 60_000);
  initrd.write(version, 30_000);
  const files = {
    "uki.efi": efiProgram([
      [
        ".cmdline",
        Buffer.from(
          `roothash=${roothash} systemd.verity_root_data=UUID=${rootUuid} systemd.verity_root_hash=UUID=${verityUuid} ro`,
        ),
      ],
      [".osrel", Buffer.from(`IMAGE_ID=base\nIMAGE_VERSION=${version}\n`)],
      [".linux", filler(`${seed} linux`, 50_000)],
      [".initrd", initrd],
    ]),
    "packages.json": Buffer.from(
      `[{"name":"tiny","version":"${version}","architecture":"amd64","installedSizeKib":1}]\n`,
    ),
    "sbom.spdx.json": Buffer.from(`{"name":"${version}"}\n`),
  };
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(path.join(directory, name), bytes);
  const facts = (name: string) => {
    const file = path.join(directory, name);
    return { size: statSync(file).size, sha256: sha256(readFileSync(file)) };
  };
  const manifest = {
    schema: 1,
    image: "base",
    version,
    architecture,
    epoch: 1_700_000_000,
    roothash,
    salt: SALT,
    rootUuid,
    verityUuid,
    slotSizeMib: 64,
    kernelRelease: "6.12.1",
    bootEntry: `base_${version}_${roothash.slice(0, 8)}+3.efi`,
    inputs: sha256(`${seed} ${version}`),
    artifacts: {
      "disk.raw": { size: 0, sha256: sha256("") },
      "root.erofs": facts("root.erofs"),
      "root.verity": facts("root.verity"),
      ...Object.fromEntries(Object.keys(files).map((name) => [name, facts(name)])),
    },
  };
  writeFileSync(path.join(directory, "manifest.json"), JSON.stringify(manifest));
  return directory;
};
