/** The node's side of Slipway: for now, carrying /etc from one release to the next. */
export {
  carryForward,
  type CarryOptions,
  type CarryReleases,
  planCarry,
} from "./etc/carry-forward.ts";
export { EtcError, type EtcErrorCode, type EtcErrorDetails } from "./etc/errors.ts";
export { type ConflictLine, type EtcReport, formatReport, type ReportLine } from "./etc/report.ts";
export type { EtcDirectories } from "./etc/states.ts";
