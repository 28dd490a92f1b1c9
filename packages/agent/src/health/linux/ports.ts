import { linuxClock, linuxExec } from "@slipway/host";
import type { HealthPorts } from "../ports.ts";
import { linuxPlaces } from "./places.ts";
import { linuxWeb } from "./web.ts";

/** Health checks of this machine. */
export const linuxHealthPorts: HealthPorts = {
  exec: linuxExec,
  web: linuxWeb,
  places: linuxPlaces,
  clock: linuxClock,
};
