import { readFileSync } from "node:fs";
import type { NodeFile } from "./node-file.ts";

/** A shell script that the node runs; its text is a file of its own, beside the sources. */
export const script = (name: string, directory = "/usr/lib/slipway"): NodeFile => ({
  path: `${directory}/${name}`,
  text: readFileSync(new URL(`../../node/${name}`, import.meta.url), "utf8"),
  mode: 0o755,
});
