import { elfFacts, EM_BPF } from "../elf.ts";
import { exceptionFor } from "../policy.ts";
import type { Rule } from "../rule.ts";

const MACHINES: ReadonlyMap<number, string> = new Map([
  [3, "i386"],
  [40, "ARM, 32 bits"],
  [62, "x86-64"],
  [183, "AArch64"],
  [243, "RISC-V"],
]);

const nameOf = (machine: number): string => MACHINES.get(machine) ?? `machine ${machine}`;

export const foreignBinary: Rule = {
  id: "foreign-binary",
  severity: "error",
  why: "a program of another architecture does not run; in a cross build it is one of the build machine's own",
  start: (policy, say) => ({
    visit: ({ path, start }) => {
      const facts = start === undefined ? undefined : elfFacts(start);
      if (facts === undefined || facts.machine === policy.elfMachine) return;
      if (facts.machine === EM_BPF) return;
      if (exceptionFor(policy.foreignBinaries, path) !== undefined) return;
      say(
        path,
        `is a program for ${nameOf(facts.machine)} in an image for ${nameOf(policy.elfMachine)}`,
        "take the package of the image's architecture, or declare the file",
      );
    },
  }),
};
