/**
 * Who may list what. A release is believed when it stands in the list of `image-<image>`, a channel when it stands in that of `online`, and nothing
 * else is ever looked at. That no other role is given these paths is checked besides: so another TUF client, which walks the delegations, finds
 * in this repository what a node finds, or nothing.
 */
import type { Metadata, Targets } from "@tufjs/models";
import { type Place, refusal } from "./refusal.ts";

export const ONLINE_ROLE = "online";

/** The role that lists the releases of an image. */
export const imageRole = (image: string): string => `image-${image}`;

/** Paths that only the roles made for them may be given. */
const RESERVED = ["releases", "channels"];

const pathsOf = (role: string): readonly string[] => {
  if (role === ONLINE_ROLE) return ["channels/*/*"];
  const image = /^image-([a-z0-9][a-z0-9-]{0,62})$/.exec(role)?.[1];
  return image === undefined ? [] : [`releases/${image}/*/*`];
};

/** Whether a pattern can match a reserved path: one whose first part is a plain word other than these cannot. */
const reachesReserved = (pattern: string): boolean => {
  const first = pattern.split("/")[0] ?? "";
  return !/^[A-Za-z0-9_.-]+$/.test(first) || RESERVED.includes(first);
};

/** @throws ReceiverError WRONG_ROLE */
export const checkDelegations = ({ signed }: Metadata<Targets>, place: Place): void => {
  const { delegations } = signed;
  if (delegations === undefined) return;
  if (delegations.succinctRoles !== undefined)
    throw refusal("WRONG_ROLE", place, "delegates by hashes of paths, which could be any paths");
  for (const { name, paths, pathHashPrefixes } of Object.values(delegations.roles ?? {})) {
    if (pathHashPrefixes !== undefined)
      throw refusal("WRONG_ROLE", place, `delegates hashes of paths to ${name}`);
    const own = pathsOf(name);
    const stolen = (paths ?? []).find((path) => !own.includes(path) && reachesReserved(path));
    if (stolen !== undefined)
      throw refusal(
        "WRONG_ROLE",
        place,
        `delegates ${stolen} to ${name}, which is not the role for these paths`,
      );
  }
};
