/** What is remembered of a probe for KVM. Pure. */

export type ProbeVerdict =
  | { readonly works: true }
  | { readonly works: false; readonly reason: string };

/** A verdict holds for one boot of the machine (a module may be loaded, a setting changed) and one QEMU. */
export const verdictFor = (verdict: ProbeVerdict, bootId: string, tree: string): string =>
  `${JSON.stringify({ bootId, tree, ...verdict })}\n`;

/** Undefined when the text is of another boot, another QEMU, or no verdict at all. */
export const parseVerdict = (
  text: string,
  bootId: string,
  tree: string,
): ProbeVerdict | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("bootId" in value) || value.bootId !== bootId) return undefined;
  if (!("tree" in value) || value.tree !== tree) return undefined;
  if (!("works" in value)) return undefined;
  if (value.works === true) return { works: true };
  const reason = "reason" in value && typeof value.reason === "string" ? value.reason : undefined;
  return value.works === false && reason !== undefined ? { works: false, reason } : undefined;
};
