/** Every rule there is: its level, and what it holds for the list in the docs. The ids are stable, users see them. */
import type { Level } from "./finding.ts";

interface Rule {
  readonly level: Level;
  readonly summary: string;
}

const error = (summary: string): Rule => ({ level: "error", summary });
const info = (summary: string): Rule => ({ level: "info", summary });
const warning = (summary: string): Rule => ({ level: "warning", summary });

/** The id of a rule. */
export type RuleId =
  | "alias-explosion"
  | "account-field"
  | "account-name"
  | "butane"
  | "channel-name"
  | "component"
  | "compression"
  | "contents-conflict"
  | "control-character"
  | "data-url"
  | "decimal-mode"
  | "dropin-name"
  | "duplicate-entry"
  | "duplicate-id"
  | "duplicate-key"
  | "empty-document"
  | "first-boot"
  | "first-boot-contents"
  | "hard-link"
  | "hard-link-owner"
  | "hash"
  | "health-check"
  | "http-header"
  | "ignition"
  | "ignition-merge"
  | "ignition-settings"
  | "image-name"
  | "image-version"
  | "include-cycle"
  | "include-depth"
  | "include-remote"
  | "kernel-argument"
  | "kernel-argument-reserved"
  | "kernel-module"
  | "key-not-text"
  | "masked-and-enabled"
  | "mirror"
  | "missing-file"
  | "missing-key"
  | "missing-source"
  | "missing-value"
  | "missing-variable"
  | "nesting"
  | "no-image"
  | "not-utf8"
  | "nul-byte"
  | "number-range"
  | "number-spelling"
  | "os-release-key"
  | "os-release-reserved"
  | "os-release-value"
  | "overwrite-without-contents"
  | "owner"
  | "package-name"
  | "password-hash"
  | "path"
  | "path-made-once"
  | "path-not-kept"
  | "port-clash"
  | "path-below-file"
  | "path-through-link"
  | "recursive-alias"
  | "secret-name"
  | "secret-place"
  | "secret-use"
  | "several-documents"
  | "several-sources"
  | "source-headers"
  | "source-scheme"
  | "source-url"
  | "ssh-key"
  | "suite"
  | "too-few"
  | "too-large"
  | "too-many-documents"
  | "too-many-findings"
  | "tree-conflict"
  | "unit-name"
  | "unit-never-enabled"
  | "unit-text"
  | "unknown-alias"
  | "unknown-key"
  | "unknown-quadlet"
  | "unknown-secret"
  | "unknown-tag"
  | "unknown-value"
  | "unknown-variable"
  | "unknown-variant"
  | "unknown-version"
  | "unreadable-file"
  | "unsupported-key"
  | "unused-secret"
  | "unused-variable"
  | "update-gate"
  | "url-secret"
  | "variable-name"
  | "variable-reference"
  | "variable-type"
  | "variable-value"
  | "wrong-type"
  | "yaml-syntax";

/** The catalogue. */
export const RULES: Readonly<Record<RuleId, Rule>> = {
  "alias-explosion": error("aliases repeat too much of the document"),
  "account-field": error("a field of an account holds a character that separates fields"),
  "account-name": error("a user or group name that the account tools would refuse"),
  butane: error("what Butane itself finds in one of its documents"),
  "channel-name": error("a channel name that no repository can have"),
  component: error("not the name of an archive component"),
  compression: error("a compression that is unknown or cannot be meant"),
  "contents-conflict": error("a file stands where a unit or drop-in with contents goes"),
  "control-character": error("a text holds a control character or a broken character"),
  "data-url": error("a data: URL that cannot be decoded"),
  "decimal-mode": error("a mode written in decimal that was meant in octal"),
  "dropin-name": error("a drop-in name that systemd would not read"),
  "duplicate-entry": error("a list names the same thing twice"),
  "duplicate-id": error("two accounts share one number"),
  "duplicate-key": error("a mapping has the same key twice"),
  "empty-document": error("a document without content"),
  "first-boot": warning("a part of the definition that is not in the image"),
  "first-boot-contents": error("contents that Ignition cannot have at first boot"),
  "hard-link": error("a hard link that cannot be made"),
  "hard-link-owner": warning("a hard link's owner is that of its target"),
  hash: error("a verification hash that can match nothing"),
  "health-check": error("a health check that no node could run, or that could not fail"),
  "http-header": error("an HTTP header that cannot be sent"),
  ignition: error("what Ignition itself finds in one of its configs"),
  "ignition-merge": error("a config that takes in others when the node starts"),
  "ignition-settings": warning("what is about fetching on the node"),
  "image-name": error("an image name that does not fit into file names and labels"),
  "image-version": error("a version that does not follow UAPI.10 or does not fit into file names"),
  "include-cycle": error("documents include each other"),
  "include-depth": error("documents include each other too deeply"),
  "include-remote": error("an include that is no local file"),
  "kernel-argument": error("not one argument of a kernel command line"),
  "kernel-argument-reserved": error("a kernel argument that the image itself sets"),
  "kernel-module": error("not the name of a kernel module"),
  "key-not-text": error("a mapping key that is no text"),
  "masked-and-enabled": warning("a masked unit is not started, enabled or not"),
  mirror: error("not the URL of an archive"),
  "missing-file": error("a file that the document names is not there or is no file"),
  "missing-key": error("a key that must be given is not"),
  "missing-source": error("compression or verification of nothing"),
  "missing-value": error("a key without a value"),
  "missing-variable": error("a variable that nobody gave a value"),
  nesting: error("the document is nested too deeply"),
  "no-image": error("a document that is no image definition"),
  "not-utf8": error("the file is no UTF-8 text"),
  "nul-byte": error("the file holds a NUL byte"),
  "number-range": error("a number outside its range"),
  "number-spelling": error("a number that readers of YAML understand differently"),
  "os-release-key": error("not the name of an os-release field"),
  "os-release-reserved": error("an os-release field that the image block itself sets"),
  "os-release-value": error("not a value for this os-release field"),
  "overwrite-without-contents": error("a file would be removed and not be written"),
  owner: error("an owner given both by number and by name"),
  "package-name": error("not a Debian package name"),
  "password-hash": warning("a password that does not look like a hash"),
  path: error("a path that is not absolute and clean"),
  "path-made-once": info("a file that is the node's own once it has been made"),
  "path-not-kept": warning("a path that another file system covers on the node"),
  "port-clash": warning("two services that take the same port of the node"),
  "path-below-file": error("a path lies below a file"),
  "path-through-link": error("a path leads through a link of the same definition"),
  "recursive-alias": error("an anchor that holds itself"),
  "secret-name": error("not the name of a secret"),
  "secret-place": error("a secret where the node cannot write it"),
  "secret-use": error("a secret as a part of a file"),
  "several-documents": error("more than one document in a file"),
  "several-sources": error("contents from more than one place"),
  "source-headers": error("one URL is fetched with different headers"),
  "source-scheme": error("contents from a place that cannot be read at build time"),
  "source-url": error("a source that is no URL"),
  "ssh-key": error("not an SSH public key"),
  suite: error("not the name of a Debian suite"),
  "too-few": error("a list with too few items"),
  "too-large": error("a document above the size that is read"),
  "too-many-documents": error("more documents than are read"),
  "too-many-findings": warning("there are more findings than are shown"),
  "tree-conflict": error("something short for nodes that the document has otherwise"),
  "unit-name": error("a unit name that systemd would refuse"),
  "unit-never-enabled": warning("enabling this unit does nothing"),
  "unit-text": error("unit contents that systemd would not read"),
  "unknown-alias": error("an alias without an anchor before it"),
  "unknown-key": error("a key that this variant does not have"),
  "unknown-quadlet": warning("a Quadlet file that names one which is not there"),
  "unknown-secret": error("a secret that is not declared"),
  "unknown-tag": error("a YAML tag that means nothing here"),
  "unknown-value": error("a word that is not one of the choices"),
  "unknown-variable": error("a variable that is not declared"),
  "unknown-variant": error("a variant that this program does not read"),
  "unknown-version": error("a version of the variant that does not exist"),
  "unreadable-file": error("a document cannot be read"),
  "unsupported-key": error("a key of Ignition or Butane that this version does not handle"),
  "unused-secret": warning("a secret that no file holds"),
  "unused-variable": warning("a variable that no document uses"),
  "update-gate": error("when a node may restart is said in a way that no node could go by"),
  "url-secret": error("a user name or password in a URL"),
  "variable-name": error("not the name of a variable"),
  "variable-reference": error("a reference to a variable that cannot be one"),
  "variable-type": error("a variable that is declared with two types"),
  "variable-value": error("a variable's value of another type or outside its choices"),
  "wrong-type": error("a value of another type than the key takes"),
  "yaml-syntax": error("the file is not YAML"),
};
