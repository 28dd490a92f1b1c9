/** What answers over the network. */
import type { HttpCheck, TcpCheck } from "@slipway/release";
import type { Web } from "../ports.ts";
import type { Seen } from "../trial.ts";

/** What is searched of a body. */
const MOST_BODY_BYTES = 1024 * 1024;

export const lookAtHttp =
  (web: Web, { url, status, contains }: HttpCheck) =>
  async (signal: AbortSignal): Promise<Seen> => {
    const answer = await web.get(url, { mostBytes: MOST_BODY_BYTES, signal });
    const isStatus =
      status === undefined ? answer.status >= 200 && answer.status < 300 : answer.status === status;
    const output = answer.body;
    if (!isStatus)
      return {
        passed: false,
        seen: `${url} answered ${answer.status}, not ${status ?? "200 to 299"}`,
        output,
      };
    if (contains !== undefined && !answer.body.includes(contains))
      return {
        passed: false,
        seen: `${url} answered ${answer.status} without ${JSON.stringify(contains)}`,
        output,
      };
    return { passed: true, seen: `${url} answered ${answer.status}` };
  };

export const lookAtTcp =
  (web: Web, to: TcpCheck) =>
  async (signal: AbortSignal): Promise<Seen> => {
    await web.connect(to, signal);
    return { passed: true, seen: `${to.host} port ${to.port} takes connections` };
  };
