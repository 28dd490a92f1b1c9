/** A web server in a container, made of programs that every image of ours has: systemd's inetd and bash. */
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { readElf, selectFiles, type TreeView } from "@slipway/composer/testing";
import { ociArchive } from "./oci-archive.ts";
import type { TarEntry } from "./tar.ts";

/** Where it listens, inside. */
export const HELLO_PORT = 8080;

const PROGRAMS = ["/usr/bin/systemd-socket-activate", "/usr/bin/bash", "/usr/bin/cat"];
const SCRIPT = "srv/hello";

/** A script for bash that asks it, however long it takes until it listens. */
export const askHello = (host: string): string => {
  const place = `/dev/tcp/${host}/${HELLO_PORT}`;
  return `until (exec 3<>${place}) 2>/dev/null; do :; done
    exec 3<>${place}; printf 'GET / HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n' >&3; cat <&3`;
};

/** Reads all of the request: closing before would reset the connection. */
const ANSWER = `while read -r line && [ -n "\${line%$'\\r'}" ]; do :; done
printf 'HTTP/1.0 200 OK\\r\\n\\r\\n'
echo "hello from $(cat /proc/1/comm)"
cat /proc/sys/kernel/hostname /sys/fs/cgroup/pids.max
`;

const ENTRYPOINT = [
  ...["/usr/bin/systemd-socket-activate", "--inetd", "--accept", `--listen=${HELLO_PORT}`],
  ...["/usr/bin/bash", `/${SCRIPT}`],
];

const MERGED = ["bin", "lib", "lib64", "sbin"];
const ELF = { amd64: 62, arm64: 183 } as const;
const MULTIARCH = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" } as const;

const viewOf = (tree: string): TreeView => ({
  node: (file) => {
    const at = path.join(tree, file);
    const facts = lstatSync(at, { throwIfNoEntry: false });
    if (facts?.isSymbolicLink() === true) return { kind: "link", target: readlinkSync(at) };
    if (facts?.isFile() === true) return { kind: "file", mode: facts.mode & 0o7777 };
    return facts?.isDirectory() === true ? { kind: "directory" } : undefined;
  },
  elf: (file) => readElf(readFileSync(path.join(tree, file))),
});

const programEntries = (tree: string, architecture: keyof typeof ELF): readonly TarEntry[] => {
  const view = viewOf(tree);
  const directories = [`/usr/lib/${MULTIARCH[architecture]}`, "/usr/lib", "/usr/lib64"];
  const { paths, missing, foreign } = selectFiles(
    ...([view, PROGRAMS, [], directories, ELF[architecture]] as const),
  );
  if (missing.length > 0 || foreign.length > 0) {
    throw new Error(`not for the container: ${JSON.stringify({ missing, foreign })}`);
  }
  return paths.map((file): TarEntry => {
    const node = view.node(file);
    const at = file.slice(1);
    return node?.kind === "link"
      ? { kind: "link", path: at, target: node.target }
      : {
          ...{ kind: "file", path: at, mode: 0o755 },
          contents: readFileSync(path.join(tree, file)),
        };
  });
};

/** The archive of its image, from unpacked roots, for the architectures of these. */
export const helloArchive = (
  trees: Partial<Readonly<Record<keyof typeof ELF, string>>>,
): Buffer => {
  const merged = MERGED.map((name): TarEntry => ({
    kind: "link",
    path: name,
    target: `usr/${name}`,
  }));
  const script: TarEntry = {
    ...{ kind: "file", path: SCRIPT, mode: 0o755 },
    contents: Buffer.from(ANSWER),
  };
  const images = (["amd64", "arm64"] as const).flatMap((architecture) => {
    const tree = trees[architecture];
    if (tree === undefined) return [];
    return [{ architecture, entries: [...merged, script, ...programEntries(tree, architecture)] }];
  });
  return ociArchive("localhost/hello:1", images, ENTRYPOINT);
};
