import type { Fields } from "../../butane/value.ts";
import { cleanPath } from "../../names/absolute-path.ts";
import { quote } from "../../report/violation.ts";
import { listBy, object, sequenceOf } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { directory, type DirectoryFragment } from "./directory.ts";
import { file, type FileFragment } from "./file.ts";
import { link, type LinkFragment } from "./link.ts";
import { tableList } from "./table-shape.ts";
import { tree, type TreeFragment } from "./tree.ts";
import { isHttp } from "./source-url.ts";

/** Nodes of the tree: one set of paths in three lists. */
export interface StorageFragment {
  readonly directories?: readonly DirectoryFragment[];
  readonly files?: readonly FileFragment[];
  readonly links?: readonly LinkFragment[];
  readonly trees?: readonly TreeFragment[];
  /** These four are as Butane has them, and applied at first boot. */
  readonly disks?: readonly Fields[];
  readonly raid?: readonly Fields[];
  readonly luks?: readonly Fields[];
  readonly filesystems?: readonly Fields[];
}

const LISTS = ["directories", "files", "links"] as const;

/** Every path above `path`, the nearest first, without the root. */
const parentsOf = function* (path: string): Generator<string> {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    yield path.slice(0, at);
  }
};

const checkParents = (storage: StorageFragment, say: Say): void => {
  const files = new Set(storage.files?.map(({ path }) => path));
  const links = new Set(storage.links?.map(({ path }) => path));
  if (files.size + links.size === 0) return;
  for (const name of LISTS) {
    for (const node of storage[name] ?? []) {
      for (const parent of parentsOf(node.path)) {
        if (links.has(parent)) {
          say(node, ["path"], {
            rule: "path-through-link",
            message: `path ${quote(node.path)} leads through the link ${quote(parent)}`,
            hint: "name the place that the link points to",
          });
        } else if (files.has(parent)) {
          say(node, ["path"], {
            rule: "path-below-file",
            message: `path ${quote(node.path)} lies below the file ${quote(parent)}`,
            hint: "change one of the two paths",
          });
        }
      }
    }
  }
};

const checkHardLinks = (storage: StorageFragment, say: Say): void => {
  const directories = new Set(storage.directories?.map(({ path }) => path));
  for (const node of storage.links ?? []) {
    if (node.hard !== true || node.target === undefined) continue;
    // Ignition resolves a hard link's target from the root even when it is relative.
    const target = cleanPath(node.target);
    const reason = directories.has(target)
      ? `${quote(target)} is a directory`
      : target === node.path
        ? "it points to itself"
        : undefined;
    if (reason === undefined) continue;
    say(node, ["target"], {
      rule: "hard-link",
      message: `a hard link cannot be made: ${reason}`,
      hint: "make it a symbolic link by removing `hard`",
    });
  }
};

/** The lock keeps what a URL gave by the URL alone, so that no header, which may be secret, gets into it. */
const checkHeaders = (storage: StorageFragment, say: Say): void => {
  const known = new Map<string, string>();
  for (const { contents, append = [] } of storage.files ?? []) {
    for (const resource of [...(contents === undefined ? [] : [contents]), ...append]) {
      if (!isHttp(resource.source)) continue;
      const headers = JSON.stringify(
        (resource.http_headers ?? [])
          .map(({ name, value }) => [name.toLowerCase(), value])
          .toSorted(),
      );
      const before = known.get(resource.source);
      known.set(resource.source, before ?? headers);
      if (before === undefined || before === headers) continue;
      say(resource, ["source"], {
        rule: "source-headers",
        message: `${quote(resource.source)} is fetched elsewhere with other \`http_headers\``,
        hint: "give both the same headers",
      });
    }
  }
};

export const storage: Schema<StorageFragment> = object<StorageFragment>(
  "Directories, files and links of the image, each path at most once in all three lists; and what the node's disks are to be like.",
  {
    directories: listBy("Directories, merged by `path`.", "path", directory),
    files: listBy("Files, merged by `path`.", "path", file),
    links: listBy("Links, merged by `path`.", "path", link),
    trees: sequenceOf("Directories to copy; those of included documents come first.", tree),
    disks: tableList("disks"),
    raid: tableList("raid"),
    luks: tableList("luks"),
    filesystems: tableList("filesystems"),
  },
  {
    sharedKeys: LISTS,
    check: (value, say) => {
      checkParents(value, say);
      checkHardLinks(value, say);
      checkHeaders(value, say);
    },
  },
);
