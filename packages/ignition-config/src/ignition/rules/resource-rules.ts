import { utf8Length } from "../../json/utf8.ts";
import { parseGoUrl } from "../go/url.ts";
import { MESSAGES } from "./messages.ts";
import { isFilled, type Newest, type Rules, type Rule } from "./rule.ts";
import { isHttp, urlProblem } from "./url-rule.ts";
import type { Minor } from "../schema/table.ts";

type Resource = Newest<"Resource">;

const headersProblem = ({ httpHeaders = [], source }: Resource): string | undefined => {
  if (httpHeaders.length === 0) return undefined;
  const http = isFilled(source) ? isHttp(source) : undefined;
  if (http === undefined) return MESSAGES.url;
  return http ? undefined : MESSAGES.headerScheme;
};

const sourceProblem = (source: string | undefined, minor: Minor): string | undefined =>
  isFilled(source) ? urlProblem(source, minor) : undefined;

const resource: Rule<"Resource"> = (value, say, minor) => {
  const { compression = "", source, verification } = value;
  const isKnown = compression === "" || compression === "gzip";
  say.error(["compression"], isKnown ? undefined : MESSAGES.compression);
  if (verification?.hash !== undefined && source === undefined) {
    say.error(["verification", "hash"], MESSAGES.verificationWithoutSource);
  }
  say.error(["source"], sourceProblem(source, minor));
  say.error(["httpHeaders"], headersProblem(value));
};

/** What is wrong with the source of a resource that is nothing without one. */
const requiredSourceProblem = ({ source }: Resource, minor: Minor): string | undefined =>
  isFilled(source) ? urlProblem(source, minor) : MESSAGES.sourceRequired;

const DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha512", 128],
  ["sha256", 64],
]);

const hashProblem = (hash: string, minor: Minor): string | undefined => {
  const dash = hash.indexOf("-");
  if (dash < 0) return MESSAGES.hashMalformed;
  const name = hash.slice(0, dash);
  const digits = name === "sha256" && minor === 0 ? undefined : DIGITS.get(name);
  if (digits === undefined) return MESSAGES.hashFunction;
  // Ignition counts bytes here and looks at the digits only when it compares.
  return utf8Length(hash.slice(dash + 1)) === digits ? undefined : MESSAGES.hashSize;
};

const proxyProblem = (text: string): string | undefined => {
  const http = isHttp(text);
  if (http === undefined) return MESSAGES.url;
  return http ? undefined : MESSAGES.proxyScheme;
};

/** Rules for what is fetched and how. */
export const RESOURCE_RULES: Rules = {
  Resource: resource,
  ConfigReference: ({ source }, say, minor) => {
    say.error(["source"], sourceProblem(source, minor));
  },
  CaReference: ({ source }, say, minor) => {
    say.error(["source"], urlProblem(source, minor));
  },
  IgnitionConfig: ({ merge = [] }, say, minor) => {
    if (minor === 0) return;
    for (const [index, item] of merge.entries()) {
      say.error(["merge", index], requiredSourceProblem(item, minor));
    }
  },
  Tls: ({ certificateAuthorities = [] }, say, minor) => {
    if (minor === 0) return;
    for (const [index, item] of certificateAuthorities.entries()) {
      say.error(["certificateAuthorities", index], requiredSourceProblem(item, minor));
    }
  },
  HttpHeader: ({ name, value }, say) => {
    say.error(["name"], name === "" ? MESSAGES.headerName : undefined);
    say.error(["value"], value === "" ? MESSAGES.headerValue : undefined);
  },
  Verification: ({ hash }, say, minor) => {
    say.error(["hash"], hash === undefined ? undefined : hashProblem(hash, minor));
  },
  Proxy: ({ httpProxy, httpsProxy }, say) => {
    say.error(["httpProxy"], httpProxy === undefined ? undefined : proxyProblem(httpProxy));
    if (httpsProxy === undefined) return;
    const problem = proxyProblem(httpsProxy);
    say.error(["httpsProxy"], problem);
    if (problem === undefined && parseGoUrl(httpsProxy)?.scheme === "http") {
      say.warning(["httpsProxy"], MESSAGES.proxyInsecure);
    }
  },
};
