/** Configs in older specs, as far as those can say the same. */
import { checkIgnition } from "./check.ts";
import type { Decoded, DecodedValue } from "./decode.ts";
import { type Entry, hasErrors } from "./entry.ts";
import { property } from "./schema/item-key.ts";
import type { Minor } from "./schema/table.ts";
import { type Field, ignitionShapes, type Shape } from "./schema/tables.ts";
import type { ConfigAt } from "./schema/types.ts";
import { versionOf } from "./schema/versions.ts";
import { translateIgnition } from "./translate.ts";

/** The config in the wanted spec, or an entry for each thing that spec cannot say. */
export type ExpressedIgnition<M extends Minor> =
  | { readonly config: ConfigAt<M> }
  | { readonly refusals: readonly Entry[] };

const SPECIAL_BITS = 0o7000;
const FIRST_WITH_SPECIAL_BITS: Minor = 6;

const isObject = (value: DecodedValue): value is Decoded =>
  typeof value === "object" && !Array.isArray(value);

const isList = (value: DecodedValue): value is readonly DecodedValue[] => Array.isArray(value);

/** Whether a value says nothing, so that leaving it out says the same. */
const isSilent = (value: DecodedValue): boolean => {
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isSilent);
};

class Expresser {
  readonly refusals: Entry[] = [];
  readonly #from: Minor;
  readonly #to: Minor;
  readonly #path: (string | number)[] = [];

  constructor(from: Minor, to: Minor) {
    this.#from = from;
    this.#to = to;
  }

  #refuse(message: string): void {
    this.refusals.push({ kind: "error", path: [...this.#path], message });
  }

  object(value: Decoded, from: string, to: string): Decoded {
    const target = ignitionShapes(this.#to)(to);
    const kept: Record<string, DecodedValue> = {};
    for (const [name, field] of ignitionShapes(this.#from)(from).fields) {
      const inner = value[name];
      this.#path.push(name);
      if (inner !== undefined) this.#field(kept, inner, field, target);
      else if (target.fields.get(name)?.presence === "required") {
        this.#refuse(`spec ${versionOf(this.#to)} needs a ${name} here`);
      }
      this.#path.pop();
    }
    return kept;
  }

  #field(into: Record<string, DecodedValue>, value: DecodedValue, field: Field, to: Shape): void {
    const { name } = field;
    const target = to.fields.get(name);
    if (target !== undefined) {
      into[name] = this.#value(value, field, target);
    } else if (!isSilent(value)) {
      const { since } = field.table;
      const hint = since === undefined || since <= this.#to ? "" : `, ${versionOf(since)} has it`;
      this.#refuse(`spec ${versionOf(this.#to)} has no ${name} here${hint}`);
    }
  }

  #value(value: DecodedValue, field: Field, target: Field): DecodedValue {
    if (isList(value)) {
      return value.map((item, index) => {
        this.#path.push(index);
        const kept = isObject(item) ? this.object(item, field.type, target.type) : item;
        this.#path.pop();
        return kept;
      });
    }
    if (isObject(value)) return this.object(value, field.type, target.type);
    const isMode = field.name === "mode" && typeof value === "number";
    if (isMode && this.#to < FIRST_WITH_SPECIAL_BITS && (value & SPECIAL_BITS) !== 0) {
      this.#refuse(`spec ${versionOf(this.#to)} ignores setuid, setgid and sticky bits`);
    }
    return value;
  }
}

const asDecoded = (value: object): Decoded => {
  const isDecoded = (one: object): one is Decoded => !Array.isArray(one);
  if (isDecoded(value)) return value;
  throw new Error("a config is an object");
};

/** True by construction: only fields of the wanted spec were kept. */
const isConfig = <M extends Minor>(value: Decoded, _to: M): value is Decoded & ConfigAt<M> =>
  property(value, "ignition") !== undefined;

/**
 * A valid config in any spec. Into a newer one it is translated; into an older one it goes unless it says something that the
 * older spec has no field for, no value for, or would not act upon.
 */
export const expressIgnition = <M extends Minor>(
  config: ConfigAt<Minor>,
  from: Minor,
  to: M,
): ExpressedIgnition<M> => {
  if (to >= from) return { config: translateIgnition(config, from, to) };
  const expresser = new Expresser(from, to);
  const version = versionOf(to);
  const named = { ...config, ignition: { ...config.ignition, version } };
  const expressed = expresser.object(asDecoded(named), "Config", "Config");
  if (expresser.refusals.length > 0) return { refusals: expresser.refusals };
  if (!isConfig(expressed, to)) throw new Error("an expressed config has the fields of a config");
  const report = checkIgnition(expressed, to);
  if (!hasErrors(report)) return { config: expressed };
  const refusals = report.filter(({ kind }) => kind === "error");
  return {
    refusals: refusals.map((entry) => ({ ...entry, message: `spec ${version}: ${entry.message}` })),
  };
};
