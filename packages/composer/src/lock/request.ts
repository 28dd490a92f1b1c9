/** What a definition asks of the archive, and which tools go into the artifacts. Pure. */
import { hash } from "node:crypto";
import type { Architecture, ImageBlock } from "@slipway/ignition-config";
import { digestOf } from "../cache/key.ts";
import { initrdPackages } from "../initrd/contents.ts";
import { EXCERPTS, NODE_PACKAGES } from "../node/packages.ts";
import type { PackageRequest } from "./resolve.ts";

/** Packages whose files boot a machine but are no part of the root. */
const LOADER_PACKAGES = ["systemd-boot-efi"] as const;

/** Tools whose output is in the artifacts: another version of one may give other bytes. */
const RECORDED_TOOLS = [
  ...[
    "cpio",
    "cryptsetup-bin",
    "dosfstools",
    "dpkg",
    "elfutils",
    "erofs-utils",
    "kmod",
    "mmdebstrap",
    "mtools",
  ],
  ...["openssl", "systemd", "systemd-repart", "systemd-ukify", "xz-utils"],
] as const;

export const packageRequest = (image: ImageBlock, architecture: Architecture): PackageRequest => ({
  suite: image.suite,
  components: image.components,
  architecture,
  root: [...image.packages, ...NODE_PACKAGES],
  excerpt: EXCERPTS.map((one) => one.package),
  initrd: initrdPackages(architecture),
  kernel: image.kernelPackage[architecture],
  loader: LOADER_PACKAGES,
});

/** Identity of a request: equal requests may share a resolution. The mirror is no part of it. */
export const requestDigest = (request: PackageRequest): string =>
  digestOf([
    request.suite,
    request.components,
    request.architecture,
    request.root.toSorted(),
    request.excerpt.toSorted(),
    request.initrd.toSorted(),
    request.kernel,
    request.loader,
  ]);

/**
 * The salt of an image's verity trees. Fixed for the image's life, so that equal blocks of two releases have equal
 * hashes; it is public and only keeps one product's hashes apart from another's.
 */
export const saltOf = (imageName: string): string =>
  hash("sha256", `slipway verity salt\n${imageName}\n`);

/** Name and version of the tools that matter, from a listing of `NAME VERSION` lines. */
export const recordedTools = (listing: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listing
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([name]) => RECORDED_TOOLS.some((tool) => tool === name))
      .map(([name = "", version = ""]) => [name, version] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
