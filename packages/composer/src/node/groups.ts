/** Groups that every node has, for what Slipway itself puts there. Pure. */
import type { Config, Group, Range } from "@slipway/ignition-config";
import { API_GROUP } from "./agent-units.ts";

/** Nobody wrote it down. */
const START = { line: 1, column: 1, offset: 0 };
const OURS: Range = { file: "slipway", start: START, end: START };

export const NODE_GROUPS: readonly Group[] = [{ name: API_GROUP, system: true, origin: OURS }];

/** With them, so that users of the config can be members; a config that has a group of that name has said all about it. */
export const withNodeGroups = <D extends { readonly config: Pick<Config, "passwd"> }>(
  definition: D,
): D => {
  const { passwd } = definition.config;
  const known = new Set(passwd.groups.map(({ name }) => name));
  const groups = [...NODE_GROUPS.filter(({ name }) => !known.has(name)), ...passwd.groups];
  return { ...definition, config: { ...definition.config, passwd: { ...passwd, groups } } };
};
