/** How a repository's roles stand: their keys, and for how long they are believed. Pure. */
import { delegationsOf, type RoleDefinition, rootRolesOf } from "./draft.ts";
import type { Document } from "./metadata-text.ts";
import type { RepositoryMetadata } from "./open-metadata.ts";
import { lifetimeSeconds, type Role, TOP_ROLES } from "@slipway/release";

/** `past-half` is the time to sign anew: the other half is for whoever is ill or on holiday. */
export type Freshness = "fresh" | "past-half" | "expired";

export interface RoleStatus {
  readonly role: Role;
  readonly version: number;
  /** As the metadata says it. */
  readonly expires: string;
  readonly freshness: Freshness;
  readonly threshold: number;
  readonly keyIds: readonly string[];
}

export const freshnessOf = (role: Role, expires: string, now: Date): Freshness => {
  const leftSeconds = (Date.parse(expires) - now.getTime()) / 1000;
  if (leftSeconds <= 0) return "expired";
  return leftSeconds < lifetimeSeconds(role) / 2 ? "past-half" : "fresh";
};

const statusOf = (
  { role, metadata: { signed } }: Document,
  { keys, threshold }: RoleDefinition,
  now: Date,
): RoleStatus => ({
  role,
  version: signed.version,
  expires: signed.expires,
  freshness: freshnessOf(role, signed.expires, now),
  threshold,
  keyIds: keys.map(({ keyID }) => keyID),
});

const NOBODY: RoleDefinition = { keys: [], threshold: 1 };

/** Every role, those of the root first. */
export const roleStatuses = (metadata: RepositoryMetadata, now: Date): readonly RoleStatus[] => {
  const top = rootRolesOf(metadata.root.metadata.signed);
  const delegations = delegationsOf(metadata.targets.metadata.signed);
  const { root, targets, snapshot, timestamp } = metadata;
  const documents = { root, targets, snapshot, timestamp };
  return [
    ...TOP_ROLES.map((role) => statusOf(documents[role], top[role], now)),
    ...[...metadata.delegated].map(([role, document]) =>
      statusOf(document, delegations.get(role) ?? NOBODY, now),
    ),
  ];
};
