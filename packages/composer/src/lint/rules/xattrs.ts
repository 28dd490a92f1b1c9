import type { Rule } from "../rule.ts";

const hex = (value: Uint8Array): string =>
  Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const unexpectedXattr: Rule = {
  id: "unexpected-xattr",
  severity: "error",
  needsXattrs: true,
  why: "extended attributes give rights that no listing shows, and those of the build machine do not belong in an image",
  start: (policy, say) => {
    const declared = new Map(policy.capabilities.map((one) => [one.path, one]));
    const seen = new Set<string>();
    return {
      visit: ({ path, xattrs }) => {
        for (const { name, value } of xattrs) {
          const capability = name === "security.capability" ? declared.get(path) : undefined;
          if (capability === undefined) {
            say(
              path,
              `has the extended attribute ${name}, which is not declared`,
              name === "security.capability"
                ? "declare the capability if it is meant, else remove it with setcap -r"
                : `remove it with setfattr -x ${name}`,
            );
            continue;
          }
          seen.add(path);
          if (capability.value !== undefined && capability.value !== hex(value)) {
            say(
              path,
              `has the capabilities ${hex(value)}, declared as ${capability.value}`,
              "set the capabilities as declared",
            );
          }
        }
      },
      finish: () => {
        for (const path of declared.keys()) {
          if (!seen.has(path)) {
            say(path, "is declared to have capabilities and has none", "set them with setcap");
          }
        }
      },
    };
  },
};

/** mkfs.erofs sorts two attributes of an inode the same way on every machine, and more of them as they come. */
const MAX_XATTRS = 2;

export const tooManyXattrs: Rule = {
  id: "too-many-xattrs",
  severity: "error",
  needsXattrs: true,
  why: "mkfs.erofs does not order more than two extended attributes, so that the image would differ from build to build",
  start: (_policy, say) => ({
    visit: ({ path, xattrs }) => {
      if (xattrs.length > MAX_XATTRS) {
        say(path, `has ${xattrs.length} extended attributes`, `leave it ${MAX_XATTRS} at most`);
      }
    },
  }),
};
