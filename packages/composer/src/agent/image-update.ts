/** `image.update` as files of the root: the agent's settings, and the TUF root that its nodes begin to trust with. */
import { open } from "node:fs/promises";
import { errnoOf } from "@slipway/host";
import { type ImageDefinition, originOf } from "@slipway/ignition-config";
import { mostBytes } from "@slipway/release";
import { finding } from "../bake/finding.ts";
import { digestOf, type StepInputs } from "../cache/key.ts";
import { ComposerError, TreeRefused } from "../errors.ts";
import { checkRoot, checkSignatures } from "../trust/check-metadata.ts";
import { decodeRoot } from "../trust/metadata-text.ts";
import { settingsText } from "./image-files.ts";

export interface ImageUpdate {
  /** YAML. */
  readonly settings: string | undefined;
  /** The root metadata as it was signed, to the byte. */
  readonly trust: string | undefined;
}

type Definition = Pick<ImageDefinition, "image" | "origins">;

/** @throws TreeRefused when the file that `image.update.root` names is not root metadata that signs itself. */
export const readImageUpdate = async (definition: Definition): Promise<ImageUpdate> => {
  const { update } = definition.image;
  const settings = settingsText(update);
  if (update?.root === undefined) return { settings, trust: undefined };
  try {
    return { settings, trust: await readRoot(update.root) };
  } catch (error) {
    const reason =
      error instanceof ComposerError
        ? error.message
        : `${update.root}: ${errnoOf(error) ?? "unreadable"}`;
    const range = originOf(definition, ["image", "update", "root"]);
    const hint =
      "name the root metadata that `slipway publish` keeps in the repository, such as REPO/metadata/1.root.json";
    throw new TreeRefused([
      finding("error", "trust-root", `nodes cannot be made to trust this: ${reason}`, {
        range,
        hint,
      }),
    ]);
  }
};

/** The part that it has in a root's identity: none where there is no such block. */
export const imageUpdateInputs = ({ settings, trust }: ImageUpdate): StepInputs => ({
  ...(settings === undefined ? {} : { "image.update": digestOf(settings) }),
  ...(trust === undefined ? {} : { "image.update.root": digestOf(trust) }),
});

/**
 * With the checks of whoever signs: a root that the nodes would refuse is found before it is in every one of them.
 * @throws ComposerError `REPOSITORY_INVALID`
 */
export const requireTrustRoot = (bytes: Uint8Array, file: string): void => {
  const root = decodeRoot(bytes, file);
  checkRoot(root.metadata);
  checkSignatures(root.metadata, "root", root);
};

const readRoot = async (file: string): Promise<string> => {
  const handle = await open(file, "r");
  try {
    // One byte more than the most there may be, so that a file that is too long shows.
    const buffer = Buffer.alloc(mostBytes("root") + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const bytes = buffer.subarray(0, bytesRead);
    requireTrustRoot(bytes, file);
    return bytes.toString("utf8");
  } finally {
    await handle.close();
  }
};
