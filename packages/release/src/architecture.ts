/** Kinds of machines that a release is made for. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;

export type Architecture = (typeof ARCHITECTURES)[number];
