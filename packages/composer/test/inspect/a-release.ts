import { formatManifest } from "../../src/build/manifest.ts";
import type { Manifest } from "../../src/build/manifest.ts";
import { packagesJson } from "../../src/packages/packages-json.ts";
import { aRecord } from "../packages/a-package.ts";
import { struct } from "./bytes.ts";
import { encodeErofs, encodeVerity, verityRootHash } from "./encode-file-systems.ts";
import { encodeGpt } from "./encode-gpt.ts";
import { encodeUki } from "./encode-uki.ts";

const ROOT_UUID = "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000";
const VERITY_UUID = "1f1e2d3c-4b5a-8978-a695-b4c3d2e1f000";
const SALT = "cd".repeat(32);

/** The files of a small release that agree with each other. */
export const aRelease = (): Map<string, Uint8Array> => {
  const root = encodeErofs({
    uuid: ROOT_UUID,
    buildTime: 1_700_000_000,
    root: {
      etc: {
        systemd: {
          system: {
            "sshd.service": "/usr/lib/systemd/system/ssh.service",
            "timers.target.wants": { "fstrim.timer": "x" },
            "multi-user.target.wants": { "ssh.service": "x", "a.service": "x" },
          },
        },
      },
    },
  });
  const tree = {
    uuid: VERITY_UUID,
    salt: SALT,
    dataBlocks: root.length / 4096,
    topBlock: Uint8Array.of(7),
  };
  const roothash = verityRootHash(tree);
  const files = new Map<string, Uint8Array>([
    ["root.erofs", root],
    ["root.verity", encodeVerity(tree)],
    [
      "uki.efi",
      encodeUki({
        sections: [
          [".osrel", "IMAGE_ID=base\nIMAGE_VERSION=1.2\n"],
          [
            ".cmdline",
            `roothash=${roothash} systemd.verity_root_data=UUID=${ROOT_UUID} systemd.verity_root_hash=UUID=${VERITY_UUID} ro`,
          ],
          [".uname", "6.12.1-cloud"],
          [".linux", "kernel"],
        ],
      }),
    ],
    ["disk.raw", encodeGpt(DISK)],
    [
      "packages.json",
      new TextEncoder().encode(
        packagesJson(
          Array.from({ length: 12 }, (_, index) =>
            aRecord(`p${index}`, { installedSizeKib: index }),
          ),
        ),
      ),
    ],
    ["sbom.spdx.json", struct(3, [0, "{}\n"])],
  ]);
  const facts = (name: string) => ({ size: files.get(name)?.length ?? 0, sha256: "ab".repeat(32) });
  const manifest: Manifest = {
    image: "base",
    version: "1.2",
    architecture: "x86_64",
    epoch: 1_700_000_000,
    roothash,
    salt: SALT,
    rootUuid: ROOT_UUID,
    verityUuid: VERITY_UUID,
    slotSizeMib: 1,
    kernelRelease: "6.12.1-cloud",
    bootEntry: "base_1.2_abcdef+3.efi",
    inputs: "ef".repeat(32),
    artifacts: {
      "disk.raw": facts("disk.raw"),
      "root.erofs": facts("root.erofs"),
      "root.verity": facts("root.verity"),
      "uki.efi": facts("uki.efi"),
      "packages.json": facts("packages.json"),
      "sbom.spdx.json": facts("sbom.spdx.json"),
    },
  };
  return files.set("manifest.json", new TextEncoder().encode(formatManifest(manifest)));
};

const partition = (label: string, type: string, firstLba: number, sectors: number) => ({
  label,
  type,
  uuid: ROOT_UUID,
  firstLba,
  lastLba: firstLba + sectors - 1,
});

const DISK = {
  sectorSize: 512 as const,
  sectors: 5000,
  diskUuid: VERITY_UUID,
  partitions: [
    partition("esp", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 40, 100),
    partition("slot-a", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", 140, 2048),
    partition("slot-a-verity", "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", 2188, 100),
    partition("slot-b", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", 2300, 2048),
  ],
};
