/** The identity of a config, item by item, so that a changed item can be named. */
import { hash } from "node:crypto";
import type { Config } from "@slipway/ignition-config";
import type { StepInputs } from "../cache/key.ts";
import { sha256File } from "../lock/debs.ts";
import type { LockedSource } from "../lock/remote-sources.ts";

/** Contents of which the config itself holds no byte. */
const isElsewhere = (value: unknown): value is { readonly kind: string } =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  (value.kind === "local" || value.kind === "remote");

/** Everything that says something about the node; where it was written says nothing. */
const identity = (item: unknown): string =>
  hash(
    "sha256",
    JSON.stringify(item, (key, value: unknown) => {
      if (key === "origin") return undefined;
      if (isElsewhere(value)) {
        return { ...value, path: undefined, url: undefined, headers: undefined };
      }
      return value instanceof Uint8Array ? hash("sha256", value) : value;
    }),
  );

/**
 * One input an item: `file /etc/motd`, `unit web.service`, `user core` … A local file counts with its bytes, read
 * once, streamed; a remote one with the digest that `sources`, the lock's, has for it.
 */
export const configInputs = async (
  config: Config,
  sources: readonly LockedSource[],
): Promise<StepInputs> => {
  const fetched = new Map(sources.map(({ url, sha256 }) => [url, sha256]));
  const named = [
    ...config.storage.directories.map((item) => [`directory ${item.path}`, item] as const),
    ...config.storage.files.map((item) => [`file ${item.path}`, item] as const),
    ...config.storage.links.map((item) => [`link ${item.path}`, item] as const),
    ...config.systemd.units.map((item) => [`unit ${item.name}`, item] as const),
    ...config.passwd.users.map((item) => [`user ${item.name}`, item] as const),
    ...config.passwd.groups.map((item) => [`group ${item.name}`, item] as const),
  ];
  const inputs = new Map<string, string>(named.map(([name, item]) => [name, identity(item)]));
  for (const file of config.storage.files) {
    for (const [index, resource] of [file.contents, ...file.append].entries()) {
      if (resource?.kind !== "local" && resource?.kind !== "remote") continue;
      // Named by where it goes: where it comes from is this machine's affair.
      const name =
        index === 0 ? `contents ${file.path}` : `contents ${file.path} (append ${index})`;
      inputs.set(
        name,
        resource.kind === "local"
          ? await sha256File(resource.path)
          : (fetched.get(resource.url) ?? "not locked"),
      );
    }
  }
  return Object.fromEntries(inputs);
};
