/** The roles that sign a repository, what each may list, and for how long its word holds. */
import { IMAGE_NAME } from "../wire/shapes.ts";
import { channelOfTarget, releaseOfTarget } from "./layout.ts";

export const TOP_ROLES = ["root", "targets", "snapshot", "timestamp"] as const;
export type TopRole = (typeof TOP_ROLES)[number];

/** Channels: which release is for whom. */
export const ONLINE = "online";
/** One for each image: its releases. */
export type ImageRole = `image-${string}`;
/** The roles to which `targets` delegates. */
export type DelegatedRole = typeof ONLINE | ImageRole;
/** The roles that list files, and those to whom they leave it. */
export type ListingRole = "targets" | DelegatedRole;
export type Role = TopRole | DelegatedRole;

/** The roles whose keys stand on a machine that signs every day by itself. */
export const DAILY_ROLES: readonly Role[] = ["timestamp", "snapshot", ONLINE];

const IMAGE_ROLE_PREFIX = "image-";

export const isImageName = (name: string): boolean => IMAGE_NAME.pattern.test(name);

export const imageRole = (image: string): ImageRole => `image-${image}`;

const isImageRole = (name: string): name is ImageRole =>
  name.startsWith(IMAGE_ROLE_PREFIX) && isImageName(name.slice(IMAGE_ROLE_PREFIX.length));

export const isTopRole = (name: string): name is TopRole => TOP_ROLES.some((role) => role === name);

export const isDelegatedRole = (name: string): name is DelegatedRole =>
  name === ONLINE || isImageRole(name);

export const isRole = (name: string): name is Role => isTopRole(name) || isDelegatedRole(name);

/** The one role that may list a file of this TUF path; none for what is no file of a repository. */
export const roleOfPath = (path: string): DelegatedRole | undefined => {
  const release = releaseOfTarget(path);
  if (release !== undefined) return imageRole(release.image);
  return channelOfTarget(path) === undefined ? undefined : ONLINE;
};

/** The TUF paths that are delegated to a role. A `*` stands for one name, without slashes. */
export const pathsOf = (role: DelegatedRole): readonly string[] =>
  role === ONLINE ? ["channels/*/*"] : [`releases/${role.slice(IMAGE_ROLE_PREFIX.length)}/*/*`];

const DAY_SECONDS = 86_400;

const LIFETIME_DAYS = {
  root: 365,
  targets: 90,
  snapshot: 14,
  timestamp: 7,
  online: 14,
  image: 90,
} as const;

/** How long what a role signs today is believed: whole seconds. */
export const lifetimeSeconds = (role: Role): number =>
  DAY_SECONDS * LIFETIME_DAYS[isImageRole(role) ? "image" : role];

/**
 * The most bytes that a role's metadata may have. Clients stop reading there, so nothing longer is signed. These are what tuf-js takes by
 * default.
 */
export const MOST_METADATA_BYTES = {
  root: 512_000,
  targets: 5_000_000,
  snapshot: 2_000_000,
  timestamp: 16_384,
} as const;

export const mostBytes = (role: Role): number =>
  MOST_METADATA_BYTES[isTopRole(role) ? role : "targets"];
