/** The node's side of Slipway: for now, carrying /etc from one release to the next. */
export { type EtcReport, formatReport } from "./etc/report.ts";
