import type { Rule } from "./rule.ts";
import { foreignBinary } from "./rules/binaries.ts";
import { hostLeftover, machineId } from "./rules/identity.ts";
import { missingCopyright, packageLeftover } from "./rules/leftovers.ts";
import { badName, danglingLink, hardLink, specialFile } from "./rules/names.ts";
import {
  rootDirectory,
  setId,
  shadowMode,
  unknownOwner,
  usrWritable,
  varProgram,
  worldWritable,
} from "./rules/permissions.ts";
import { accountWithoutShadow, password, secret, sshHostKey } from "./rules/secrets.ts";
import {
  defaultTarget,
  unitDropIn,
  unitEnablesNothing,
  unitInstall,
  unitMaskedAndEnabled,
  unitProgram,
} from "./rules/units.ts";
import { tooManyXattrs, unexpectedXattr } from "./rules/xattrs.ts";

/** Every rule, in the order of the report: what endangers a node first. */
export const LINT_RULES: readonly Rule[] = [
  shadowMode,
  password,
  secret,
  sshHostKey,
  machineId,
  setId,
  unexpectedXattr,
  worldWritable,
  usrWritable,
  varProgram,
  unknownOwner,
  accountWithoutShadow,
  rootDirectory,
  specialFile,
  foreignBinary,
  danglingLink,
  defaultTarget,
  unitEnablesNothing,
  unitMaskedAndEnabled,
  unitProgram,
  unitInstall,
  unitDropIn,
  hardLink,
  tooManyXattrs,
  badName,
  packageLeftover,
  hostLeftover,
  missingCopyright,
];
