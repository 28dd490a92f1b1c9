import type { Rule } from "../rule.ts";
import { asLatin1, someOf } from "../text.ts";

/** The first pattern that fits names the leftover. Only files count: the directories belong to packages. */
const LEFTOVERS: readonly (readonly [RegExp, string])[] = [
  [/\.(?:dpkg|ucf)-(?:new|old|dist|tmp|bak|save|remove|backup)$/, "a file dpkg or ucf set aside"],
  [/^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-$/, "a backup of an account database"],
  [/^\/var\/lib\/apt\/lists\/.+/, "a package list of apt"],
  [/^\/var\/cache\/apt\/.+/, "apt's cache"],
  [/^\/(?:var\/lib|usr\/lib\/sysimage)\/dpkg\/.+-old$/, "dpkg's backup of its database"],
  [/^\/var\/cache\/debconf\/.+-old$/, "a backup of debconf's"],
  [/^\/var\/cache\/debconf\/passwords\.dat$/, "where debconf keeps passwords"],
  [/^\/var\/cache\/ldconfig\/.+/, "ldconfig's cache, which holds inode numbers"],
  [/^\/var\/log\/.+/, "a log of the composition"],
  [/^\/(?:tmp|var\/tmp|run)\/.+/, "a temporary file"],
  [/^\/usr\/sbin\/policy-rc\.d$/, "the composing tool's brake on services"],
  [/^\/etc\/(?:apt\/apt\.conf\.d|dpkg\/dpkg\.cfg\.d)\/99mmdebstrap$/, "mmdebstrap's settings"],
];

export const packageLeftover: Rule = {
  id: "package-leftover",
  severity: "error",
  why: "what package tools leave behind differs from build to build, and no node installs packages",
  start: (_policy, say) => ({
    visit: ({ path, type, start }) => {
      if (type !== "file") return;
      const what = LEFTOVERS.find(([pattern]) => pattern.test(path))?.[1];
      if (what !== undefined) say(path, `is ${what}`, "remove it when the packages are configured");
      if (/^\/etc\/apt\/sources\.list(?:\.d\/.+)?$/.test(path) && start !== undefined) {
        const local = /(?:copy|file):\/|trusted=yes|trusted: *yes/i.exec(asLatin1(start))?.[0];
        if (local !== undefined) {
          say(
            path,
            `names the build machine's archive (${local})`,
            "write the public archive, or remove it",
          );
        }
      }
    },
  }),
};

export const missingCopyright: Rule = {
  id: "missing-copyright",
  severity: "warning",
  why: "most licences ask that their text comes with the program, and the SBOM reads it",
  start: (policy, say) => ({
    finish: ({ index }) => {
      const without = (policy.packages ?? []).filter(
        (name) => index.resolve(`/usr/share/doc/${name}/copyright`).kind !== "found",
      );
      if (without.length > 0) {
        say(
          "/usr/share/doc",
          `has no copyright file of ${someOf(without)}`,
          "unpack the packages without excluding /usr/share/doc/*/copyright",
        );
      }
    },
  }),
};
