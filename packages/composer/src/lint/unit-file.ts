/** One assignment of a unit file, in the order of the file. */
export interface UnitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The settings of a unit file, systemd.syntax(7): comments left out, continued lines joined, values not yet expanded. */
export const parseUnitFile = (text: string): readonly UnitSetting[] => {
  const settings: UnitSetting[] = [];
  let section = "";
  let pending = "";
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    // Comments are skipped even between the lines of one value.
    if (trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const whole = pending === "" ? trimmed : `${pending} ${trimmed}`;
    if (whole.endsWith("\\")) {
      pending = whole.slice(0, -1).trimEnd();
      continue;
    }
    pending = "";
    const header = /^\[([^\]]+)\]$/.exec(whole)?.[1];
    const equals = whole.indexOf("=");
    if (header !== undefined) section = header;
    else if (equals > 0) {
      settings.push({
        section,
        key: whole.slice(0, equals).trim(),
        value: whole.slice(equals + 1).trim(),
      });
    }
  }
  return settings;
};

/** The words of a list setting such as `WantedBy=`; an empty assignment clears the list. */
export const wordsOf = (
  settings: readonly UnitSetting[],
  section: string,
  key: string,
): readonly string[] => {
  let words: string[] = [];
  for (const one of settings) {
    if (one.section !== section || one.key !== key) continue;
    words = one.value === "" ? [] : [...words, ...one.value.split(/\s+/)];
  }
  return words;
};

/** The program of an `Exec…=` line, without the prefixes of systemd.service(5); undefined when it has specifiers. */
export const programOf = (commandLine: string): string | undefined => {
  const match = /^[-@:+!|]*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(commandLine);
  const program = match?.[1] ?? match?.[2] ?? match?.[3];
  return program === undefined || /[%$]/.test(program) ? undefined : program;
};
