/** What a machine's processors are at, for one that has fallen silent: its guest can no longer say so. */
import type { Clock } from "@slipway/host";
import type { Monitor } from "./monitor.ts";

/** Every processor's registers; and the interrupt controller of each of the two that a session's machine has, where it is a PC. */
const QUESTIONS = ["registers -a", "lapic 0", "lapic 1"] as const;
/** Where it is, whether it waits (HLT=1), for which timer, and which interrupts are in service and requested: the rest is of no use here. */
const TELLING = /^\s*(CPU#|RIP=|PC=|dumping local APIC|LVTT\s|Timer|ISR|IRR|APR)/;
const ANSWER_MS = 5000;
const MOST_CHARACTERS = 4000;

/** Some lines. Few, or none, where QEMU does not answer either: it is asked in passing, and must not hide what failed. */
export const processorsOf = async (info: Monitor["info"], clock: Clock): Promise<string> => {
  const patience = new AbortController();
  const nothing = (): string => "";
  const late = clock.sleep(ANSWER_MS, patience.signal).then(nothing, nothing);
  try {
    const answers = await Promise.all(
      QUESTIONS.map((question) => Promise.race([info(question).catch(nothing), late])),
    );
    const lines = answers.join("\n").split(/\r?\n/);
    const told = lines.filter((line) => TELLING.test(line)).map((line) => line.trim());
    return told.join("\n").slice(0, MOST_CHARACTERS);
  } finally {
    patience.abort();
  }
};
