/** What a name in a file system stands for; the kernel knows no other kind. */
export type FileType =
  | "file"
  | "directory"
  | "link"
  | "character-device"
  | "block-device"
  | "fifo"
  | "socket";
