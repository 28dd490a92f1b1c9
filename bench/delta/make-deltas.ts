/** Makes the deltas of a pair of releases, as a process of its own: `make-deltas.ts BEFORE AFTER INTO`. */
import process from "node:process";
import { makeReleaseDeltas, releaseImages } from "@slipway/composer";

const [, , before, after, into] = process.argv;
if (before === undefined || after === undefined || into === undefined) {
  throw new Error("give two release directories, and one to write into");
}
await makeReleaseDeltas({
  from: await releaseImages(before),
  to: await releaseImages(after),
  into,
});
