import type { Rule, Say, Tree } from "../rule.ts";
import type { TreeIndex } from "../tree-index.ts";
import { baseName, parentOf } from "../tree-path.ts";
import { parseUnitFile, programOf, wordsOf } from "../unit-file.ts";
import { isUnitName, MANAGERS, unitDirectories, unitSpace } from "../unit-space.ts";
import type { Manager, UnitSpace } from "../unit-space.ts";

/** A link that makes one unit pull in another. */
interface Enablement {
  readonly path: string;
  /** The unit that pulls. */
  readonly by: string;
  /** The unit that is pulled in. */
  readonly unit: string;
  /** Made by presets and definitions, not shipped by a package. */
  readonly isOurs: boolean;
}

const PULLS = /\.(?:wants|requires|upholds)$/;

/** The links in `*.wants` and its likes, of one manager, in the order of the tree. */
export const enablements = (index: TreeIndex, manager: Manager): readonly Enablement[] =>
  unitDirectories(manager).flatMap((directory) =>
    index
      .children(directory)
      .filter((name) => PULLS.test(name))
      .flatMap((name) =>
        index.children(`${directory}/${name}`).map((unit) => ({
          path: `${directory}/${name}/${unit}`,
          by: name.replace(PULLS, ""),
          unit,
          isOurs: directory.startsWith("/etc/"),
        })),
      ),
  );

const forEachManager = (
  { index, read }: Tree,
  check: (manager: Manager, units: UnitSpace) => void,
): void => {
  for (const manager of MANAGERS) check(manager, unitSpace(index, manager, read));
};

export const unitEnablesNothing: Rule = {
  id: "unit-enables-nothing",
  severity: "error",
  why: "what looks enabled and never starts is found out when it is needed",
  start: (_policy, say) => ({
    finish: (tree) => {
      forEachManager(tree, (manager, units) => {
        for (const { path, by, unit, isOurs } of enablements(tree.index, manager)) {
          const severity = isOurs ? "error" : "warning";
          if (!units.exists(unit)) {
            say(path, `enables ${unit}, which does not exist`, "remove the link", severity);
          } else if (!units.exists(by)) {
            say(
              path,
              `has ${by} pull in ${unit}, and there is no ${by}`,
              "enable it for a unit that is started",
              severity,
            );
          }
        }
      });
    },
  }),
};

export const unitMaskedAndEnabled: Rule = {
  id: "unit-masked-and-enabled",
  severity: "error",
  why: "somebody wanted it to run and somebody wanted it not to; systemd only logs that it did not",
  start: (_policy, say) => ({
    finish: (tree) => {
      forEachManager(tree, (manager, units) => {
        for (const { path, unit, isOurs } of enablements(tree.index, manager)) {
          if (isOurs && units.isMasked(unit)) {
            say(path, `enables ${unit}, which is masked`, "remove the link or the mask");
          }
        }
      });
    },
  }),
};

export const defaultTarget: Rule = {
  id: "default-target",
  severity: "error",
  why: "without a target to boot into, systemd stops in its emergency shell",
  start: (_policy, say) => ({
    finish: ({ index, read }) => {
      const units = unitSpace(index, "system", read);
      if (!units.exists("default.target") || units.isMasked("default.target")) {
        say("/etc/systemd/system/default.target", "leads nowhere", "link it to a target");
      }
    },
  }),
};

/** What is kept of a unit file for the end of the walk. */
interface Install {
  readonly path: string;
  readonly manager: Manager;
  readonly isEmpty: boolean;
  readonly named: readonly { readonly key: string; readonly unit: string }[];
}

const INSTALL_KEYS: readonly string[] = ["WantedBy", "RequiredBy", "UpheldBy", "Also"];

const managerOf = (directory: string): Manager | undefined =>
  MANAGERS.find((manager) => unitDirectories(manager).includes(directory));

export const unitInstall: Rule = {
  id: "unit-install",
  severity: "warning",
  why: "enabling such a unit would change nothing, and nobody would be told",
  start: (_policy, say) => {
    const installs: Install[] = [];
    return {
      visit: ({ path, type, start }) => {
        const manager = managerOf(parentOf(path));
        if (type !== "file" || start === undefined || manager === undefined) return;
        if (!isUnitName(path)) return;
        const text = new TextDecoder().decode(start);
        if (!/^\s*\[Install\]/m.test(text)) return;
        const settings = parseUnitFile(text).filter(({ section }) => section === "Install");
        installs.push({
          path,
          manager,
          isEmpty: settings.length === 0,
          named: INSTALL_KEYS.flatMap((key) =>
            wordsOf(settings, "Install", key).map((unit) => ({ key, unit })),
          ),
        });
      },
      finish: (tree) => {
        forEachManager(tree, (manager, units) => {
          for (const one of installs) {
            if (one.manager === manager) checkInstall(one, units, say);
          }
        });
      },
    };
  },
};

const checkInstall = ({ path, isEmpty, named }: Install, units: UnitSpace, say: Say): void => {
  // A definition's own unit is written for this image: there is no reason for it to name what is not in it.
  const severity = path.startsWith("/etc/") ? "error" : "warning";
  if (isEmpty) {
    say(path, "has an [Install] section with nothing in it", "name what pulls it in", severity);
  }
  for (const { key, unit } of named) {
    // Specifiers are filled in when the unit is enabled.
    if (unit.includes("%") || units.exists(unit)) continue;
    say(path, `says ${key}=${unit}, and there is no ${unit}`, "name a unit that exists", severity);
  }
};

export const unitProgram: Rule = {
  id: "unit-program",
  severity: "error",
  why: "a service whose program is missing fails at every start",
  start: (_policy, say) => {
    const programs: { readonly path: string; readonly program: string }[] = [];
    return {
      visit: ({ path, type, start }) => {
        if (type !== "file" || start === undefined || !path.endsWith(".service")) return;
        if (!/^\/etc\/systemd\/(?:system|user)$/.test(parentOf(path))) return;
        for (const { section, key, value } of parseUnitFile(new TextDecoder().decode(start))) {
          if (section !== "Service" || !key.startsWith("Exec") || value === "") continue;
          const program = programOf(value);
          if (program !== undefined) programs.push({ path, program });
        }
      },
      finish: ({ index }) => {
        for (const { path, program } of programs) {
          const candidates = program.startsWith("/")
            ? [program]
            : ["/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/"].map(
                (directory) => `${directory}${program}`,
              );
          const isMissing = candidates.every((one) => index.resolve(one).kind === "missing");
          if (isMissing) say(path, `runs ${program}, which is not there`, "add the program");
        }
      },
    };
  },
};

export const unitDropIn: Rule = {
  id: "unit-drop-in",
  severity: "warning",
  why: "a drop-in for a unit that does not exist does nothing; its name is often misspelt",
  start: (_policy, say) => ({
    finish: (tree) => {
      forEachManager(tree, (manager, units) => {
        const directory = `/etc/systemd/${manager}`;
        for (const name of tree.index.children(directory)) {
          const unit = name.endsWith(".d") ? name.slice(0, -2) : "";
          // "service.d" is for all services, "a-.service.d" for all whose names begin with "a-" (systemd.unit(5)).
          if (!isUnitName(unit) || /-\.[a-z]+$/.test(unit) || units.exists(unit)) continue;
          say(
            `${directory}/${name}`,
            `is for ${baseName(unit)}, which does not exist`,
            "rename it",
          );
        }
      });
    },
  }),
};
