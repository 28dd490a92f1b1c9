/** What is made of block devices. */
export const DISK_TABLES = {
  Disk: {
    description: "A disk and its partition table.",
    key: ["device"],
    fields: {
      device: {
        type: "string",
        presence: "required",
        description: "The disk's absolute path, such as `/dev/disk/by-id/…`.",
      },
      partitions: {
        type: "Partition",
        list: true,
        description: "Partitions, each with another number or label.",
      },
      wipeTable: {
        type: "boolean",
        description: "Whether the partition table is cleared first; no when unset.",
      },
    },
  },
  Partition: {
    description: "A partition of a disk.",
    key: ["number", "label"],
    fields: {
      guid: { type: "string", description: "The partition's own UUID." },
      label: {
        type: "string",
        description: "The partition's name: at most 36 bytes, no colon.",
      },
      number: {
        type: "integer",
        presence: "zero",
        description: "The partition's number; 0 or unset takes the next free one.",
      },
      resize: {
        type: "boolean",
        since: 2,
        description: "Whether an existing partition is resized to match; no when unset.",
      },
      shouldExist: {
        type: "boolean",
        description: "Whether the partition is to exist; yes when unset.",
      },
      sizeMiB: {
        type: "integer",
        description: "The size in MiB; 0 or unset fills the free block.",
      },
      startMiB: {
        type: "integer",
        description: "The start in MiB; 0 or unset is the start of the largest free block.",
      },
      typeGuid: {
        type: "string",
        description: "The UUID of the partition's type; Linux data when unset.",
      },
      wipePartitionEntry: {
        type: "boolean",
        description: "Whether a partition that differs is deleted and made again; no when unset.",
      },
    },
  },
  Filesystem: {
    description: "A file system on a device.",
    key: ["device"],
    fields: {
      device: {
        type: "string",
        presence: "required",
        description: "The device's absolute path.",
      },
      format: {
        type: "string",
        description:
          "`ext4`, `btrfs`, `xfs`, `vfat` or `swap`; since 3.3.0 also `none` for no file system.",
      },
      label: { type: "string", description: "The file system's label." },
      mountOptions: {
        type: "string",
        list: true,
        since: 1,
        duplicates: true,
        description: "Options for mounting.",
      },
      options: {
        type: "string",
        list: true,
        duplicates: true,
        description: "Further arguments for the program that makes the file system.",
      },
      path: {
        type: "string",
        description: "Where it is mounted while files are written; unset means nowhere.",
      },
      uuid: { type: "string", description: "The file system's UUID." },
      wipeFilesystem: {
        type: "boolean",
        description: "Whether the device is made anew even if it matches; no when unset.",
      },
    },
  },
  Raid: {
    description: "A RAID array.",
    key: ["name"],
    fields: {
      devices: {
        type: "string",
        list: true,
        path: true,
        description: "The member devices' absolute paths, each once.",
      },
      level: {
        type: "string",
        presence: "required",
        presenceUntil: 2,
        description: "The level: `linear`, `raid0`, `raid1`, `raid4`, `raid5`, `raid6`, `raid10`.",
      },
      name: {
        type: "string",
        presence: "required",
        description: "The array's name, under `/dev/md/`.",
      },
      options: {
        type: "string",
        list: true,
        duplicates: true,
        description: "Further arguments for `mdadm --create`.",
      },
      spares: { type: "integer", description: "How many of the devices are spares." },
    },
  },
} as const;
