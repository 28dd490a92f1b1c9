/** Checks that were written in YAML. Pure. */
import { CORE_SCHEMA, load } from "js-yaml";

/** @throws where the text is no YAML. */
export const parseYaml = (text: string): unknown => load(text, { schema: CORE_SCHEMA });
