/**
 * Leases: the leave of a lock server to restart, which so many nodes of a group have at a time. One is kept from before it is asked for until the server has
 * heard that it is over, so that a crash at whatever moment forgets none.
 */
import type { Failure } from "../errors.ts";

/** As the protocol has it; the bound is ours. */
export const LOCK_GROUP: RegExp = /^[A-Za-z0-9.-]{1,64}$/;

/** Who is asked, and among whom it counts. */
export interface LockServer {
  /** Its base address, without a slash at its end. */
  readonly address: string;
  readonly group: string;
}

export interface Lease {
  readonly server: LockServer;
  /** `asked`: the server may count it already; `held`: it does; `returning`: it is to hear that this is over. */
  readonly standing: "asked" | "held" | "returning";
  /** How often in a row it was tried without success. */
  readonly failures: number;
  /** When to ask, or to tell (again). */
  readonly retryAtMs: number;
  readonly failure?: Failure;
}

export interface Leases {
  /** One a server at most. */
  readonly list: readonly Lease[];
  /** Who heard last that this node holds nothing, and in which boot. */
  readonly told?: LockServer & { readonly bootId: string };
}

export const NO_LEASES: Leases = { list: [] };

/** Of servers that are the settings' no longer, so many. */
export const MOST_LEASES = 4;

export const isSameServer = (a: LockServer | undefined, b: LockServer | undefined): boolean =>
  a !== undefined && b !== undefined && a.address === b.address && a.group === b.group;

export const leaseOf = (
  { list }: Pick<Leases, "list">,
  server: LockServer | undefined,
): Lease | undefined => list.find((lease) => isSameServer(lease.server, server));
