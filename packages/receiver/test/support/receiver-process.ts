/** A receiver in a process of its own, to be killed: node receiver-process.ts DIRECTORY MANIFEST URL. Says when it begins to stage. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { stage } from "../../src/stage/stage.ts";
import { parseManifestFile } from "@slipway/release";
import { stageOptions } from "./node-directory.ts";

const [directory, manifestPath, url] = process.argv.slice(2);
if (directory === undefined || manifestPath === undefined || url === undefined) {
  throw new Error("usage: receiver-process.ts DIRECTORY MANIFEST URL");
}
const decoded = parseManifestFile(readFileSync(manifestPath));
if (!decoded.ok) throw new Error(JSON.stringify(decoded.findings));
process.stdout.write("staging\n");
await stage(stageOptions(directory, decoded.value, [url], []));
process.stdout.write("staged\n");
