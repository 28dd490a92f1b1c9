/** What is in /etc and yet no setting of this node: the new release has its own, or makes it. */
import type { EtcPath } from "./node.ts";

interface NeverCarried {
  readonly path: RegExp;
  readonly because: string;
}

const DATABASE = "(?:passwd|shadow|group|gshadow|subuid|subgid)";

const TABLE: readonly NeverCarried[] = [
  { path: /^ld\.so\.cache$/, because: "made from the libraries of one release" },
  { path: /^\.updated$/, because: "says which release last updated this /etc" },
  { path: /^udev\/hwdb\.bin$/, because: "made from the hardware database of one release" },
  { path: /^mtab$/, because: "a link to the kernel's list of mounts" },
  { path: /^\.pwd\.lock$/, because: "a lock" },
  { path: new RegExp(`^${DATABASE}\\.lock$`), because: "a lock" },
  {
    path: new RegExp(`^${DATABASE}-$`),
    because: "a copy that account tools make before they write",
  },
  {
    path: new RegExp(`^(?:${DATABASE}\\+|${DATABASE}\\.[0-9]+|\\.#${DATABASE}[0-9A-Za-z]*)$`),
    because: "unfinished writing of an account tool",
  },
];

/** Why what the node has at a path is not carried into a new release; undefined when it is. */
export const whyNeverCarried = (path: EtcPath): string | undefined =>
  TABLE.find((line) => line.path.test(path))?.because;
