import { DISK_RULES } from "./disk-rules.ts";
import { LUKS_RULES } from "./luks-rules.ts";
import { NODE_RULES } from "./node-rules.ts";
import { RESOURCE_RULES } from "./resource-rules.ts";
import { ROOT_RULES } from "./root-rules.ts";
import type { Rules } from "./rule.ts";
import { UNIT_RULES } from "./unit-rules.ts";

/** Every object's own rule. */
export const RULES: Rules = {
  ...ROOT_RULES,
  ...RESOURCE_RULES,
  ...NODE_RULES,
  ...DISK_RULES,
  ...LUKS_RULES,
  ...UNIT_RULES,
};
