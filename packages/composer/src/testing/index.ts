/** Parts of the composer that the repository's own integration tests and benchmarks take hold of. */
export { makeBundle, readBundle } from "../agent/bundle.ts";
export { nodeFiles } from "../node/files.ts";
export { stepKey, type StepRecipe } from "../cache/key.ts";
export { openStore, type StepStore } from "../cache/store.ts";
export { sparseSha256 } from "../image/digest.ts";
export { readElf } from "../initrd/elf.ts";
export { selectFiles, type TreeView } from "../initrd/libraries.ts";
export { composeBareSystem } from "./bare-disk.ts";
export { compareTrees, describeTree, type TreeFacts } from "./compare-trees.ts";
export { composeTreePair } from "./tree-pair.ts";
export { compareRootImages } from "./root-images.ts";
export { findToolbox } from "../tools/tree.ts";
export type { Toolbox } from "../tools/toolbox.ts";
export type { GuestDone, GuestUp, MachineSession } from "../qemu/session.ts";
export {
  type MachineHouse,
  machineTools,
  type SessionMachine as TestMachine,
  startMachine,
} from "../qemu/start-machine.ts";
export { openFileSource } from "../inspect/file-source.ts";
export { type Partition, readPartitionTable } from "../inspect/gpt.ts";
export { sshPort } from "../qemu/run-machine.ts";
export { flushPoints, type LoggedWrite, readWriteLog, replayWrites } from "./write-log.ts";
export { openRepository, type Repository } from "../repository/contents.ts";
export { parseHistory } from "../demo/agent-answers.ts";
export { type MadeRelease, type OpenedWorkshop, openWorkshop } from "../demo/releases.ts";
export { countTraffic, trafficSince } from "../demo/traffic.ts";
