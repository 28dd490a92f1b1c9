/**
 * Who may list what. A release is believed when it stands in the list of `image-<image>`, a channel when it stands in that of `online`, and nothing
 * else is ever looked at. That no other role is given these paths is checked besides: so another TUF client, which walks the delegations, finds
 * in this repository what a node finds, or nothing.
 */
import { isDelegatedRole, pathsOf } from "@slipway/release";
import type { Metadata, Targets } from "@tufjs/models";
import { type Place, refusal } from "./refusal.ts";

/** Paths that only the roles made for them may be given. */
const RESERVED = ["releases", "channels"];

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
    const own = isDelegatedRole(name) ? pathsOf(name) : [];
    const stolen = (paths ?? []).find((path) => !own.includes(path) && reachesReserved(path));
    if (stolen !== undefined)
      throw refusal(
        "WRONG_ROLE",
        place,
        `delegates ${stolen} to ${name}, which is not the role for these paths`,
      );
  }
};
