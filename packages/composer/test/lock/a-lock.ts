import type { Lock, LockedPackage } from "../../src/lock/lock.ts";
import type { LockedSource } from "../../src/lock/remote-sources.ts";

/** A valid package entry, with what a test cares about. */
export const aPackage = (with_: Partial<LockedPackage> = {}): LockedPackage => ({
  name: "libfoo",
  version: "1:2.0-1~deb13u1",
  architecture: "amd64",
  size: 1234,
  sha256: "ab".repeat(32),
  filename: "pool/main/f/foo/libfoo_2.0-1~deb13u1_amd64.deb",
  archive: "archive",
  sets: ["root", "initrd"],
  ...with_,
});

/** A valid source entry, with what a test cares about. */
export const aSource = (with_: Partial<LockedSource> = {}): LockedSource => ({
  url: "https://example.com/motd",
  size: 5,
  sha256: "ab".repeat(32),
  verification: [],
  ...with_,
});

/** A valid lock, with what a test cares about. */
export const aLock = (with_: Partial<Lock> = {}): Lock => ({
  image: "base",
  version: "1",
  epoch: 1_700_000_000,
  snapshot: 1_700_000_000,
  salt: "cd".repeat(32),
  tools: { "erofs-utils": "1.8.6-1" },
  accounts: {
    users: {
      sshd: {
        uid: 989,
        gid: 65534,
        gecos: "sshd user",
        home: "/run/sshd",
        shell: "/usr/sbin/nologin",
      },
    },
    groups: { _ssh: { gid: 101, members: [] } },
  },
  sources: [],
  architectures: { x86_64: { request: "ef".repeat(32), packages: [aPackage()] } },
  ...with_,
});
