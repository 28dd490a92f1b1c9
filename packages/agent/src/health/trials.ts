/** Health checks as something to try. */
import type { HealthCheck, Look } from "@slipway/release";
import { lookAtCommand } from "./looks/command.ts";
import { lookAtFile, lookAtSpace } from "./looks/disk.ts";
import { lookAtClock, lookAtNetwork } from "./looks/settings.ts";
import { lookAtUnits } from "./looks/units.ts";
import { lookAtHttp, lookAtTcp } from "./looks/web.ts";
import type { HealthPorts } from "./ports.ts";
import type { Trial } from "./trial.ts";

const lookFor = (look: Look, ports: HealthPorts, builtAt: number): Trial["look"] => {
  switch (look.kind) {
    case "units":
      return lookAtUnits(ports.exec, look.what);
    case "command":
      return lookAtCommand(ports.exec, look.what);
    case "http":
      return lookAtHttp(ports.web, look.what);
    case "tcp":
      return lookAtTcp(ports.web, look.what);
    case "file":
      return lookAtFile(ports.places, ports.clock, look.what);
    case "space":
      return lookAtSpace(ports.places, look.what);
    case "clock":
      return lookAtClock(ports, builtAt, look.what);
    case "network":
      return lookAtNetwork(ports.places, look.what);
  }
};

/** `builtAt`: when the release was built, in seconds since 1970. */
export const trialOf = (check: HealthCheck, ports: HealthPorts, builtAt: number): Trial => {
  const { look, ...rest } = check;
  return { ...rest, look: lookFor(look, ports, builtAt) };
};
