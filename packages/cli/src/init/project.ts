/** The files of a new project. Pure. */

export interface ProjectFile {
  /** Below the project's directory. */
  readonly path: string;
  readonly text: string;
  readonly executable?: true;
}

/** Editors with YAML's language server complete and check what stands below this line. */
const HEADER = "# yaml-language-server: $schema=slipway.schema.json";

/** What every image begins with. */
export const baseDocument: string = `${HEADER}
# The system: systemd with networking, name resolution and time, keys-only ssh, and a kernel for virtual machines.
# What the node is for stands in image.yaml, which includes this document and wins over it.
variant: slipway
version: 1.0.0
image:
  debian:
    suite: trixie
    packages:
      - systemd-sysv
      - systemd-resolved
      - systemd-timesyncd
      - systemd-cryptsetup
      - udev
      - dbus-broker
      - libpam-systemd
      - libnss-resolve
      - libnss-myhostname
      - openssh-server
      - iproute2
      - iputils-ping
      - nftables
      - kmod
      - procps
      - less
      - ca-certificates
      - tzdata
  slot_size_mib: 2048
systemd:
  units:
    - name: systemd-networkd.service
      enabled: true
    - name: systemd-resolved.service
      enabled: true
    - name: systemd-timesyncd.service
      enabled: true
    - name: ssh.service
      enabled: true
`;

const image = (name: string): string => `${HEADER}
variant: slipway
version: 1.0.0
include: [base.yaml]
variables:
  greeting:
    default: Welcome.
    description: What people read when they log in.
image:
  name: ${name}
  version: "1"
storage:
  files:
    - path: /etc/motd
      overwrite: true # Debian ships one
      contents:
        inline: |
          \${var.greeting}
# Nobody can log in until somebody has a key:
# passwd:
#   users:
#     - name: admin
#       groups: [sudo]
#       ssh_authorized_keys:
#         - ssh-ed25519 AAAA… you@example
`;

const readme = (name: string): string => `# ${name}

An image of Slipway: \`image.yaml\` says what the node is for, \`base.yaml\` what every node has.

\`\`\`sh
slipway validate image.yaml                  # every mistake at once, in its place
slipway config show image.yaml --origin      # what all documents come to, and which of them said what
slipway build image.yaml --arch x86_64       # a release below out/, and image.lock.json, which belongs into git
slipway run out/${name}/1/x86_64             # boot it in a virtual machine
\`\`\`

\`slipway build image.yaml --var greeting=Hello.\` gives a variable another value. Editors complete the keys of both documents from
\`slipway.schema.json\`; \`slipway schema > slipway.schema.json\` brings it up to date.
`;

const ci = `#!/bin/sh
# What continuous integration runs: the documents are right, and the release is made of exactly what the lock names.
set -eu
cd "$(dirname "$0")/.."
slipway validate image.yaml
if [ -e image.lock.json ]; then
  slipway build image.yaml --locked
else
  slipway build image.yaml
fi
`;

const ignored = `# Releases; image.lock.json is not one of them: commit it.
/out/
`;

/** A project whose image is called `name`, in the order of writing; `schema` is the language's. */
export const projectFiles = (name: string, schema: string): readonly ProjectFile[] => [
  { path: "image.yaml", text: image(name) },
  { path: "base.yaml", text: baseDocument },
  { path: "slipway.schema.json", text: schema },
  { path: "README.md", text: readme(name) },
  { path: ".gitignore", text: ignored },
  { path: ".ci/run", text: ci, executable: true },
];

/** The image name nearest to a directory's name. */
export const imageNameFrom = (directory: string): string => {
  const last = directory.split("/").findLast((step) => step !== "") ?? "";
  const word = last.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const name = word.replace(/^-/, "").slice(0, 32).replace(/-$/, "");
  return name === "" ? "node" : name;
};
