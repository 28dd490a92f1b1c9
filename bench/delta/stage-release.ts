/**
 * A node, as a process of its own, with the arguments of `stageRelease`; prints by what the release was made. Without any it only loads the code, for
 * Node to compile it: a node has no TypeScript to compile, and the compiler's memory is not to be counted as the node's.
 */
import process from "node:process";
import { stageRelease } from "./staging.ts";

const args = process.argv.slice(2);
if (args.length > 0) console.log(await stageRelease(args));
