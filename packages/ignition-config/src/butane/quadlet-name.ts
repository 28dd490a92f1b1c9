/** The template of an instance (`a@.container` of `a@1.container`); undefined for everything that is no instance. */
export const templateOf = (name: string): string | undefined => {
  const at = name.indexOf("@");
  const dot = name.lastIndexOf(".");
  if (at < 0 || dot < 0 || at + 1 === dot) return undefined;
  return `${name.slice(0, at)}@.${name.slice(dot + 1)}`;
};

export const isTemplateInstance = (name: string): boolean => templateOf(name) !== undefined;
