/** os-release(5) of an image. Pure. */
import type { ImageBlock } from "@slipway/ignition-config";

/** The fields in the order of the file: our own, then the image's further ones by name. */
export const osReleaseFields = (
  image: Pick<ImageBlock, "name" | "version" | "suite" | "osRelease">,
): ReadonlyMap<string, string> => {
  const { name, version, suite, osRelease } = image;
  const fields = new Map([
    ["PRETTY_NAME", `Slipway ${name} ${version}`],
    ["NAME", "Slipway"],
    ["ID", "slipway"],
    ["ID_LIKE", "debian"],
    // What os-release(5) allows there is less than what a version may hold.
    ...(/^[a-z0-9._-]+$/.test(version) ? [["VERSION_ID", version] as const] : []),
    ["VERSION_CODENAME", suite],
    ["IMAGE_ID", name],
    ["IMAGE_VERSION", version],
  ]);
  for (const key of Object.keys(osRelease).sort()) fields.set(key, osRelease[key] ?? "");
  return fields;
};

/** The file's text: values quoted as a shell would need them. */
export const formatOsRelease = (fields: ReadonlyMap<string, string>): string =>
  [...fields].map(([key, value]) => `${key}=${quoted(value)}\n`).join("");

const quoted = (value: string): string =>
  /^[A-Za-z0-9]+$/.test(value) ? value : `"${value.replaceAll(/["$\\`]/g, "\\$&")}"`;
