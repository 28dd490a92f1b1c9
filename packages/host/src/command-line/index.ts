/** What every command line of ours has in common: how arguments are read, and how help, data and errors are shown. Pure. */
export { jsonDocument, byName } from "./document.ts";
export { commandHelp, type CommandHelp, type ProgramHelp } from "./command-help.ts";
export { formatDuration } from "./duration.ts";
export { HELP_COLUMNS, twoColumns, wrap } from "./layout.ts";
export { nearest } from "./nearest.ts";
export { isDumb, noPaint, paintFor, type Paint, terminalPaint, type Tone } from "./paint.ts";
export {
  asksForHelp,
  choice,
  type OperandSpec,
  type OptionSpec,
  type OptionTable,
  type ParsedArguments,
  parseArguments,
  wholeNumber,
} from "./parse.ts";
export { chainOf, codeOf, decisiveCode, isInterruption, presentError } from "./present-error.ts";
export { printable, printableLine } from "./printable.ts";
export {
  asksForDebug,
  type Described,
  type Program,
  type Registered,
  type Request,
  requestOf,
} from "./request.ts";
export { blocks, programReference, table } from "./reference.ts";
export { formatGrowth, formatPart, formatSize, parseSize } from "./size.ts";
export { UsageError, usageError } from "./usage-error.ts";
