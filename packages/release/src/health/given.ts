/** `T` without the fields that are undefined, as `exactOptionalPropertyTypes` wants them. */
export type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

export const given = <T extends object>(fields: T): Given<T> => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Only undefined fields were taken away, which `Given` makes optional.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Given<T>;
};
