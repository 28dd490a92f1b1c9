/** What the booted release says of itself. */
import { ARCHITECTURES, type Architecture, parseOsRelease } from "@slipway/release";
import { NodeError } from "./errors.ts";
import { type HostReader, textOf } from "./host-reader.ts";

export interface OwnRelease {
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  readonly agentVersion: string;
}

/** Made when the image is built. */
const RELEASE_FILE = "/usr/lib/slipway/release.json";
/** The image's own, which nobody on the node changes. */
const OS_RELEASE = "/usr/lib/os-release";
const MOST_BYTES = 64 * 1024;

const SHAPES = {
  image: /^[a-z0-9][a-z0-9-]{0,62}$/,
  version: /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/,
  agent: /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/,
} as const;

/**
 * @param running what the process that asks knows of itself, for releases that say nothing
 * @throws NodeError `NOT_A_NODE`
 */
export const readOwnRelease = async (
  reader: HostReader,
  running: Pick<OwnRelease, "architecture" | "agentVersion">,
): Promise<OwnRelease> => {
  const told = parseObject(await textOf(reader, RELEASE_FILE, MOST_BYTES));
  const osRelease = parseOsRelease((await textOf(reader, OS_RELEASE, MOST_BYTES)) ?? "");
  const text = (name: keyof typeof SHAPES): string | undefined => {
    const value = told.get(name);
    return typeof value === "string" && SHAPES[name].test(value) ? value : undefined;
  };
  const image = text("image") ?? osRelease["IMAGE_ID"] ?? "";
  const version = text("version") ?? osRelease["IMAGE_VERSION"] ?? "";
  if (!SHAPES.image.test(image) || !SHAPES.version.test(version))
    throw new NodeError(
      "NOT_A_NODE",
      `neither ${RELEASE_FILE} nor IMAGE_ID and IMAGE_VERSION in ${OS_RELEASE} say which release this is`,
      { hint: "this is for machines that were installed from an image of ours" },
    );
  const architecture = ARCHITECTURES.find((one) => one === told.get("architecture"));
  return {
    image,
    version,
    architecture: architecture ?? running.architecture,
    agentVersion: text("agent") ?? running.agentVersion,
  };
};

/** The members of the JSON object that a text is; none of any other text. */
const parseObject = (text: string | undefined): ReadonlyMap<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
};
