/** The identity of a config, item by item, so that a changed item can be named. */
import { hash } from "node:crypto";
import type { Config } from "@slipway/ignition-config";
import type { StepInputs } from "../cache/key.ts";
import { sha256File } from "../lock/debs.ts";

const isLocal = (value: unknown): value is { readonly kind: "local" } =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "local";

/** Everything that says something about the node; where it was written says nothing. */
const identity = (item: unknown): string =>
  hash(
    "sha256",
    JSON.stringify(item, (key, value: unknown) => {
      if (key === "origin") return undefined;
      if (isLocal(value)) return { ...value, path: undefined };
      return value instanceof Uint8Array ? hash("sha256", value) : value;
    }),
  );

/**
 * One input an item: `file /etc/motd`, `unit web.service`, `user core` … A local file counts with its bytes, read
 * once, streamed.
 */
export const configInputs = async (config: Config): Promise<StepInputs> => {
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
      if (resource?.kind !== "local") continue;
      // Named by where it goes: where it comes from is this machine's affair.
      const name =
        index === 0 ? `contents ${file.path}` : `contents ${file.path} (append ${index})`;
      inputs.set(name, await sha256File(resource.path));
    }
  }
  return Object.fromEntries(inputs);
};
