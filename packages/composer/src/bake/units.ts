/** Units of a config: their files, drop-ins, masks and presets. */
import type { Finding, Unit } from "@slipway/ignition-config";
import { Enablement } from "./enablement.ts";
import { finding } from "./finding.ts";
import { placeOf } from "./ignition-path.ts";
import { parentOf } from "./in-root-path.ts";
import { factOf } from "./nodes.ts";
import { formatPresetLine, type PresetLine, presetLines, unitsOf } from "./preset-lines.ts";
import type { RootDirectory } from "./root-directory.ts";
import { TreeError } from "./tree-error.ts";

const UNITS = "/etc/systemd/system";
/** Sorts before the image's own presets, so that a config has the first word. */
export const IGNITION_PRESET = "/etc/systemd/system-preset/20-ignition.preset";

/** Writes every unit, then the preset file. */
export const makeUnits = (root: RootDirectory, units: readonly Unit[]): readonly Finding[] => {
  const findings: Finding[] = [];
  const attempt = (
    about: { readonly name: string; readonly range: Finding["range"] },
    work: () => void,
  ): void => {
    try {
      work();
    } catch (error) {
      const fact = factOf(error);
      if (fact === undefined) throw error;
      const { name, range } = about;
      findings.push(finding("error", "unit-conflict", `${name}: ${fact}`, { range }));
    }
  };

  for (const unit of units) {
    for (const { name, contents, origin } of unit.dropins) {
      if (contents === undefined) continue;
      attempt({ name: `${unit.name}.d/${name}`, range: origin }, () =>
        writeUnitFile(root, `${UNITS}/${unit.name}.d/${name}`, contents),
      );
    }
    attempt({ name: unit.name, range: unit.origin }, () => {
      const path = `${UNITS}/${unit.name}`;
      if (unit.contents !== undefined && unit.contents !== "") {
        writeUnitFile(root, path, unit.contents);
      }
      if (unit.mask === true) mask(root, path);
      if (unit.mask === false) unmask(root, path);
    });
  }
  attempt({ name: IGNITION_PRESET, range: undefined }, () =>
    appendPresets(root, presetLines(units)),
  );
  return findings;
};

/** Takes away the links that enable a unit which the config masks: systemd would only log that they lead to nothing. */
export const disableMasked = (root: RootDirectory, units: readonly Unit[]): void => {
  const masked = units.filter(({ mask: isMasked }) => isMasked === true);
  if (masked.length === 0) return;
  const enablement = new Enablement(root);
  for (const { name } of masked) enablement.disable(name);
};

const writeUnitFile = (root: RootDirectory, name: string, contents: string): void => {
  const path = placeOf(root, name);
  root.makeDirectories(parentOf(path));
  root.replaceFile(path, contents, 0o644);
};

const mask = (root: RootDirectory, name: string): void => {
  const path = placeOf(root, name);
  root.makeDirectories(parentOf(path));
  root.remove(path);
  root.symlink("/dev/null", path);
};

const unmask = (root: RootDirectory, name: string): void => {
  const path = placeOf(root, name);
  const isMasked =
    root.lstat(path)?.isSymbolicLink() === true && root.readlink(path) === "/dev/null";
  if (isMasked) root.remove(path);
};

/**
 * A unit that is not enabled needs no line that disables it, and Ignition writes none. The image's own presets are yet
 * to be applied: a unit that they would enable counts as enabled.
 */
const appendPresets = (root: RootDirectory, lines: readonly PresetLine[]): void => {
  const enablement = new Enablement(root);
  const needed = lines.filter((line) => {
    if (line.verb === "enable") return true;
    const units = unitsOf(line);
    const enabled = units.filter((unit) => enablement.isEnabled(unit));
    for (const unit of enabled) enablement.disable(unit);
    return enabled.length > 0 || units.some((unit) => enablement.willBeEnabled(unit));
  });
  if (needed.length === 0) return;
  const path = placeOf(root, IGNITION_PRESET);
  root.makeDirectories(parentOf(path));
  const stats = root.lstat(path);
  if (stats !== undefined && !stats.isFile()) {
    throw new TreeError("a node that is no regular file is there", path);
  }
  const owner = stats === undefined ? undefined : root.ownerOf(path);
  const text = `${root.readText(path) ?? ""}${needed.map(formatPresetLine).join("")}`;
  root.replaceFile(path, text, stats === undefined ? 0o644 : stats.mode & 0o7777);
  if (owner !== undefined) root.setOwner(path, owner);
};
