import type { Architecture } from "@slipway/ignition-config";
export const initrdPackages = (_architecture: Architecture): readonly string[] => ["systemd", "udev", "kmod"];
