/** What a release directory says of itself. Pure. */
import { ARCHITECTURES, type Architecture } from "@slipway/ignition-config";
import { ComposerError } from "../errors.ts";

export interface ArtifactFacts {
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The files of a release beside its manifest. */
export const ARTIFACTS = [
  "disk.raw",
  "root.erofs",
  "root.verity",
  "uki.efi",
  "packages.json",
  "sbom.spdx.json",
] as const;

export type ArtifactName = (typeof ARTIFACTS)[number];

export interface Manifest {
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** Lower-case hex. */
  readonly roothash: string;
  readonly salt: string;
  readonly rootUuid: string;
  readonly verityUuid: string;
  readonly slotSizeMib: number;
  readonly kernelRelease: string;
  /** The name under which the UKI goes onto an ESP. */
  readonly bootEntry: string;
  /** The version of the agent in the root; absent in releases of the time before there was one. */
  readonly agent?: string;
  /** Identity of all that the release is assembled from: where it is the same, nothing need be built. */
  readonly inputs: string;
  readonly artifacts: Readonly<Record<ArtifactName, ArtifactFacts>>;
}

const SCHEMA = 1;

export const formatManifest = (manifest: Manifest): string =>
  `${JSON.stringify({ schema: SCHEMA, ...manifest }, undefined, 2)}\n`;

const hex64 = /^[0-9a-f]{64}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws ComposerError `NOT_A_RELEASE` when the text is no manifest, naming the first field that is wrong. */
export const parseManifest = (text: string, file: string): Manifest => {
  const fail = (what: string): never => {
    throw new ComposerError("NOT_A_RELEASE", `${file} is no release manifest: ${what}`, {
      hint: "name a directory that slipway build made: OUT/IMAGE/VERSION/ARCHITECTURE",
    });
  };
  const fields = (value: unknown, where: string): ReadonlyMap<string, unknown> =>
    typeof value === "object" && value !== null
      ? new Map(Object.entries(value))
      : fail(`${where} must be an object`);
  const decoder = (map: ReadonlyMap<string, unknown>, prefix: string) => ({
    string: (name: string, shape: RegExp): string => {
      const value = map.get(name);
      return typeof value === "string" && shape.test(value)
        ? value
        : fail(`${prefix}${name} must match ${shape}`);
    },
    integer: (name: string): number => {
      const value = map.get(name);
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
        ? value
        : fail(`${prefix}${name} must be a whole number from 0 up`);
    },
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : "not JSON");
  }
  const map = fields(parsed, "it");
  const { string, integer } = decoder(map, "");
  if (map.get("schema") !== SCHEMA) fail(`schema must be ${SCHEMA}`);
  const agent = map.has("agent")
    ? { agent: string("agent", /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/) }
    : {};
  const architecture = ARCHITECTURES.find((name) => name === map.get("architecture"));
  const artifacts = fields(map.get("artifacts"), "artifacts");
  const artifact = (name: ArtifactName): ArtifactFacts => {
    const decode = decoder(fields(artifacts.get(name), `artifacts.${name}`), `artifacts.${name}.`);
    return { size: decode.integer("size"), sha256: decode.string("sha256", hex64) };
  };
  return {
    image: string("image", /^[a-z0-9][a-z0-9-]*$/),
    version: string("version", /^[A-Za-z0-9.~^-]+$/),
    architecture: architecture ?? fail(`architecture must be ${ARCHITECTURES.join(" or ")}`),
    epoch: integer("epoch"),
    roothash: string("roothash", hex64),
    salt: string("salt", hex64),
    rootUuid: string("rootUuid", uuid),
    verityUuid: string("verityUuid", uuid),
    slotSizeMib: integer("slotSizeMib"),
    kernelRelease: string("kernelRelease", /^[^\s/]+$/),
    bootEntry: string("bootEntry", /^[A-Za-z0-9.~^_+-]+\.efi$/),
    ...agent,
    inputs: string("inputs", hex64),
    artifacts: {
      "disk.raw": artifact("disk.raw"),
      "root.erofs": artifact("root.erofs"),
      "root.verity": artifact("root.verity"),
      "uki.efi": artifact("uki.efi"),
      "packages.json": artifact("packages.json"),
      "sbom.spdx.json": artifact("sbom.spdx.json"),
    },
  };
};
