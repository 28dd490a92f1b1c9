import type { Architecture } from "@slipway/ignition-config";

/**
 * Partition types by GUID, under the names systemd-repart gives them: the Discoverable Partitions Specification
 * (https://uapi-group.org/specifications/specs/discoverable_partitions_specification/).
 */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "esp"],
  ["bc13c2ff-59e6-4262-a352-b275fd6f7172", "xbootldr"],
  ["4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "root-x86-64"],
  ["2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", "root-x86-64-verity"],
  ["b921b045-1df0-41c3-af44-4c6f280d3fae", "root-arm64"],
  ["df3300ce-d69f-4c92-978c-9bfb0f38d820", "root-arm64-verity"],
  ["4d21b016-b534-45c2-a9fb-5c16e091fd2d", "var"],
  ["7ec6f557-3bc5-4aca-b293-16ef5df639d1", "tmp"],
  ["0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "swap"],
  ["933ac7e1-2eb4-4f13-b844-0e14e2aef915", "home"],
  ["0fc63daf-8483-4772-8e79-3d69d8477de4", "linux-generic"],
]);

/** The name of a partition type, or undefined for one we have no name for. */
export const partitionTypeName = (guid: string): string | undefined => TYPES.get(guid);

/** The architecture that a partition type belongs to, where it belongs to one. */
export const partitionArchitecture = (name: string): Architecture | undefined =>
  name.includes("-x86-64") ? "x86_64" : name.includes("-arm64") ? "aarch64" : undefined;
