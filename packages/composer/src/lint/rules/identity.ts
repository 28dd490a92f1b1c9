import type { Rule } from "../rule.ts";

export const machineId: Rule = {
  id: "machine-id",
  severity: "error",
  why: "an empty machine-id is filled on each node at first boot; with one in the image all nodes are one, without the file none is kept",
  start: (_policy, say) => ({
    finish: ({ index }) => {
      const entry = index.get("/etc/machine-id");
      const hint = "make it an empty file";
      if (entry === undefined) say("/etc/machine-id", "does not exist", hint);
      else if (entry.type !== "file") say("/etc/machine-id", `is a ${entry.type}`, hint);
      else if (entry.size > 0) say("/etc/machine-id", `holds ${entry.size} bytes`, hint);
      const dbus = index.get("/var/lib/dbus/machine-id");
      if (dbus?.type === "file") {
        say("/var/lib/dbus/machine-id", "is a second machine-id", "remove it");
      }
    },
  }),
};

export const hostLeftover: Rule = {
  id: "host-leftover",
  severity: "error",
  why: "what the machine that composed the tree left in it differs from build to build and tells its network to all",
  start: (policy, say) => ({
    finish: ({ index, read }) => {
      const textOf = (path: string): string | undefined =>
        index.get(path)?.type === "file" ? new TextDecoder().decode(read(path)).trim() : undefined;

      const hostname = textOf("/etc/hostname");
      if (hostname !== undefined && hostname !== policy.hostname) {
        say(
          "/etc/hostname",
          `says ${JSON.stringify(hostname.slice(0, 64))}, which the definition does not`,
          "remove it, or set it in the definition",
        );
      }
      for (const path of ["/etc/resolv.conf", ...index.children("/etc").filter(isResolvBackup)]) {
        const full = path.startsWith("/") ? path : `/etc/${path}`;
        const resolver = textOf(full);
        if (resolver !== undefined && /^\s*(?:nameserver|search|domain)\s/m.test(resolver)) {
          say(
            full,
            "names the build machine's resolver",
            "remove it; systemd-resolved makes the link",
          );
        }
      }
      if (index.get("/etc/mtab")?.type === "file") {
        say("/etc/mtab", "is a file", "link it to ../proc/self/mounts");
      }
    },
  }),
};

/** What systemd-resolved's package script moves away is what the composing tool copied in. */
const isResolvBackup = (name: string): boolean => /^\.?resolv\.conf./.test(name);
