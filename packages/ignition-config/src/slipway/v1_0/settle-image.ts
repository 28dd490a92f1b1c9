import { resolvePath } from "../../names/relative-path.ts";
import type { Path } from "../../report/finding.ts";
import {
  type Architecture,
  ARCHITECTURES,
  type ImageBlock,
  type UpdateBlock,
} from "../definition.ts";
import { DEFAULT_COMPONENTS, DEFAULT_SUITE } from "./debian.ts";
import { DEFAULT_KERNEL_PACKAGE, DEFAULT_SLOT_SIZE_MIB, type ImageFragment } from "./image.ts";
import type { PlaceOf } from "./settle-config.ts";
import type { UpdateFragment } from "./update.ts";

const kernelPackages = (
  fragment: ImageFragment["kernel_package"],
): Readonly<Record<Architecture, string>> =>
  typeof fragment === "string"
    ? { x86_64: fragment, aarch64: fragment }
    : { ...DEFAULT_KERNEL_PACKAGE, ...fragment };

/** Only what is said: the agent has defaults of its own, and a node's settings stand before both. */
const updateOf = (fragment: UpdateFragment, placeOf: PlaceOf): UpdateBlock => {
  const { repository, channel, root, poll_seconds, strategy, stage } = fragment;
  const { windows, time_zone, blackouts, lock_server, lock_group } = fragment;
  const at: Path = ["image", "update", "root"];
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(channel === undefined ? {} : { channel }),
    ...(root === undefined ? {} : { root: resolvePath(placeOf(at).file, root) }),
    ...(poll_seconds === undefined ? {} : { pollSeconds: poll_seconds }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(stage === undefined ? {} : { stage }),
    ...(windows === undefined ? {} : { windows }),
    ...(time_zone === undefined ? {} : { timeZone: time_zone }),
    ...(blackouts === undefined ? {} : { blackouts }),
    ...(lock_server === undefined ? {} : { lockServer: lock_server }),
    ...(lock_group === undefined ? {} : { lockGroup: lock_group }),
  };
};

/** The image block with its defaults; undefined while the name or the version is missing. */
export const settleImage = (fragment: ImageFragment, placeOf: PlaceOf): ImageBlock | undefined => {
  const { name, version, debian = {} } = fragment;
  if (name === undefined || version === undefined) return undefined;
  const wanted = fragment.architectures ?? ARCHITECTURES;
  return {
    name,
    version,
    architectures: ARCHITECTURES.filter((architecture) => wanted.includes(architecture)),
    suite: debian.suite ?? DEFAULT_SUITE,
    components: debian.components ?? DEFAULT_COMPONENTS,
    packages: debian.packages ?? [],
    ...(debian.mirror === undefined ? {} : { mirror: debian.mirror.replace(/\/+$/, "") }),
    slotSizeMib: fragment.slot_size_mib ?? DEFAULT_SLOT_SIZE_MIB,
    kernelPackage: kernelPackages(fragment.kernel_package),
    initrdModules: fragment.initrd_modules ?? [],
    osRelease: fragment.os_release ?? {},
    setIdFiles: fragment.set_id_files ?? [],
    ...(fragment.update === undefined ? {} : { update: updateOf(fragment.update, placeOf) }),
    ...(fragment.health === undefined ? {} : { health: fragment.health }),
  };
};
