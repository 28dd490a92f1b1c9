/** Butane's own rules, on the document as written. */
import type { Path } from "../report/finding.ts";
import {
  checkBootDevice,
  checkBootLuks,
  checkBootMirror,
  checkFcosConfig,
  checkGrubUser,
} from "./check-boot.ts";
import { checkChildConfig } from "./generated.ts";
import { looksDecimal } from "./decimal-mode.ts";
import type { Notes } from "./note.ts";
import { checkMetadata, checkOpenshift, checkOpenshiftConfig } from "./machine-config.ts";
import { isTemplateInstance } from "./quadlet-name.ts";
import type { ObjectShape, Shape } from "./shape.ts";
import { type Fields, isFields, isList, isTrue, numberAt, textAt, type Value } from "./value.ts";
import type { Dialect } from "./variants.ts";

type Check = (fields: Fields, path: Path, dialect: Dialect, notes: Notes) => void;

/** Contents may come from one place; the last of these that is set is the one complained about. */
const SOURCES = ["local", "inline", "source"];

const checkResource: Check = (resource, path, dialect, notes) => {
  const given = SOURCES.filter((source) => resource[source] !== undefined);
  const last = given.at(-1);
  if (given.length > 1) {
    // The first base has no `local` and names the other one.
    const field = dialect.minor === 0 ? "inline" : (last ?? "");
    notes.error([...path, field], "only one of the following can be set: inline, local, source");
    return;
  }
  const isConfig = path[0] === "ignition" && path[1] === "config";
  const inline = textAt(resource, "inline");
  if (isConfig && last === "inline" && inline !== undefined) {
    checkChildConfig(inline, path, dialect.minor, notes);
  }
};

const checkFilesystem: Check = (filesystem, path, { minor }, notes) => {
  if (!isTrue(filesystem, "with_mount_unit")) return;
  const format = textAt(filesystem, "format") ?? "";
  const mayBeSwap = minor >= 3;
  const needsPath = mayBeSwap ? format !== "" && format !== "swap" : true;
  if (needsPath && (textAt(filesystem, "path") ?? "") === "") {
    notes.error(
      [...path, "path"],
      "path is required if with_mount_unit is true and format is not swap",
    );
  }
  if (format === "") {
    notes.error([...path, "format"], "format is required if with_mount_unit is true");
  }
};

const checkMode =
  (isDirectory: boolean): Check =>
  (node, path, _, notes) => {
    const mode = numberAt(node, "mode");
    if (mode === undefined || !looksDecimal(mode, isDirectory)) return;
    notes.warning(
      [...path, "mode"],
      "unreasonable mode would be reasonable if specified in octal; remember to add a leading zero",
    );
  };

const checkTree: Check = (tree, path, _, notes) => {
  if ((textAt(tree, "local") ?? "") === "") notes.error(path, "local is required");
};

const checkUnitContents: Check = (unit, path, _, notes) => {
  if (unit["contents_local"] === undefined || unit["contents"] === undefined) return;
  notes.error(
    [...path, "contents_local"],
    "only one of the following can be set: contents, contents_local",
  );
};

const QUADLET_SUFFIXES = [
  ".container",
  ".volume",
  ".network",
  ".kube",
  ".image",
  ".build",
  ".pod",
  ".artifact",
];

const checkQuadlet: Check = (quadlet, path, dialect, notes) => {
  const name = textAt(quadlet, "name") ?? "";
  if (!QUADLET_SUFFIXES.some((suffix) => name.endsWith(suffix))) {
    notes.error(
      [...path, "name"],
      "unsupported file extension for quadlet: must be one of .container, .volume, .network, .kube, .image, .build, .pod, or .artifact",
    );
    return;
  }
  if (!isTemplateInstance(name)) {
    checkUnitContents(quadlet, path, dialect, notes);
    return;
  }
  for (const field of ["contents", "contents_local"]) {
    if (quadlet[field] === undefined) continue;
    notes.error([...path, field], "template instances cannot have contents or contents_local");
  }
};

const checkConfig: Check = (root, _, dialect, notes) => {
  checkFcosConfig(root, dialect, notes);
  checkOpenshiftConfig(root, dialect, notes);
};

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["Config", checkConfig],
  ["Metadata", checkMetadata],
  ["OpenShift", checkOpenshift],
  ["Resource", checkResource],
  ["Filesystem", checkFilesystem],
  ["Directory", checkMode(true)],
  ["File", checkMode(false)],
  ["Tree", checkTree],
  ["Unit", checkUnitContents],
  ["Dropin", checkUnitContents],
  ["Quadlet", checkQuadlet],
  ["BootDevice", checkBootDevice],
  ["BootDeviceLuks", checkBootLuks],
  ["BootDeviceMirror", checkBootMirror],
  ["GrubUser", checkGrubUser],
]);

const checkValue = (
  value: Value | undefined,
  shape: Shape,
  path: Path,
  dialect: Dialect,
  notes: Notes,
): void => {
  if (shape.kind === "list") {
    if (!isList(value)) return;
    for (const [index, item] of value.entries()) {
      checkValue(item, shape.item, [...path, index], dialect, notes);
    }
  } else if (shape.kind === "object") {
    if (shape.nullable && value === undefined) return;
    const fields = isFields(value) ? value : {};
    CHECKS.get(shape.name)?.(fields, path, dialect, notes);
    for (const { yaml, shape: fieldShape } of shape.fields) {
      if (yaml !== undefined) checkValue(fields[yaml], fieldShape, [...path, yaml], dialect, notes);
    }
  }
};

/** Checks the document, each object before what is in it. */
export const checkSource = (
  root: Fields,
  shape: ObjectShape,
  dialect: Dialect,
  notes: Notes,
): void => {
  checkValue(root, shape, [], dialect, notes);
};
