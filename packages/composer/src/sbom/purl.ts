/**
 * The package URL of a Debian package (purl-spec, type `deb`): `pkg:deb/debian/NAME@VERSION?arch=…&distro=…`. The vendor and
 * distribution are os-release's `ID` and `ID-VERSION_ID`; `arch=source` names a source package.
 */
export const debianPurl = (
  one: { readonly name: string; readonly version: string; readonly architecture: string },
  distribution: { readonly id: string; readonly versionId: string },
): string =>
  `pkg:deb/${encode(distribution.id)}/${encode(one.name)}@${encode(one.version)}` +
  `?arch=${encode(one.architecture)}&distro=${encode(`${distribution.id}-${distribution.versionId}`)}`;

/** The package URL of a package of npm (purl-spec, type `npm`): `pkg:npm/%40SCOPE/NAME@VERSION`. */
export const npmPurl = ({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}): string => `pkg:npm/${name.split("/").map(encode).join("/")}@${encode(version)}`;

/** purl-spec, "character encoding": as encodeURIComponent does it, but colons, which Debian's epochs need, stay. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%3A/g, ":")
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
