/**
 * What a release has for the files that hold secrets: a unit that imports the credentials, and the lines by which
 * systemd-tmpfiles writes them (tmpfiles.d(5), modifier `^`). The values come to the node from outside, as a systemd
 * credential: from the machine's firmware, or from `/etc/credstore` and `/etc/credstore.encrypted`.
 */
import type { File, Unit } from "../../ignition/config.ts";
import type { Range } from "../../report/finding.ts";
import type { FileFragment } from "./file.ts";
import type { OwnerFragment } from "./owner.ts";

export const SECRETS_CONF = "/usr/lib/slipway/secrets.conf";
export const SECRETS_UNIT = "slipway-secrets.service";

/** The file's permissions unless the definition says otherwise. */
const DEFAULT_MODE = 0o600;

/** A path between quotes, in which `%` begins a specifier. */
const quotePath = (path: string): string =>
  `"${path.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll("%", "%%")}"`;

const ownerOf = (owner: OwnerFragment | undefined): string =>
  owner?.name ?? String(owner?.id ?? "root");

const lineFor = ({ path, mode = DEFAULT_MODE, user, group }: FileFragment, name: string): string =>
  `f+^ ${quotePath(path)} ${mode.toString(8).padStart(4, "0")} ${ownerOf(user)} ${ownerOf(group)} - ${name}\n`;

const unitText = (names: readonly string[]): string => `[Unit]
Description=Write the files that hold secrets
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup.service
Before=sysinit.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
${names.map((name) => `ImportCredential=${name}\n`).join("")}ExecStart=/usr/bin/systemd-tmpfiles --create ${SECRETS_CONF}

[Install]
WantedBy=sysinit.target
`;

/** One file of the definition whose contents are a secret. */
export interface SecretFile {
  readonly fragment: FileFragment;
  readonly name: string;
  readonly origin: Range;
}

/** The release's own files and units for these; none for none. */
export const settleSecrets = (
  files: readonly SecretFile[],
): { readonly files: readonly File[]; readonly units: readonly Unit[] } => {
  const [first] = files;
  if (first === undefined) return { files: [], units: [] };
  const { origin } = first;
  const names = [...new Set(files.map(({ name }) => name))];
  const lines = files.map(({ fragment, name }) => lineFor(fragment, name)).join("");
  return {
    files: [
      {
        path: SECRETS_CONF,
        mode: 0o644,
        contents: { kind: "inline", text: lines, origin },
        append: [],
        origin,
      },
    ],
    units: [{ name: SECRETS_UNIT, enabled: true, contents: unitText(names), dropins: [], origin }],
  };
};
