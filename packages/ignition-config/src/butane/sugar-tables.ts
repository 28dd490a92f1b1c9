/**
 * What Butane's language has besides Ignition's, in the form of Ignition's own tables. `since` counts as there: Butane's
 * base 0.1 goes with spec 3.0.0, and each base since with the next spec.
 */
import type { FieldTable, ObjectTable, Tables } from "../ignition/schema/table.ts";
import { IGNITION_TABLES } from "../ignition/schema/tables.ts";

type FieldTables = Readonly<Record<string, FieldTable>>;

/** Fields added to Ignition's objects. They are written out as something else. */
const ADDED: Readonly<Record<string, FieldTables>> = {
  Config: {
    version: {
      type: "string",
      presence: "required",
      description: "The version of the variant's language.",
    },
    variant: {
      type: "string",
      presence: "required",
      description: "The language: `fcos`, `flatcar` …",
    },
  },
  Resource: {
    inline: { type: "string", description: "The contents themselves." },
    local: {
      type: "string",
      since: 1,
      description: "A file in the files directory, with the contents.",
    },
  },
  Filesystem: {
    withMountUnit: {
      type: "boolean",
      since: 1,
      description: "Whether a unit is made that mounts it.",
    },
  },
  User: {
    sshAuthorizedKeysLocal: {
      type: "string",
      list: true,
      duplicates: true,
      since: 4,
      description: "Files in the files directory with public SSH keys, one a line.",
    },
  },
  Unit: {
    contentsLocal: {
      type: "string",
      since: 4,
      description: "A file in the files directory, with the unit.",
    },
  },
  Dropin: {
    contentsLocal: {
      type: "string",
      since: 4,
      description: "A file in the files directory, with the drop-in.",
    },
  },
  Storage: {
    trees: {
      type: "Tree",
      list: true,
      duplicates: true,
      since: 1,
      description: "Directories in the files directory to copy with all that is in them.",
    },
  },
  Systemd: {
    quadlets: {
      type: "Quadlet",
      list: true,
      duplicates: true,
      since: 7,
      description: "Podman's units.",
    },
  },
};

const TREE_TABLES: Tables = {
  Tree: {
    description: "A directory to copy.",
    fields: {
      group: { type: "NodeGroup", since: 6, description: "The owning group of all in it." },
      local: {
        type: "string",
        presence: "required",
        description: "Its path in the files directory.",
      },
      path: { type: "string", description: "Where it goes; `/` when unset." },
      user: { type: "NodeUser", since: 6, description: "The owning user of all in it." },
      fileMode: { type: "integer", since: 6, description: "The mode of all files in it." },
      dirMode: { type: "integer", since: 6, description: "The mode of all directories in it." },
    },
  },
  Quadlet: {
    description: "A unit of Podman.",
    fields: {
      contents: { type: "string", description: "The unit's text." },
      contentsLocal: {
        type: "string",
        description: "A file in the files directory, with the unit.",
      },
      name: {
        type: "string",
        presence: "required",
        description: "The unit's name with its suffix.",
      },
      rootful: { type: "boolean", description: "Whether it belongs to the system, not to users." },
      dropins: { type: "Dropin", list: true, duplicates: true, description: "Its drop-ins." },
    },
  },
};

/** What `fcos` alone has. */
const FCOS_TABLES: Tables = {
  BootDevice: {
    description: "The disk that the system boots from.",
    fields: {
      layout: { type: "string", description: "The partitions' layout, by architecture." },
      luks: { type: "BootDeviceLuks", description: "Encryption of the root file system." },
      mirror: { type: "BootDeviceMirror", description: "Mirroring of the disk." },
    },
  },
  BootDeviceLuks: {
    description: "Encryption of the root file system.",
    fields: {
      cex: { type: "Cex", since: 5, description: "Unlocking by an IBM Crypto Express card." },
      discard: { type: "boolean", since: 4, description: "Whether discards pass through." },
      device: { type: "string", since: 5, description: "The disk, on s390x." },
      tang: { type: "Tang", list: true, description: "Tang servers." },
      threshold: { type: "integer", description: "How many of the pins must answer." },
      tpm2: { type: "boolean", description: "Whether a TPM 2 is one of the pins." },
    },
  },
  BootDeviceMirror: {
    description: "Mirroring of the boot disk.",
    fields: {
      devices: { type: "string", list: true, description: "The disks, two or more." },
    },
  },
  Grub: {
    description: "The boot loader.",
    fields: {
      users: { type: "GrubUser", list: true, description: "Who may edit and choose at boot." },
    },
  },
  GrubUser: {
    description: "A user of the boot loader.",
    fields: {
      name: { type: "string", presence: "required", description: "The name." },
      passwordHash: {
        type: "string",
        description: "The password as grub-mkpasswd-pbkdf2 hashes it.",
      },
    },
  },
};

/** What `openshift` alone has. `metadata.labels` is a map, which tables do not know: `shapes.ts` adds it. */
const OPENSHIFT_TABLES: Tables = {
  Metadata: {
    description: "What the machine config is known by.",
    fields: { name: { type: "string", presence: "required", description: "Its name." } },
  },
  OpenShift: {
    description: "What the machine config has besides an Ignition config.",
    fields: {
      kernelArguments: {
        type: "string",
        list: true,
        duplicates: true,
        description: "Arguments on the kernel's command line.",
      },
      extensions: { type: "string", list: true, duplicates: true, description: "Extensions." },
      fips: { type: "boolean", description: "Whether FIPS 140-2 is enforced." },
      kernelType: { type: "string", description: "Empty, `default` or `realtime`." },
    },
  },
};

/** What a document has at its top besides Ignition's sections, by the features of its version. */
const EXTRA_ROOT: Readonly<Record<Section, FieldTable>> = {
  bootDevice: { type: "BootDevice", description: "The disk that the system boots from." },
  grub: { type: "Grub", description: "The boot loader." },
  metadata: { type: "Metadata", description: "What the machine config is known by." },
  openshift: { type: "OpenShift", description: "What is no Ignition config." },
};

export type Section = "bootDevice" | "grub" | "metadata" | "openshift";

/** Butane's fields of an object that Ignition's has not. */
export const isSugar = (type: string, field: string): boolean =>
  (ADDED[type] !== undefined && field in ADDED[type]) || (type === "Config" && field in EXTRA_ROOT);

/** Butane's whole language: Ignition's with all that is added, and at the top the sections that the version has. */
export const butaneTables = (sections: readonly Section[]): Tables => {
  const root = Object.fromEntries(sections.map((section) => [section, EXTRA_ROOT[section]]));
  const extend = ([type, table]: [string, ObjectTable]): [string, ObjectTable] => [
    type,
    {
      ...table,
      fields: { ...table.fields, ...ADDED[type], ...(type === "Config" ? root : {}) },
    },
  ];
  return {
    ...Object.fromEntries(Object.entries<ObjectTable>(IGNITION_TABLES).map(extend)),
    ...TREE_TABLES,
    ...FCOS_TABLES,
    ...OPENSHIFT_TABLES,
  };
};
