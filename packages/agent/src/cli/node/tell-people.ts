/** After each run of the daemon: the message of the day for who logs in, and the journal for who watches many nodes. */
import { linuxClock } from "@slipway/host";
import { findingLine } from "../../config/finding.ts";
import type { Config } from "../../config/config.ts";
import type { TellMotd } from "../../daemon/motd.ts";
import type { TellJournal } from "../../daemon/tell-journal.ts";
import type { EnginePorts } from "../../engine/ports.ts";
import type { Ran } from "../../engine/run.ts";
import { gateOpensAt } from "../../machine/guards.ts";
import { type Amiss, newsOf, NOTHING_AMISS } from "../../telling/news.ts";
import { motdText } from "../present/motd-text.ts";
import { failureOf } from "../present/why.ts";

export interface People {
  readonly motd: TellMotd;
  readonly journal: TellJournal;
  readonly config: () => Promise<Config>;
  /** As the machine goes by them. */
  readonly settings: EnginePorts["settings"];
  /** A factory reset waits for the next boot. */
  readonly isResetOrdered: () => Promise<boolean>;
}

const wrongIn = ({ findings }: Config): string | undefined => {
  const wrong = findings.find(({ severity }) => severity === "error");
  return wrong === undefined ? undefined : findingLine(wrong);
};

const amissIn = ({ state, lastCheck }: Ran, settingsError: string | undefined): Amiss => ({
  held: state.kind === "held" ? state.failure : undefined,
  check: lastCheck?.answer.kind === "failed" ? lastCheck.answer.failure : undefined,
  settings:
    settingsError === undefined
      ? undefined
      : failureOf({ code: "SETTINGS_WRONG", message: settingsError }),
});

/** Of one daemon's life: what lasts is told again by the next one. Never rejects: a node is updated whether or not anybody is told. */
export const peopleTold = (
  people: People,
  log: (line: string) => void,
): ((ran: Ran) => Promise<void>) => {
  let before = NOTHING_AMISS;
  return async (ran) => {
    try {
      before = await tellAll(people, ran, before);
    } catch (error) {
      log(`nobody was told of it: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
};

const tellAll = async (people: People, ran: Ran, before: Amiss): Promise<Amiss> => {
  const config = await people.config();
  const settingsError = wrongIn(config);
  const nowMs = linuxClock.now().getTime();
  const { state, ledger, leases } = ran;
  const byHand = state.kind === "staged" && state.byHand;
  const settings = await people.settings();
  await people.motd(
    motdText({
      state,
      ledger,
      gateOpensAtMs: gateOpensAt({ byHand }, { nowMs, ledger, leases, settings }),
      waitsForLease: settings.strategy === "lock",
      settingsError,
      isResetOrdered: await people.isResetOrdered(),
      now: Math.floor(nowMs / 1000),
    }),
  );
  const amiss = amissIn(ran, settingsError);
  for (const message of newsOf(before, amiss)) await people.journal(message);
  return amiss;
};
