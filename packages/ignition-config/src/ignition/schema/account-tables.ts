/** Accounts and units. */
export const ACCOUNT_TABLES = {
  Passwd: {
    description: "Users and groups.",
    fields: {
      groups: { type: "Group", list: true, description: "Groups, each with another name." },
      users: { type: "User", list: true, description: "Users, each with another name." },
    },
  },
  Group: {
    description: "A group.",
    key: ["name"],
    fields: {
      gid: { type: "integer", description: "The group's number; the next free one when unset." },
      name: { type: "string", presence: "required", description: "The group's name." },
      passwordHash: { type: "string", description: "The group's password, as crypt(3) hashes it." },
      shouldExist: {
        type: "boolean",
        since: 2,
        description: "Whether the group is to exist; yes when unset, `false` removes it.",
      },
      system: {
        type: "boolean",
        description: "Whether the group's number comes from the system's range.",
      },
    },
  },
  User: {
    description: "A user account.",
    key: ["name"],
    fields: {
      gecos: { type: "string", description: "The comment, mostly the full name." },
      groups: { type: "string", list: true, description: "Supplementary groups by name." },
      homeDir: { type: "string", description: "The home directory." },
      name: { type: "string", presence: "required", description: "The login name." },
      noCreateHome: { type: "boolean", description: "Whether no home directory is made." },
      noLogInit: {
        type: "boolean",
        description: "Whether the login records (lastlog, faillog) are left alone.",
      },
      noUserGroup: { type: "boolean", description: "Whether no group of the user's name is made." },
      passwordHash: {
        type: "string",
        description: "The password, as crypt(3) hashes it; locked when unset or empty.",
      },
      primaryGroup: { type: "string", description: "The primary group, by name or number." },
      sshAuthorizedKeys: {
        type: "string",
        list: true,
        description: "Public SSH keys that may log in, each once.",
      },
      shell: { type: "string", description: "The login shell." },
      shouldExist: {
        type: "boolean",
        since: 2,
        description: "Whether the user is to exist; yes when unset, `false` removes it.",
      },
      system: {
        type: "boolean",
        description: "Whether the user's number comes from the system's range.",
      },
      uid: { type: "integer", description: "The user's number; the next free one when unset." },
    },
  },
  Systemd: {
    description: "Units of systemd.",
    fields: {
      units: { type: "Unit", list: true, description: "Units, each with another name." },
    },
  },
  Unit: {
    description: "A unit of systemd.",
    key: ["name"],
    fields: {
      contents: { type: "string", description: "The unit file's text." },
      dropins: { type: "Dropin", list: true, description: "Drop-ins, each with another name." },
      enabled: {
        type: "boolean",
        description: "Whether the unit is enabled; when unset the presets decide.",
      },
      mask: { type: "boolean", description: "Whether the unit is linked to `/dev/null`." },
      name: {
        type: "string",
        presence: "required",
        description: "The unit's name with its suffix, such as `foo.service`.",
      },
    },
  },
  Dropin: {
    description: "A piece of configuration beside a unit.",
    key: ["name"],
    fields: {
      contents: { type: "string", description: "The drop-in's text." },
      name: {
        type: "string",
        presence: "required",
        description: "The file's name; it ends in `.conf`.",
      },
    },
  },
} as const;
