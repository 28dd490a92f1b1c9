import { absolutePathBelowRoot } from "../../names/absolute-path.ts";
import { kernelModule } from "../../names/boot.ts";
import { packageName } from "../../names/debian.ts";
import { imageName, imageVersion } from "../../names/image.ts";
import { osReleaseKey, osReleaseValueProblem } from "../../names/os-release.ts";
import {
  choiceOf,
  either,
  int,
  mapOf,
  object,
  oneOf,
  setOf,
  text,
} from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";
import { type Architecture, ARCHITECTURES } from "../definition.ts";
import { debian, type DebianFragment } from "./debian.ts";
import { health, type HealthFragment } from "./health.ts";
import { update, type UpdateFragment } from "./update.ts";

export type KernelPackageFragment = Readonly<Partial<Record<Architecture, string>>>;

/** The `image:` block as written; an included document may hold any part of it. */
export interface ImageFragment {
  readonly name?: string;
  readonly version?: string;
  readonly architectures?: readonly Architecture[];
  readonly debian?: DebianFragment;
  readonly slot_size_mib?: number;
  readonly kernel_package?: string | KernelPackageFragment;
  readonly initrd_modules?: readonly string[];
  readonly os_release?: Readonly<Record<string, string>>;
  readonly set_id_files?: readonly string[];
  readonly update?: UpdateFragment;
  readonly health?: HealthFragment;
}

export const DEFAULT_SLOT_SIZE_MIB = 2048;

/** Debian's kernels for virtual machines: a third of the generic ones' size. */
export const DEFAULT_KERNEL_PACKAGE: Readonly<Record<Architecture, string>> = {
  x86_64: "linux-image-cloud-amd64",
  aarch64: "linux-image-cloud-arm64",
};

const kernelPackage: Schema<string | KernelPackageFragment> = either(
  "The kernel's package, for all architectures or for each; an including document's value " +
    "replaces it as a whole. Default: linux-image-cloud-amd64 and linux-image-cloud-arm64.",
  text("A package of this name for every architecture.", { rule: packageName }),
  object<KernelPackageFragment>(
    "A package for each architecture; the default for those not named.",
    {
      x86_64: text("The package for x86_64.", { rule: packageName }),
      aarch64: text("The package for aarch64.", { rule: packageName }),
    },
  ),
);

export const image: Schema<ImageFragment> = object<ImageFragment>(
  "What the image is and what it is made of.",
  {
    name: text("Its name, in file names and in os-release. Required after merging.", {
      rule: imageName,
    }),
    version: text("Its version, ordered as UAPI.10 says. Required after merging.", {
      rule: imageVersion,
      numbers: true,
    }),
    architectures: choiceOf(
      "What to build it for; an including document's list replaces this one. Default: both.",
      oneOf("An architecture as systemd names it.", ARCHITECTURES, {
        synonyms: { amd64: "x86_64", "x86-64": "x86_64", x64: "x86_64", arm64: "aarch64" },
      }),
      { minItems: 1, defaultValue: ARCHITECTURES },
    ),
    debian,
    slot_size_mib: int(
      "Size of each of the two root slots in MiB, for the product's life. Default: 2048.",
      { min: 256, max: 65_536, defaultValue: DEFAULT_SLOT_SIZE_MIB },
    ),
    kernel_package: kernelPackage,
    initrd_modules: setOf(
      "Kernel modules that the initrd needs beside the built-in set to find its disk.",
      text("A module's name, without path and `.ko`.", { rule: kernelModule }),
    ),
    os_release: mapOf(
      "Fields of os-release, added to Debian's or in their place.",
      osReleaseKey,
      text("The field's value, without shell quotes.", { numbers: true }),
    ),
    set_id_files: setOf(
      "The files that may have a set-user-id or set-group-id bit; any other is an error.",
      text("An absolute path.", { rule: absolutePathBelowRoot }),
    ),
    update,
    health,
  },
  {
    check: (value, say) => {
      for (const [key, field] of Object.entries(value.os_release ?? {})) {
        const violation = osReleaseValueProblem(key, field);
        if (violation !== undefined) say(value, ["os_release", key], violation);
      }
    },
  },
);
