/** QEMU's machine protocol (QMP), as far as we speak it: the greeting, quitting, and why a machine stopped. Pure. */

/** The first thing to say; QEMU obeys nothing before it. */
export const CAPABILITIES = `{"execute":"qmp_capabilities"}\n`;
/** Ends QEMU in good order: its disk images are closed. */
export const QUIT = `{"execute":"quit"}\n`;

/** Why the guest is running no more, in the words of QMP's `ShutdownCause`. */
export type StopCause = "reset" | "shutdown" | "panic" | "quit" | "other";

/** The cause in one line of QMP; undefined for every other message. */
export const parseStop = (line: string): StopCause | undefined => {
  const message = parse(line);
  if (message === undefined || field(message, "event") !== "SHUTDOWN") return undefined;
  const reason = field(field(message, "data"), "reason");
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
