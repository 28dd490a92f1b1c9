/** What is written into the root file system. */
export const NODE_TABLES = {
  Storage: {
    description: "Disks, file systems, files, directories and links.",
    fields: {
      directories: {
        type: "Directory",
        list: true,
        sharedKeys: "nodes",
        description: "Directories, each with another path than any file, directory or link.",
      },
      disks: { type: "Disk", list: true, description: "Disks, each with another device." },
      files: {
        type: "File",
        list: true,
        sharedKeys: "nodes",
        description: "Files, each with another path than any file, directory or link.",
      },
      filesystems: {
        type: "Filesystem",
        list: true,
        description: "File systems, each with another device.",
      },
      links: {
        type: "Link",
        list: true,
        sharedKeys: "nodes",
        description: "Links, each with another path than any file, directory or link.",
      },
      luks: {
        type: "Luks",
        list: true,
        since: 2,
        description: "Encrypted volumes, each with another name.",
      },
      raid: { type: "Raid", list: true, description: "RAID arrays, each with another name." },
    },
  },
  Node: {
    description: "What files, directories and links have in common.",
    key: ["path"],
    fields: {
      group: { type: "NodeGroup", description: "The owning group; root when unset and new." },
      overwrite: {
        type: "boolean",
        description: "Whether what stands at the path is removed first; no when unset.",
      },
      path: { type: "string", presence: "required", description: "The absolute path." },
      user: { type: "NodeUser", description: "The owning user; root when unset and new." },
    },
  },
  NodeGroup: {
    description: "A group by number or by name.",
    fields: {
      id: { type: "integer", description: "The group's number." },
      name: { type: "string", description: "The group's name." },
    },
  },
  NodeUser: {
    description: "A user by number or by name.",
    fields: {
      id: { type: "integer", description: "The user's number." },
      name: { type: "string", description: "The user's name." },
    },
  },
  Directory: {
    extends: "Node",
    description: "A directory.",
    key: ["path"],
    fields: {
      mode: {
        type: "integer",
        description:
          "Permission bits as a decimal number; 0755 (493) when unset and new. Special bits work since 3.6.0.",
      },
    },
  },
  File: {
    extends: "Node",
    description: "A file.",
    key: ["path"],
    fields: {
      append: {
        type: "Resource",
        list: true,
        duplicates: true,
        description: "Bytes added to the end of the file, in order.",
      },
      contents: { type: "Resource", description: "The file's bytes." },
      mode: {
        type: "integer",
        description:
          "Permission bits as a decimal number; 0644 (420) when unset and new. Special bits work since 3.6.0.",
      },
    },
  },
  Link: {
    extends: "Node",
    description: "A symbolic or hard link.",
    key: ["path"],
    fields: {
      hard: {
        type: "boolean",
        description: "Whether the link is a hard one; symbolic when unset.",
      },
      target: {
        type: "string",
        presence: "required",
        presenceUntil: 2,
        description: "What the link points at; required, though since 3.3.0 a child may omit it.",
      },
    },
  },
} as const;
