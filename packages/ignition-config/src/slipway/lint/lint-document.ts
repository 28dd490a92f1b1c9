/** What is valid and most likely not meant. */
import type { Say } from "../../schema/shape.ts";
import type { DocumentFragment } from "../v1_0/document.ts";
import { checkKeptPlaces } from "./kept-places.ts";
import { checkPorts } from "./published-ports.ts";
import { isQuadletPath, quadletFiles } from "./quadlet-files.ts";
import { checkQuadletReferences } from "./quadlet-references.ts";

export const lintDocument = ({ storage = {}, systemd = {} }: DocumentFragment, say: Say): void => {
  checkKeptPlaces(storage, say);
  const quadlets = quadletFiles(storage.files ?? []);
  const links = (storage.links ?? []).flatMap(({ path }) =>
    isQuadletPath(path) ? path.slice(path.lastIndexOf("/") + 1) : [],
  );
  checkQuadletReferences(quadlets, links, say);
  checkPorts(quadlets, systemd.units ?? [], say);
};
