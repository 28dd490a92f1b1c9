/** `image.health` as files of the root: the checks themselves, and systemd's deadline where the image has one of its own. Pure. */
import { type ImageDefinition, originOf } from "@slipway/ignition-config";
import { decodeHealthChecks, encodeHealthChecks, HEALTH_SCHEMA } from "@slipway/release";
import { finding } from "../bake/finding.ts";
import { digestOf, type StepInputs } from "../cache/key.ts";
import { TreeRefused } from "../errors.ts";
import type { NodeFile } from "../node/node-file.ts";
import { deadlineFile } from "../node/verdict-units.ts";

/** The image's own checks; an operator's file of this name takes their place. */
export const HEALTH_FILE = "/usr/lib/slipway/health.d/50-image.json";

type Definition = Pick<ImageDefinition, "image" | "origins">;

/**
 * None where the image asks for nothing.
 * @throws TreeRefused where the node's own decoder would refuse the checks: then every upgrade would be undone by a file that nobody can read
 */
export const imageHealthFiles = (definition: Definition): readonly NodeFile[] => {
  const { health } = definition.image;
  if (health === undefined) return [];
  const decoded = decodeHealthChecks({ schema: HEALTH_SCHEMA, ...health });
  if (!decoded.ok)
    throw new TreeRefused(
      decoded.findings.map(({ message, path, hint }) =>
        finding("error", "health-check", `image.health is nothing for a node: ${message}`, {
          range: originOf(definition, ["image", "health", ...path]),
          hint: hint ?? "write it as docs/health.md shows",
        }),
      ),
    );
  const { deadlineSeconds } = decoded.value;
  return [
    { path: HEALTH_FILE, text: encodeHealthChecks(decoded.value) },
    ...(deadlineSeconds === undefined ? [] : [deadlineFile(deadlineSeconds)]),
  ];
};

/** The part that it has in a root's identity: none where there is no such block. */
export const imageHealthInputs = (definition: Definition): StepInputs => {
  const files = imageHealthFiles(definition);
  return files.length === 0 ? {} : { "image.health": digestOf(files) };
};
