/** What systeminformation answers, and what of it is a fact of a machine: no more than is named here leaves this file. Pure. */
import { type MachineFacts, plainFact } from "./machine-facts.ts";

/** As it comes: undefined where nothing came. */
export interface SystemAnswers {
  readonly system: unknown;
  readonly chassis: unknown;
  readonly cpu: unknown;
}

export type SystemFacts = Pick<
  MachineFacts,
  | "isVirtual"
  | "hypervisor"
  | "chassis"
  | "processorMaker"
  | "processor"
  | "processorCores"
  | "processorSockets"
>;

/** More than any machine that Linux runs on has. */
const MOST_CORES = 65_536;
const MOST_SOCKETS = 4096;

/** Before anything is done with a text whose length nobody has looked at. */
const LOOKED_AT = 1000;

/** What it says where it has found out nothing. */
const NOTHING: ReadonlySet<string> = new Set(["-", "unknown", "other", "default string", "none"]);

type Fields = ReadonlyMap<string, unknown>;

const fieldsOf = (answer: unknown): Fields =>
  new Map(typeof answer === "object" && answer !== null ? Object.entries(answer) : []);

const textIn = (fields: Fields, name: string): string | undefined => {
  const value = fields.get(name);
  const text = typeof value === "string" ? plainFact(value.slice(0, LOOKED_AT)) : undefined;
  return text === undefined || NOTHING.has(text.toLowerCase()) ? undefined : text;
};

const numberIn = (fields: Fields, name: string, most: number): number | undefined => {
  const value = fields.get(name);
  const isCount = typeof value === "number" && Number.isSafeInteger(value);
  return isCount && value >= 1 && value <= most ? value : undefined;
};

/** Never throws: what is not as it should be is not known. */
export const systemFactsIn = (answers: SystemAnswers): SystemFacts => {
  const [system, chassis, cpu] = [answers.system, answers.chassis, answers.cpu].map(fieldsOf);
  if (system === undefined || chassis === undefined || cpu === undefined) return {};
  const isVirtual = system.get("virtual");
  const [maker, brand] = [textIn(cpu, "manufacturer"), textIn(cpu, "brand")];
  const facts: { readonly [K in keyof SystemFacts]: SystemFacts[K] | undefined } = {
    isVirtual: typeof isVirtual === "boolean" ? isVirtual : undefined,
    hypervisor: isVirtual === true ? textIn(system, "virtualHost") : undefined,
    chassis: textIn(chassis, "type"),
    processorMaker: maker,
    // It takes the maker out of the name.
    processor: brand === undefined ? undefined : plainFact(`${maker ?? ""} ${brand}`),
    processorCores: numberIn(cpu, "physicalCores", MOST_CORES),
    processorSockets: numberIn(cpu, "processors", MOST_SOCKETS),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
};

/** What the kernel tells of itself counts where both tell something; that a processor is a hypervisor's guest is no guess. */
export const withSystemFacts = (kernel: MachineFacts, told: SystemFacts): MachineFacts => {
  const { isVirtual } = told;
  return {
    ...told,
    ...kernel,
    ...(isVirtual === undefined ? {} : { isVirtual: isVirtual || kernel.isVirtual === true }),
  };
};
