import { exceptionFor } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { isWithin, parentOf } from "../tree-path.ts";

export const badName: Rule = {
  id: "bad-name",
  severity: "error",
  why: "manifests, deltas and logs hold paths as text, and a name that is none cannot be told from another",
  start: (_policy, say) => ({
    visit: ({ path, isUtf8 }) => {
      // Control characters of ASCII and of Latin-1 (C0, DEL, C1).
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      const control = /[\u0000-\u001f\u007f-\u009f]/.test(path);
      if (isUtf8 && !control) return;
      say(
        JSON.stringify(path).slice(1, -1),
        isUtf8 ? "has a control character in its name" : "has a name that is not UTF-8",
        "rename it, or leave its package out",
      );
    },
  }),
};

export const specialFile: Rule = {
  id: "special-file",
  severity: "error",
  why: "devices, sockets and pipes are made at run time; one in the image is a leftover, or a way to a disk past all permissions",
  start: (_policy, say) => ({
    visit: ({ path, type }) => {
      if (type !== "file" && type !== "directory" && type !== "link") {
        say(path, `is a ${type}`, "remove it; let systemd-tmpfiles make it at run time");
      }
    },
  }),
};

export const hardLink: Rule = {
  id: "hard-link",
  severity: "error",
  why: "the composed tree is compared, packed and patched file by file, and a file of two names would be neither one nor two",
  start: (_policy, say) => {
    const shared = new Map<string, string[]>();
    return {
      visit: ({ path, type, nlink, inode }) => {
        if (type !== "file" || nlink <= 1) return;
        const group = shared.get(inode);
        if (group === undefined) shared.set(inode, [path]);
        else group.push(path);
      },
      finish: () => {
        for (const [first = "", ...others] of shared.values()) {
          // Names outside of the tree do not get into an image.
          if (others.length === 0) continue;
          const where = [
            ...others.slice(0, 3),
            ...(others.length > 3 ? [`${others.length - 3} more`] : []),
          ];
          say(first, `is one file with ${where.join(", ")}`, "copy it, or make the others links");
        }
      },
    };
  },
};

/** Wants links are looked at by name, as systemd does: see the rules on units. */
const UNIT_LINK =
  /^\/(?:etc|usr\/lib)\/systemd\/(?:system|user)\/[^/]+\.(?:wants|requires|upholds)$/;

export const danglingLink: Rule = {
  id: "dangling-link",
  severity: "error",
  why: "a link to nothing is a program, library or setting that somebody will miss",
  start: (policy, say) => {
    const links: string[] = [];
    return {
      visit: ({ path, type }) => {
        if (type === "link" && !UNIT_LINK.test(parentOf(path))) links.push(path);
      },
      finish: ({ index }) => {
        for (const path of links) {
          if (isWithin(path, "/var") || exceptionFor(policy.danglingLinks, path) !== undefined) {
            continue;
          }
          const resolution = index.resolve(path);
          const target = index.get(path)?.target ?? "";
          if (resolution.kind === "missing") {
            say(
              path,
              `points to ${target}, and there is no ${resolution.path}`,
              "remove the link, add what it points to, or document an exception",
            );
          } else if (resolution.kind === "loop") {
            say(path, `points to ${target}, and from there in a circle`, "remove the link");
          }
        }
      },
    };
  },
};
