/** The typed configs of every spec, inferred from the tables. */
import type { Minor } from "./table.ts";
import type { IgnitionTables } from "./tables.ts";

/** The minors up to and including each. */
interface UpTo {
  0: 0;
  1: 0 | 1;
  2: 0 | 1 | 2;
  3: 0 | 1 | 2 | 3;
  4: 0 | 1 | 2 | 3 | 4;
  5: 0 | 1 | 2 | 3 | 4 | 5;
  6: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  7: Minor;
}

interface Scalars {
  string: string;
  integer: number;
  boolean: boolean;
}

type TypeName = keyof IgnitionTables;

/** An object's fields with those of the table it extends. */
type FieldsOf<N extends TypeName> = IgnitionTables[N]["fields"] &
  (IgnitionTables[N] extends { extends: infer P extends TypeName }
    ? IgnitionTables[P]["fields"]
    : unknown);

type IsIn<F, M extends Minor> = F extends { since: infer S }
  ? S extends UpTo[M]
    ? true
    : false
  : true;

type IsRequired<F, M extends Minor> = F extends {
  presence: "required";
  presenceUntil: infer U extends Minor;
}
  ? M extends UpTo[U]
    ? true
    : false
  : F extends { presence: "required" }
    ? true
    : false;

type TypeAt<F, M extends Minor> = F extends {
  before: { minor: infer B extends Minor; type: infer T };
}
  ? B extends UpTo[M]
    ? F extends { type: infer N }
      ? N
      : never
    : T
  : F extends { type: infer N }
    ? N
    : never;

type ItemOf<T, M extends Minor> = T extends keyof Scalars
  ? Scalars[T]
  : T extends TypeName
    ? ObjectOf<T, M>
    : never;

type ValueOf<F, M extends Minor> = F extends { list: true }
  ? readonly ItemOf<TypeAt<F, M>, M>[]
  : ItemOf<TypeAt<F, M>, M>;

type OptionalFields<F, M extends Minor> = {
  readonly [
    K in keyof F as IsIn<F[K], M> extends true
      ? IsRequired<F[K], M> extends true
        ? never
        : K
      : never
  ]?: ValueOf<F[K], M>;
};

type RequiredFields<F, M extends Minor> = {
  readonly [
    K in keyof F as IsIn<F[K], M> extends true
      ? IsRequired<F[K], M> extends true
        ? K
        : never
      : never
  ]: ValueOf<F[K], M>;
};

/** The object of a table in one spec, such as `ObjectOf<"File", 4>`. */
export type ObjectOf<N extends TypeName, M extends Minor> = RequiredFields<FieldsOf<N>, M> &
  OptionalFields<FieldsOf<N>, M>;

/** A config of the spec with this minor number. `ignition` is always there. */
export type ConfigAt<M extends Minor> = ObjectOf<"Config", M> & {
  readonly ignition: ObjectOf<"Ignition", M>;
};

/** A config of spec 3.0.0. */
export type ConfigV3_0 = ConfigAt<0>;
/** A config of spec 3.1.0. */
export type ConfigV3_1 = ConfigAt<1>;
/** A config of spec 3.2.0. */
export type ConfigV3_2 = ConfigAt<2>;
/** A config of spec 3.3.0. */
export type ConfigV3_3 = ConfigAt<3>;
/** A config of spec 3.4.0. */
export type ConfigV3_4 = ConfigAt<4>;
/** A config of spec 3.5.0. */
export type ConfigV3_5 = ConfigAt<5>;
/** A config of spec 3.6.0. */
export type ConfigV3_6 = ConfigAt<6>;
/** A config of spec 3.7.0-experimental, which may still change. */
export type ConfigV3_7Experimental = ConfigAt<7>;
