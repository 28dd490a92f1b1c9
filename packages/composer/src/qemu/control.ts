/** QEMU's machine protocol (QMP), as far as we speak it: requests, their answers, and events. Pure. */

/** The first thing to say; QEMU obeys nothing before it. */
export const CAPABILITIES = `{"execute":"qmp_capabilities"}\n`;
/** Ends QEMU in good order: its disk images are closed. */
export const QUIT = `{"execute":"quit"}\n`;

/** A request whose answer carries `id`. */
export const request = (
  id: number,
  command: string,
  args: Readonly<Record<string, unknown>> = {},
): string => `${JSON.stringify({ execute: command, arguments: args, id })}\n`;

/** Why the guest is running no more, in the words of QMP's `ShutdownCause`. */
export type StopCause = "reset" | "shutdown" | "panic" | "quit" | "other";

/** What QEMU says, as far as we listen. */
export type Message =
  | { readonly kind: "stopped"; readonly cause: StopCause }
  /** The guest has been reset and starts again. */
  | { readonly kind: "reset" }
  /** The watchdog has lost its patience; a reset follows. */
  | { readonly kind: "watchdog" }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly reason: string };

/** Undefined for a line that is none of those. */
export const parseMessage = (line: string): Message | undefined => {
  const message = parse(line);
  switch (field(message, "event")) {
    case "SHUTDOWN":
      return { kind: "stopped", cause: causeOf(field(field(message, "data"), "reason")) };
    case "RESET":
      return { kind: "reset" };
    case "WATCHDOG":
      return { kind: "watchdog" };
    case undefined:
      break;
    default:
      return undefined;
  }
  const id = field(message, "id");
  if (typeof id !== "number") return undefined;
  const error = field(message, "error");
  if (error !== undefined) {
    const reason = field(error, "desc");
    return { kind: "refusal", id, reason: typeof reason === "string" ? reason : "no reason given" };
  }
  return { kind: "answer", id, value: field(message, "return") };
};

/** How far a migration is, by the answer to `query-migrate`; no status where there is none. */
export const migrationOf = (
  value: unknown,
): { readonly status: string | undefined; readonly reason: string | undefined } => {
  const text = (name: string): string | undefined => {
    const found = field(value, name);
    return typeof found === "string" ? found : undefined;
  };
  return { status: text("status"), reason: text("error-desc") };
};

const causeOf = (reason: unknown): StopCause => {
  switch (reason) {
    case "guest-reset":
    case "subsystem-reset":
      return "reset";
    case "guest-shutdown":
      return "shutdown";
    case "guest-panic":
      return "panic";
    case "host-qmp-quit":
    case "host-signal":
    case "host-ui":
      return "quit";
    default:
      return "other";
  }
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
