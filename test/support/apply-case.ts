/** One recorded case run through the baking, and what differs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  bakeConfig,
  ComposerError,
  fetchSources,
  type LockedSource,
  type Ownership,
  realOwnership,
  recordedOwnership,
  remoteSources,
  type RemoteSource,
  silentProgress,
  withFetched,
} from "@slipway/composer";
import type { Config } from "@slipway/ignition-config";
import type { ApplyCase, RecordedNode } from "./apply-corpus.ts";
import { Invalid, NOWHERE, readIgnition } from "./ignition-json.ts";
import { RECORDED_ADDRESS } from "./recorded-server.ts";
import { paintTree, type SeenNode, seeTree, sha256 } from "./tree-picture.ts";

export interface Bench {
  /** An empty directory for this case alone. */
  readonly scratch: string;
  /** Where the recorded server answers now. */
  readonly server: string;
}

/** Runs a case. @throws AssertionError with what differs. */
export const runApplyCase = async (one: ApplyCase, bench: Bench): Promise<void> => {
  const root = join(bench.scratch, "root");
  const ownership = process.getuid?.() === 0 ? realOwnership : recordedOwnership();
  const there = one.before.map((node) =>
    node.mode === undefined ? node : { ...node, mode: node.mode | READABLE },
  );
  paintTree(root, [{ path: "/", type: "dir", mode: 0o755 }, ...there], ownership);

  const config = await readCase(one, bench);
  if (config === undefined) {
    assert.equal(one.isDone, false, "verdict");
    return;
  }
  const isFragment = !one.env.includes("IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT=false");
  const bake = async (): Promise<boolean> => {
    const report = await bakeConfig({
      root,
      definition: { config, image: { slotSizeMib: 256 } },
      ownership,
      keysFile: isFragment ? ".ssh/authorized_keys.d/ignition" : ".ssh/authorized_keys",
    });
    return !report.findings.some(({ level }) => level === "error");
  };

  assert.equal(await bake(), one.isDone, "verdict");
  const mine = look(root, ownership);
  compareTrees(one, mine, seeTree(root, ownership));
  if (one.secondRun === undefined) return;
  assert.equal(await bake(), one.secondRun.isDone, "verdict of a second run");
  const isSame = JSON.stringify(look(root, ownership)) === JSON.stringify(mine);
  assert.equal(isSame, one.secondRun.isSameTree, "tree of a second run");
};

/** The config with everything fetched that it fetches; undefined when it, or a source of it, is refused. */
const readCase = async (one: ApplyCase, bench: Bench): Promise<Config | undefined> => {
  const text = one.input.replaceAll(RECORDED_ADDRESS, bench.server);
  try {
    const config = await readIgnition(text, {
      system: one.system,
      fetch: async ({ source = "", httpHeaders = [] }) => {
        const headers = httpHeaders.map(({ name, value = "" }) => ({ name, value }));
        const wanted = { url: source, headers, checks: [{}], origin: NOWHERE };
        const [fetched] = await fetchAll(bench, [wanted]);
        return readFileSync(fileOf(bench, fetched));
      },
    });
    const fetched = await fetchAll(bench, remoteSources(config));
    return withFetched(config, (url) =>
      fileOf(
        bench,
        fetched.find((entry) => entry.url === url),
      ),
    );
  } catch (error) {
    if (error instanceof Invalid) return undefined;
    if (error instanceof ComposerError && error.code.startsWith("SOURCE_")) return undefined;
    throw error;
  }
};

const fileOf = ({ scratch }: Bench, entry: LockedSource | undefined): string =>
  join(scratch, "sources", entry?.sha256 ?? "");

const fetchAll = (
  { scratch }: Bench,
  sources: readonly RemoteSource[],
): Promise<readonly LockedSource[]> =>
  fetchSources(
    {
      store: {
        sources: join(scratch, "sources"),
        scratch: async (purpose) => {
          const directory = await mkdtemp(join(scratch, purpose));
          return {
            directory,
            [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
          };
        },
      },
      clock: { sleep: async () => undefined },
      progress: silentProgress,
      environment: {},
    },
    [],
    { sources, limitBytes: 2 ** 20 },
  );

const look = (root: string, ownership: Ownership): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...seeTree(root, ownership)].map(([path, node]) => [path, seen(node, path, root)]),
  );

const compareTrees = (
  { after, isDone }: ApplyCase,
  mine: Readonly<Record<string, string>>,
  nodes: ReadonlyMap<string, SeenNode>,
): void => {
  if (after.kind === "tree") {
    assert.deepEqual(mine, expected(after.nodes, mine), "tree");
    for (const { path, nlink } of after.nodes) {
      if (nlink !== undefined) assert.equal(nodes.get(path)?.links, nlink, `names of ${path}`);
    }
    return;
  }
  if (!isDone) return;
  for (const path of after.gone) assert.ok(!nodes.has(path), `${path} is still there`);
  for (const node of after.nodes) compareNode(node, nodes);
};

/** As upstream's own tests look at a node: a mode that is not given is not looked at. */
const compareNode = (node: RecordedNode, nodes: ReadonlyMap<string, SeenNode>): void => {
  const found = nodes.get(node.path);
  const other = node.hardlinkOf === undefined ? undefined : nodes.get(node.hardlinkOf);
  assert.equal(found?.type, other?.type ?? node.type, node.path);
  const { uid, gid, mode, target } = found;
  const about = `owner and mode of ${node.path}`;
  assert.deepEqual({ uid, gid }, { uid: node.uid ?? 0, gid: node.gid ?? 0 }, about);
  if (node.mode !== undefined) assert.equal(mode, Number(node.mode), about);
  if (other !== undefined) assert.deepEqual(found, other, node.path);
  else if (node.type === "link") assert.equal(target, node.target, node.path);
  else if (node.type === "file") {
    assert.equal(found.sha256, sha256(node.contents ?? ""), `contents of ${node.path}`);
  }
};

/** Upstream's files have mode 0, which only root can read: for others both sides get a bit more. */
const READABLE = process.getuid?.() === 0 ? 0 : 0o400;

/** Left behind by the tools that Ignition runs, and of no use to anybody. */
const LEFTOVER = /^\/etc\/(?:\.pwd\.lock|(?:passwd|group|shadow|gshadow|subuid|subgid)-)$/;

const expected = (
  tree: readonly RecordedNode[],
  mine: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tree
      .filter(({ path }) => !LEFTOVER.test(path))
      // Ignition's report of its own run is in /etc; a tree that we bake has none.
      .filter(({ path }) => path !== "/etc" || mine["/etc"] !== undefined)
      .map((node) => {
        const { path, type, mode = 0, contents = "", uid = 0, gid = 0 } = node;
        const isShadow = path === "/etc/shadow";
        return [
          path,
          described({
            ...{ ...node, uid, gid, type },
            mode: typeof mode === "string" ? Number.parseInt(mode, 8) : mode,
            sha256: isShadow ? sha256(undated(contents)) : (node.sha256 ?? sha256(contents)),
          }),
        ];
      }),
  );

const seen = (node: SeenNode, path: string, root: string): string =>
  described(
    path === "/etc/shadow"
      ? { ...node, sha256: sha256(undated(readFileSync(join(root, path), "utf8"))) }
      : node,
  );

const described = (
  node: Omit<SeenNode, "links" | "target"> & { readonly target?: string | undefined },
): string => {
  const owner = `${node.uid}:${node.gid}`;
  if (node.type === "link") return `link ${owner} ${node.target ?? ""}`;
  const mode = ((node.mode ?? 0) | READABLE).toString(8);
  return node.type === "dir"
    ? `dir ${mode} ${owner}`
    : `file ${mode} ${owner} ${node.sha256 ?? ""}`;
};

/** Ignition writes the day of the run; baking writes none, so that its output does not depend on it. */
const undated = (shadow: string): string =>
  shadow.replaceAll(/^([^:]*:[^:]*):(?:2\d{4})?:/gm, "$1::");
