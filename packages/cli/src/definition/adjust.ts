/** What the command line changes about a definition that was read. Pure. */
import path from "node:path";
import { printableLine, usageError } from "@slipway/host/command-line";
import type {
  Architecture,
  Config,
  ImageBlock,
  ImageDefinition,
  Resource,
} from "@slipway/ignition-config";

const absolute = (resource: Resource, directory: string): Resource =>
  resource.kind === "local"
    ? { ...resource, path: path.resolve(directory, resource.path) }
    : resource;

const absoluteFiles = (config: Config, directory: string): Config => ({
  ...config,
  storage: {
    ...config.storage,
    files: config.storage.files.map((file) => ({
      ...file,
      ...(file.contents === undefined ? {} : { contents: absolute(file.contents, directory) }),
      append: file.append.map((resource) => absolute(resource, directory)),
    })),
  },
});

const absoluteRoot = (image: ImageBlock, directory: string): ImageBlock =>
  image.update?.root === undefined
    ? image
    : { ...image, update: { ...image.update, root: path.resolve(directory, image.update.root) } };

/**
 * With absolute names of local files: findings name files as the person did, the composer's programs run in other
 * directories.
 */
export const withAbsolutePaths = (
  definition: ImageDefinition,
  directory: string,
): ImageDefinition => ({
  ...definition,
  image: absoluteRoot(definition.image, directory),
  config: absoluteFiles(definition.config, directory),
});

/** The definition as if it said `image.version: VERSION`; `isVersion` is the language's own rule. */
export const withVersion = (
  definition: ImageDefinition,
  version: string | undefined,
  isVersion: (text: string) => boolean,
): ImageDefinition => {
  if (version === undefined) return definition;
  if (!isVersion(version)) {
    throw usageError(
      `--version is '${printableLine(version)}', which is no image version`,
      "use at most 64 of a-z, A-Z, 0-9, `.`, `~`, `^` and `-`, the first and last a letter or digit",
    );
  }
  return { ...definition, image: { ...definition.image, version } };
};

/** The architectures to work for: those asked for, or all that the definition is for, in the definition's order. */
export const chosenArchitectures = (
  definition: ImageDefinition,
  asked: readonly Architecture[],
): readonly Architecture[] => {
  const { name, architectures } = definition.image;
  const stranger = asked.find((one) => !architectures.includes(one));
  if (stranger !== undefined) {
    throw usageError(
      `--arch is ${stranger}, and image ${name} is for ${architectures.join(" and ")}`,
      "choose one of these, or add it to image.architectures",
    );
  }
  return asked.length === 0 ? architectures : architectures.filter((one) => asked.includes(one));
};
