/** QEMU's options for the disks of a machine. Pure. */
import type { SectorBytes } from "../image/disk.ts";

export interface Disk {
  readonly file: string;
  readonly format: "raw" | "qcow2";
  /** Whether what the guest has flushed must survive a crash of this host. Costs time at every flush. */
  readonly durable: boolean;
  /** Of the disk's logical and physical sectors. Default: 512. */
  readonly sectorBytes?: SectorBytes;
  /**
   * A file that gets a record of all that the guest writes, and of its flushes, in the order in which the disk got them
   * (the format of Linux's dm-log-writes). For raw disks only.
   */
  readonly record?: string;
}

/** QEMU's option syntax: a comma ends a value, two are one. */
export const quoted = (value: string): string => value.replaceAll(",", ",,");

/** In the order in which the guest finds them; the firmware boots the one at `boot`. */
export const diskArguments = (disks: readonly Disk[], boot: number): readonly string[] =>
  disks.flatMap((disk, index) => {
    const id = index === boot ? "disk" : `disk${index}`;
    const { sectorBytes = 512, record } = disk;
    return [
      ...driveArguments(disk, id),
      "-device",
      [
        `virtio-blk-pci,drive=${id}`,
        ...(index === boot ? ["bootindex=1"] : []),
        // Of a request to write zeros the recorder puts the header down at once and the zeros where the log has got to by then: what comes
        // between them makes the log unreadable. Without such requests the guest writes the zeros themselves. Nor are requests merged:
        // the recorder adds two pieces to a request that has as many as one write of the host's may have, whose write into the log then
        // fails, leaving a hole there and an I/O error to the guest.
        ...(record === undefined ? [] : ["write-zeroes=off", "request-merging=off"]),
        ...(sectorBytes === 512
          ? []
          : [`logical_block_size=${sectorBytes}`, `physical_block_size=${sectorBytes}`]),
      ].join(","),
    ];
  });

const driveArguments = (disk: Disk, id: string): readonly string[] => {
  const { file, format, durable, record } = disk;
  if (record !== undefined) return recordedArguments(disk, id, record);
  const cache = durable ? "writeback" : "unsafe";
  return [
    "-drive",
    `if=none,id=${id},format=${format},cache=${cache},discard=unmap,file=${quoted(file)}`,
  ];
};

/** A node under the recorder drops flushes; the recorder itself must see them. */
const recordedArguments = ({ file }: Disk, id: string, record: string): readonly string[] => [
  "-blockdev",
  `driver=file,node-name=${id}-file,discard=unmap,cache.no-flush=on,filename=${quoted(file)}`,
  ...["-blockdev", `driver=file,node-name=${id}-record,filename=${quoted(record)}`],
  ...["-blockdev", `driver=blklogwrites,node-name=${id},file=${id}-file,log=${id}-record`],
];
