/** Reads definitions from disk for tests that call the composer itself. */
import { readFileSync, statSync } from "node:fs";
import type { DefinitionIo } from "@slipway/ignition-config";

export const definitionIo: DefinitionIo = {
  read: async (file, limitBytes) => {
    const bytes = readFileSync(file);
    return bytes.length > limitBytes
      ? { ok: false, reason: "too-large", detail: `${bytes.length} bytes` }
      : { ok: true, bytes };
  },
  kind: async (file) => {
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts === undefined) return "missing";
    return facts.isFile() ? "file" : "directory";
  },
};
