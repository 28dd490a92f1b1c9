/** The report of this node, gathered from what its parts know. */
import { readNodeId } from "../../node/node-id.ts";
import { linuxHostReader } from "../../node/host-reader.ts";
import { type Report, reportOf } from "../../report/report.ts";
import { readMachineFacts } from "../../report/this-machine.ts";
import { VERSION } from "../../version.ts";
import type { Look } from "../agent.ts";
import { stateLine } from "../present/status-document.ts";
import { blockersOf } from "../present/why.ts";
import { askHealth } from "./health.ts";

export const makeReport = async (look: Look): Promise<Report> => {
  const reader = linuxHostReader();
  const { image, architecture, observed, ledger, config, now } = look;
  const { channel, group, strategy, repository } = config.settings;
  const id = await readNodeId(reader);
  const { verdict } = await askHealth({ now: false });
  const { kind, release, failure } = stateLine(look.state);
  return reportOf({
    madeAt: now,
    agent: VERSION,
    node: {
      ...(id === undefined ? {} : { id }),
      image,
      architecture,
      channel,
      ...(group === undefined ? {} : { group }),
      strategy,
      repository,
    },
    machine: await readMachineFacts(),
    observed,
    ledger,
    degraded: observed.degraded,
    state: {
      kind,
      ...(release === undefined ? {} : { release }),
      ...(failure === undefined ? {} : { failure }),
    },
    why: blockersOf(look),
    ...(verdict === undefined ? {} : { verdict }),
  });
};
