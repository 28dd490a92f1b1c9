import { reporters } from "mocha";

/** The one line that a script, or a person in a hurry, reads of a test run. */
export const closingLine = (counts: {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}): string => `${counts.passes} passed, ${counts.failures} failed, ${counts.pending} skipped`;

/** mocha's spec report, ended by the closing line: whatever the run did, that line is its last. */
// oxlint-disable-next-line import/no-default-export -- mocha takes a reporter only as a default export
export default class ClosingLine extends reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    reporters.Base.consoleLog(closingLine(this.stats));
  }
}
