import { mkdtempSync, rmSync, mkdirSync } from "node:fs";
import { linuxClock, linuxExec } from "@slipway/host";
import { openToolbox } from "./src/tools/toolbox.ts";
import { runMachine } from "./src/qemu/run-machine.ts";
const opts = JSON.parse(process.argv[2] ?? "{}");
const scratch = mkdtempSync("/work/lab/boot/run-");
mkdirSync("/work/lab/boot/memory", { recursive: true });
const ac = new AbortController();
process.once("SIGINT", () => ac.abort(new Error("SIGINT")));
try {
  const r = await runMachine({ toolbox: openToolbox(linuxExec, "/work/lab/boot/runtools", "x"), clock: linuxClock, scratch, memory: "/work/lab/boot/memory" }, { architecture: "x86_64", keep: false, onMessage: (m) => console.error("note:", m), ...opts }, ac.signal);
  console.log(JSON.stringify(r, undefined, 1));
} catch (e) { console.log(`${e.name} ${e.code}: ${e.message}\nhint: ${e.hint}`); }
finally { rmSync(scratch, { recursive: true, force: true }); }
