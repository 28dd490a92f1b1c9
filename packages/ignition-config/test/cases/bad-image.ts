import type { BadCase } from "./bad-case.ts";

/** The image block alone; it stands in place of HEAD's own, so these texts begin in line 3. */
export const BAD_IMAGES: readonly BadCase[] = [
  {
    what: "neither name nor version",
    text: "image: {}",
    findings: ["3:8 missing-key", "3:8 missing-key"],
    says: ["image.name", "image.version"],
  },
  {
    what: "no image block at all",
    text: "storage: {}",
    findings: ["1:1 missing-key", "1:1 missing-key"],
  },
  {
    what: "an image block of the wrong type",
    text: "image: base",
    findings: ["3:8 wrong-type"],
    says: ["expected a mapping, found text"],
  },
  {
    what: "a repository of which nobody says whom to trust",
    text: 'image: { name: a, version: 1, update: { repository: ["https://example.org"] } }',
    findings: ["3:53 missing-key"],
    says: ["root"],
  },
  {
    what: "an address of a repository with a password, and one with a query",
    text: 'image: { name: a, version: 1, update: { repository: ["https://u:p@e.org", "https://e.org/?a"] } }',
    findings: ["3:54 source-url", "3:75 source-url"],
  },
  {
    what: "a channel with a slash",
    text: "image: { name: a, version: 1, update: { channel: a/b } }",
    findings: ["3:50 channel-name"],
  },
  {
    what: "a root that is not there",
    text: "image: { name: a, version: 1, update: { root: no.json } }",
    findings: ["3:47 missing-file"],
  },
  {
    what: "a name with capitals and underscores",
    text: "image: { name: My_Base, version: 1 }",
    findings: ["3:16 image-name"],
    says: ["`my-base`"],
  },
  {
    what: "a name that is too long",
    text: `image: { name: ${"a".repeat(33)}, version: 1 }`,
    findings: ["3:16 image-name"],
  },
  {
    what: "a name that ends in a dash",
    text: "image: { name: a-, version: 1 }",
    findings: ["3:16 image-name"],
  },
  {
    what: "a version with an underscore",
    text: "image: { name: a, version: 1_0 }",
    findings: ["3:28 image-version"],
    says: ["`1-0`"],
  },
  {
    what: "a version with a plus",
    text: "image: { name: a, version: 1+3 }",
    findings: ["3:28 image-version"],
  },
  {
    what: "a version that climbs",
    text: "image: { name: a, version: .. }",
    findings: ["3:28 image-version"],
  },
  {
    what: "a version with a slash",
    text: "image: { name: a, version: 1/2 }",
    findings: ["3:28 image-version"],
  },
  {
    what: "an architecture of another name",
    text: "image: { name: a, version: 1, architectures: [arm64, amd64] }",
    findings: ["3:47 unknown-value", "3:54 unknown-value"],
    says: ["not one of x86_64, aarch64", "did you mean `aarch64`?", "did you mean `x86_64`?"],
  },
  {
    what: "no architecture",
    text: "image: { name: a, version: 1, architectures: [] }",
    findings: ["3:46 too-few"],
  },
  {
    what: "an architecture twice",
    text: "image: { name: a, version: 1, architectures: [x86_64, x86_64] }",
    findings: ["3:55 duplicate-entry"],
  },
  {
    what: "packages outside of `debian`",
    text: "image: { name: a, version: 1, packages: [curl] }",
    findings: ["3:31 unknown-key"],
    says: ["it belongs under `image.debian`"],
  },
  {
    what: "package names with more than a name",
    text: "image:\n  name: a\n  version: 1\n  debian:\n    packages: [curl=8, libc6:arm64, -nano, Curl, x, a/b]",
    findings: [
      "7:16 package-name",
      "7:24 package-name",
      "7:37 package-name",
      "7:44 package-name",
      "7:50 package-name",
      "7:53 package-name",
    ],
    says: ["leave the version out", "leave the architecture out", "cannot be removed"],
  },
  {
    what: "a package twice",
    text: "image: { name: a, version: 1, debian: { packages: [curl, nano, curl] } }",
    findings: ["3:64 duplicate-entry"],
    says: [`"curl" is already in image.debian.packages on line 3`],
  },
  {
    what: "a text where a list belongs",
    text: "image: { name: a, version: 1, debian: { packages: curl } }",
    findings: ["3:51 wrong-type"],
    says: ["expected a list, found text", "put `- ` before each item"],
  },
  {
    what: "a bad suite",
    text: "image: { name: a, version: 1, debian: { suite: Trixie } }",
    findings: ["3:48 suite"],
    says: ["`trixie`"],
  },
  {
    what: "a bad component",
    text: "image: { name: a, version: 1, debian: { components: [Main] } }",
    findings: ["3:54 component"],
  },
  {
    what: "no component",
    text: "image: { name: a, version: 1, debian: { components: [] } }",
    findings: ["3:53 too-few"],
  },
  {
    what: "mirrors that are none",
    text: "image: { name: a, version: 1, debian: { mirror: deb.debian.org } }",
    findings: ["3:49 mirror"],
  },
  {
    what: "a mirror over ftp",
    text: "image: { name: a, version: 1, debian: { mirror: ftp://x/debian } }",
    findings: ["3:49 mirror"],
  },
  {
    what: "a mirror with a query",
    text: "image: { name: a, version: 1, debian: { mirror: 'http://x/?a' } }",
    findings: ["3:49 mirror"],
  },
  {
    what: "a mirror with a password",
    text: "image: { name: a, version: 1, debian: { mirror: 'https://u:p@x/' } }",
    findings: ["3:49 url-secret"],
  },
  {
    what: "a slot that is too small",
    text: "image: { name: a, version: 1, slot_size_mib: 255 }",
    findings: ["3:46 number-range"],
  },
  {
    what: "a slot that is too large",
    text: "image: { name: a, version: 1, slot_size_mib: 65537 }",
    findings: ["3:46 number-range"],
  },
  {
    what: "a slot size with a unit",
    text: "image: { name: a, version: 1, slot_size_mib: 2GiB }",
    findings: ["3:46 wrong-type"],
    says: ["expected a whole number, found text"],
  },
  {
    what: "a slot size in quotes",
    text: `image: { name: a, version: 1, slot_size_mib: "2048" }`,
    findings: ["3:46 wrong-type"],
    says: ["remove the quotes"],
  },
  {
    what: "a slot size with a fraction",
    text: "image: { name: a, version: 1, slot_size_mib: 2048.5 }",
    findings: ["3:46 wrong-type"],
  },
  {
    what: "a slot size with a leading zero",
    text: "image: { name: a, version: 1, slot_size_mib: 02048 }",
    findings: ["3:46 number-spelling"],
  },
  {
    what: "a slot size beyond every number",
    text: `image: { name: a, version: 1, slot_size_mib: ${"9".repeat(400)} }`,
    findings: ["3:46 number-range"],
  },
  {
    what: "a kernel for an unknown architecture",
    text: "image: { name: a, version: 1, kernel_package: { x86: linux } }",
    findings: ["3:49 unknown-key"],
    says: ["did you mean `x86_64`?"],
  },
  {
    what: "a kernel of the wrong type",
    text: "image: { name: a, version: 1, kernel_package: [linux] }",
    findings: ["3:47 wrong-type"],
  },
  {
    what: "a kernel that is no package",
    text: "image: { name: a, version: 1, kernel_package: { x86_64: Linux } }",
    findings: ["3:57 package-name"],
  },
  {
    what: "a module with its file name",
    text: "image: { name: a, version: 1, initrd_modules: [drivers/md/raid1.ko.xz] }",
    findings: ["3:48 kernel-module"],
    says: ["`raid1`"],
  },
  {
    what: "os-release fields of the image block",
    text: "image: { name: a, version: 1, os_release: { IMAGE_ID: x, IMAGE_VERSION: y } }",
    findings: ["3:45 os-release-reserved", "3:58 os-release-reserved"],
  },
  {
    what: "an os-release field in lower case",
    text: "image: { name: a, version: 1, os_release: { pretty_name: x } }",
    findings: ["3:45 os-release-key"],
    says: ["did you mean `PRETTY_NAME`?"],
  },
  {
    what: "an os-release id with blanks",
    text: "image: { name: a, version: 1, os_release: { ID: My OS } }",
    findings: ["3:49 os-release-value"],
  },
  {
    what: "an os-release field without a value",
    text: "image: { name: a, version: 1, os_release: { NAME: } }",
    findings: ["3:45 missing-value"],
  },
  {
    what: "an os-release field of two lines",
    text: `image: { name: a, version: 1, os_release: { NAME: "a\\nb" } }`,
    findings: ["3:51 control-character"],
  },
  {
    what: "a prototype as an os-release field",
    text: "image: { name: a, version: 1, os_release: { __proto__: x } }",
    findings: ["3:45 os-release-key"],
  },
  {
    what: "a relative set-id file",
    text: "image: { name: a, version: 1, set_id_files: [usr/bin/su] }",
    findings: ["3:46 path"],
    says: ["`/usr/bin/su`"],
  },
];
