/** Reading the host's apt configuration: sources, and how to reach them (proxies). */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Exec } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import {
  type AptSource,
  chooseMirrors,
  type Mirrors,
  parseDeb822,
  parseOneLine,
} from "./apt-sources.ts";

const readText = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

const readSources = async (etc: string): Promise<readonly AptSource[]> => {
  const parts = path.join(etc, "sources.list.d");
  const names = (await readdir(parts).catch(() => [])).toSorted();
  const lists = await Promise.all([
    readText(path.join(etc, "sources.list")).then(parseOneLine),
    ...names.map(async (name) => {
      const text = await readText(path.join(parts, name));
      if (name.endsWith(".sources")) return parseDeb822(text);
      return name.endsWith(".list") ? parseOneLine(text) : [];
    }),
  ]);
  return Promise.all(lists.flat().map(resolveMirrorList));
};

/** Cloud images name a file of mirrors (apt-transport-mirror(1)): its first line is the preferred one. */
const resolveMirrorList = async (source: AptSource): Promise<AptSource> => {
  const file = /^mirror\+file:(\/.*)$/.exec(source.uri)?.[1];
  if (file === undefined) return source;
  const first = (await readText(file)).split("\n").find((line) => /^\w/.test(line.trim()));
  const uri = first?.trim().split(/\s/)[0]?.replace(/\/+$/, "");
  return uri === undefined ? source : { ...source, uri };
};

/** @throws ComposerError `NO_MIRROR` when apt's files name no archive for the host's own suite. */
export const hostMirrors = async (
  aptEtc: string = "/etc/apt",
  osRelease: string = "/etc/os-release",
): Promise<Mirrors> => {
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(await readText(osRelease))?.[1] ?? "";
  const mirrors = chooseMirrors(await readSources(aptEtc), codename);
  if (mirrors === undefined) {
    throw new ComposerError(
      "NO_MIRROR",
      `${aptEtc} names no Debian archive for this machine's suite${codename === "" ? "" : ` ${codename}`}`,
      { hint: "name one in the definition: image.debian.mirror" },
    );
  }
  return mirrors;
};

/** In seconds: apt's own 30 add up to six minutes before a mirror that never answers is given up. */
const PATIENCE = ["http", "https"].map((method) => `Acquire::${method}::Timeout "15";`);

/** The lines of the host's apt configuration that say how to reach a network: proxies and time-outs. */
export const hostAptNetworkSettings = async (exec: Exec): Promise<readonly string[]> => {
  const dump = await exec.run({
    argv: ["apt-config", "dump", "Acquire"],
    purpose: "reading the proxy settings of apt",
  });
  const own = dump.stdout
    .split("\n")
    .filter((line) => /^Acquire::https?::(Proxy|Timeout)/i.test(line));
  // The later one counts.
  return [...PATIENCE, ...own];
};
