/**
 * An OCI archive: an image layout (OCI image-spec 1.1) in a tar file, with one image of several architectures, each of
 * one layer. What `buildah manifest push --all` makes, from bytes at hand and always the same bytes. Pure.
 */
import { createHash } from "node:crypto";
import { tarArchive, type TarEntry } from "./tar.ts";

export interface OciImage {
  /** As Go names it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly entries: readonly TarEntry[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** `name` is what podman calls the image; `entrypoint` is the command line that all of them run. */
export const ociArchive = (
  name: string,
  images: readonly OciImage[],
  entrypoint: readonly string[],
): Buffer => {
  const blobs = new Map<string, TarEntry>();
  const blob = (kind: string, contents: Buffer): Descriptor => {
    const digest = sha256(contents);
    const path = `blobs/sha256/${digest}`;
    blobs.set(path, { kind: "file", path, mode: 0o644, contents });
    const mediaType = `application/vnd.oci.image.${kind}`;
    return { mediaType, digest: `sha256:${digest}`, size: contents.length };
  };
  const json = (kind: string, value: object): Descriptor =>
    blob(`${kind}.v1+json`, Buffer.from(JSON.stringify(value)));

  const manifests = images.map(({ architecture, entries }) => {
    const layer = blob("layer.v1.tar", tarArchive(entries));
    const config = json("config", {
      ...{ architecture, os: "linux", config: { Entrypoint: entrypoint } },
      // Stored as they are, a layer and what it unpacks to have the same digest.
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    });
    const manifest = json("manifest", { schemaVersion: 2, config, layers: [layer] });
    return { ...manifest, platform: { architecture, os: "linux" } };
  });
  const annotations = { "org.opencontainers.image.ref.name": name };
  const index = { ...json("index", { schemaVersion: 2, manifests }), annotations };
  const file = (path: string, value: object): TarEntry => ({
    ...{ kind: "file", path, mode: 0o644 },
    contents: Buffer.from(JSON.stringify(value)),
  });
  return tarArchive([
    file("oci-layout", { imageLayoutVersion: "1.0.0" }),
    file("index.json", { schemaVersion: 2, manifests: [index] }),
    ...blobs.values(),
  ]);
};
