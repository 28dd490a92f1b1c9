/** Encrypted volumes and how they are unlocked. */
export const LUKS_TABLES = {
  Luks: {
    description: "An encrypted volume (LUKS2).",
    key: ["name"],
    fields: {
      cex: { type: "Cex", since: 5, description: "Unlocking by an IBM Crypto Express card." },
      clevis: { type: "Clevis", nullUnsetsIn: 2, description: "Unlocking by Clevis." },
      device: { type: "string", description: "The absolute path of the device to encrypt." },
      discard: {
        type: "boolean",
        since: 4,
        description: "Whether discards pass through to the device; no when unset.",
      },
      keyFile: { type: "Resource", description: "The key; one is made up when unset." },
      label: { type: "string", description: "The volume's label: at most 47 bytes." },
      name: {
        type: "string",
        presence: "required",
        description: "The opened volume's name, under `/dev/mapper/`.",
      },
      openOptions: {
        type: "string",
        list: true,
        since: 4,
        description: "Further arguments for `cryptsetup luksOpen`, each once.",
      },
      options: {
        type: "string",
        list: true,
        duplicates: true,
        description: "Further arguments for `cryptsetup luksFormat`.",
      },
      uuid: { type: "string", description: "The volume's UUID." },
      wipeVolume: {
        type: "boolean",
        description: "Whether the device is encrypted anew even if it matches; no when unset.",
      },
    },
  },
  Cex: {
    description: "Unlocking by an IBM Crypto Express card.",
    fields: {
      enabled: { type: "boolean", description: "Whether the card is used; no when unset." },
    },
  },
  Clevis: {
    description: "Unlocking by Clevis.",
    fields: {
      custom: {
        type: "ClevisCustom",
        nullUnsetsIn: 2,
        description: "A pin of one's own instead of the rest.",
      },
      tang: { type: "Tang", list: true, description: "Tang servers, each with another URL." },
      threshold: {
        type: "integer",
        description: "How many of the pins must answer; 1 when unset.",
      },
      tpm2: { type: "boolean", description: "Whether a TPM 2 is one of the pins; no when unset." },
    },
  },
  ClevisCustom: {
    description: "A pin of one's own.",
    fields: {
      config: {
        type: "string",
        presence: "required",
        presenceUntil: 2,
        description: "The pin's configuration, as `clevis luks bind` takes it.",
      },
      needsNetwork: {
        type: "boolean",
        description: "Whether unlocking needs the network; no when unset.",
      },
      pin: {
        type: "string",
        presence: "required",
        presenceUntil: 2,
        description: "The pin: `tpm2`, `tang` or `sss`; any since 3.6.0.",
      },
    },
  },
  Tang: {
    description: "A Tang server.",
    key: ["url"],
    fields: {
      advertisement: {
        type: "string",
        since: 4,
        description: "The server's advertisement, so that it need not be asked.",
      },
      thumbprint: { type: "string", description: "The thumbprint of the server's key." },
      url: { type: "string", presence: "required", description: "The server's URL." },
    },
  },
} as const;
