import { parseJson } from "../../json/parse-json.ts";
import { encodeUtf8, utf8Length } from "../../json/utf8.ts";
import type { Minor } from "../schema/table.ts";
import { MESSAGES } from "./messages.ts";
import { pathProblem } from "./path-rule.ts";
import { isFilled, type Newest, type Rules } from "./rule.ts";
import { isHttp, urlProblem } from "./url-rule.ts";

type Luks = Newest<"Luks">;
type Clevis = Newest<"Clevis">;

const MAX_LABEL_BYTES = 47;

const hasOtherPins = ({ tang = [], tpm2, threshold = 0 }: Clevis): boolean =>
  tang.length > 0 || tpm2 === true || threshold !== 0;

const hasCustomPin = ({ custom }: Clevis, minor: Minor): boolean =>
  minor < 3 ? custom !== undefined : isFilled(custom?.pin);

const deviceProblem = (device: string | undefined): string | undefined =>
  isFilled(device) ? pathProblem(device) : MESSAGES.diskDevice;

const checkLuks = (value: Luks): readonly (readonly [string, string | undefined])[] => {
  const { name, label, device } = value;
  return [
    ["name", name.includes("/") ? MESSAGES.luksName : undefined],
    ["label", utf8Length(label ?? "") > MAX_LABEL_BYTES ? MESSAGES.luksLabel : undefined],
    ["device", deviceProblem(device)],
  ];
};

const PINS: ReadonlySet<string> = new Set(["tpm2", "tang", "sss"]);

const pinProblem = (pin: string | undefined, minor: Minor): string | undefined => {
  if (minor >= 3 && !isFilled(pin)) return MESSAGES.clevisPinRequired;
  return minor < 6 && !PINS.has(pin ?? "") ? MESSAGES.clevisPin : undefined;
};

const tangUrlProblem = (url: string): string | undefined => {
  const http = isHttp(url);
  if (http === undefined) return MESSAGES.url;
  return http ? undefined : MESSAGES.urlScheme;
};

const isJson = (text: string): boolean => {
  const parsed = parseJson(encodeUtf8(text));
  return "value" in parsed && !parsed.hasHugeNumber;
};

/** Rules for encrypted volumes. */
export const LUKS_RULES: Rules = {
  Luks: (value, say, minor) => {
    for (const [field, problem] of checkLuks(value)) say.error([field], problem);
    const { clevis = {}, cex, keyFile } = value;
    const isMixed = hasCustomPin(clevis, minor) && hasOtherPins(clevis);
    say.error(["clevis"], isMixed ? MESSAGES.clevisCustomWithOthers : undefined);
    const source = keyFile?.source;
    const isBad = isFilled(source) && urlProblem(source, minor) !== undefined;
    // There is no field `keys`; the report names it all the same.
    say.error(["keys"], isBad ? MESSAGES.luksKeyFile : undefined);
    if (cex?.enabled !== true) return;
    const hasClevis = hasCustomPin(clevis, minor) || hasOtherPins(clevis);
    say.error(["cex"], hasClevis ? MESSAGES.cexWithClevis : undefined);
    say.error(["cex"], isFilled(source) ? MESSAGES.cexWithKeyFile : undefined);
  },
  ClevisCustom: ({ pin, config, needsNetwork }, say, minor) => {
    const isOn = minor >= 3 && needsNetwork === true;
    if (!isFilled(pin) && !isFilled(config) && !isOn) return;
    say.error(["pin"], pinProblem(pin, minor));
    say.error(["config"], isFilled(config) ? undefined : MESSAGES.clevisConfig);
  },
  Tang: ({ url, thumbprint, advertisement }, say) => {
    say.error(["url"], tangUrlProblem(url));
    say.error(["thumbprint"], isFilled(thumbprint) ? undefined : MESSAGES.tangThumbprint);
    const isBad = isFilled(advertisement) && !isJson(advertisement);
    say.error(["advertisement"], isBad ? MESSAGES.tangAdvertisement : undefined);
  },
};
