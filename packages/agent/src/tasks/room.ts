/** How much room `/var` must have. Pure. */
import type { Failure } from "../errors.ts";
import type { HostFacts } from "../node/facts.ts";

export const MIB: number = 2 ** 20;

/** For people, rounded up. */
export const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;

/** For the journal and the ledger, and for programs of the node that must not find `/var` full. */
const VAR_MARGIN = 32 * MIB;
/** For the next release's /etc. */
const ETC_ROOM = 16 * MIB;

/** Room that something takes, and that there is. */
export interface Room {
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** On `/var`, for so many bytes that are fetched. */
export const varRoomFor = (
  { varFreeBytes }: Pick<HostFacts, "varFreeBytes">,
  bytes: number,
): Room => ({ neededBytes: bytes + VAR_MARGIN, freeBytes: varFreeBytes });

/** What keeps the node from so many bytes more. */
export const varRoom = (
  { varFreeBytes }: Pick<HostFacts, "varFreeBytes">,
  bytes: number,
): Failure | undefined =>
  varFreeBytes >= bytes + VAR_MARGIN
    ? undefined
    : {
        code: "E_SPACE",
        message: `/var has room for ${mib(varFreeBytes)}, and ${mib(bytes + VAR_MARGIN)} are needed`,
        hint: "make room on /var: `journalctl --vacuum-size=100M`, `podman system prune`",
      };

/** What keeps every release away, whatever its size. */
export const stateRefusal = (facts: Pick<HostFacts, "varFreeBytes">): Failure | undefined =>
  varRoom(facts, ETC_ROOM);
