/** The roles that sign a repository, what each may list, and for how long its word holds. Pure. */

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

const IMAGE = "[a-z0-9][a-z0-9-]{0,62}";
const IMAGE_ROLE = new RegExp(`^image-${IMAGE}$`);
/** As nodes read images, versions and architectures in a manifest. */
const RELEASE_PATH = new RegExp(
  `^releases/(${IMAGE})/[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}/[a-z0-9_]{1,32}\\.json$`,
);
const CHANNEL_PATH = new RegExp(`^channels/${IMAGE}/[a-z0-9][a-z0-9._-]{0,62}\\.json$`);

export const isImageName = (name: string): boolean => new RegExp(`^${IMAGE}$`).test(name);

export const imageRole = (image: string): ImageRole => `image-${image}`;

const isImageRole = (name: string): name is ImageRole => IMAGE_ROLE.test(name);

export const isTopRole = (name: string): name is TopRole => TOP_ROLES.some((role) => role === name);

export const isDelegatedRole = (name: string): name is DelegatedRole =>
  name === ONLINE || isImageRole(name);

export const isRole = (name: string): name is Role => isTopRole(name) || isDelegatedRole(name);

/** The one role that may list a file of this TUF path; none for what is no file of a repository. */
export const roleOfPath = (path: string): DelegatedRole | undefined => {
  const image = RELEASE_PATH.exec(path)?.[1];
  if (image !== undefined) return imageRole(image);
  return CHANNEL_PATH.test(path) ? ONLINE : undefined;
};

/** The TUF paths that are delegated to a role. A `*` stands for one name, without slashes. */
export const pathsOf = (role: DelegatedRole): readonly string[] =>
  role === ONLINE ? ["channels/*/*"] : [`releases/${role.slice("image-".length)}/*/*`];

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

/** The file of a role's metadata. Versions stand in all names but that of the timestamp, with which every look begins. */
export const metadataFile = (role: Role, version: number): string =>
  role === "timestamp" ? "timestamp.json" : `${version}.${role}.json`;

/**
 * The most bytes that a role's metadata may have. Clients stop reading there, so nothing longer is signed. These are what tuf-js takes by
 * default.
 */
const MOST_BYTES = {
  root: 512_000,
  targets: 5_000_000,
  snapshot: 2_000_000,
  timestamp: 16_384,
} as const;

export const mostBytes = (role: Role): number => MOST_BYTES[isTopRole(role) ? role : "targets"];
