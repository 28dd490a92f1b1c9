/** What kind of machine this is: by the kernel's files, and by what systeminformation makes of others and of `lscpu`. */
import { linuxHostReader } from "../node/host-reader.ts";
import { linuxMachineFacts } from "./linux-machine-facts.ts";
import type { ReadMachineFacts } from "./machine-facts.ts";
import { systemFactsIn, withSystemFacts } from "./system-answers.ts";

export const readMachineFacts: ReadMachineFacts = async () => {
  const kernel = await linuxMachineFacts(linuxHostReader())();
  try {
    const { askSystem } = await import("./ask-system.ts");
    return withSystemFacts(kernel, systemFactsIn(await askSystem()));
  } catch {
    // Whatever a package of others' does on a machine that nobody has seen, there is a report.
    return kernel;
  }
};
