/** The Quadlet files among a definition's files: podman makes services of them when the system starts. */
import { type UnitOption, unitOptions } from "../../ignition/unit-options.ts";
import type { FileFragment } from "../v1_0/file.ts";

const DIRECTORIES = ["/usr/share/containers/systemd/", "/etc/containers/systemd/"] as const;
const KIND = /\.(container|pod|kube|volume|network|image|build)$/;

export interface QuadletFile {
  readonly file: FileFragment;
  readonly name: string;
  /** What follows the last dot. */
  readonly kind: string;
  /** None where the text is not in the document. */
  readonly options: readonly UnitOption[];
}

/** Whether a path is one below which podman looks for Quadlet files. */
export const isQuadletPath = (path: string): boolean =>
  DIRECTORIES.some((directory) => path.startsWith(directory));

export const quadletFiles = (files: readonly FileFragment[]): readonly QuadletFile[] =>
  files.flatMap((file) => {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const kind = KIND.exec(name)?.[1];
    if (kind === undefined || !isQuadletPath(file.path)) return [];
    return [{ file, name, kind, options: unitOptions(file.contents?.inline ?? "") }];
  });
