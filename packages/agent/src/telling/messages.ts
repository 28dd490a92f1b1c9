/**
 * What the agent tells systemd's journal, as entries that programs can look for: `journalctl MESSAGE_ID=…`. The ids are a contract: one that is in use never
 * changes, and one that is given up is never used for anything else. Pure.
 */

/** As syslog counts them. */
export const PRIORITIES = { error: 3, warning: 4, notice: 5, information: 6 } as const;

/** `id`: 128 bits, as sd-id128(3) has them; `about`: a sentence for people. */
export const MESSAGES = {
  installed: {
    id: "0af892acc4b442b18001b855c540f1ee",
    priority: "information",
    about: "The ledger of this node begins: what it runs was installed.",
  },
  staged: {
    id: "81adc6d7266d4b1199cd435a9f1e66da",
    priority: "information",
    about: "A release is whole in the other slot, and not booted yet.",
  },
  dropped: {
    id: "0cae0614837e407aa23a9b1571601a7e",
    priority: "notice",
    about: "A staged release was given up before it was tried; the reason says why.",
  },
  finalized: {
    id: "ca932cbe59724cf89557fef2ff5b8d25",
    priority: "notice",
    about: "A release is about to be booted for the first time; the node restarts.",
  },
  good: {
    id: "db24292611a74375ba1f809d9f2e9017",
    priority: "notice",
    about: "A release passed its health checks and stays.",
  },
  failed: {
    id: "241391e454c84f61b9dbb1ad0680277e",
    priority: "error",
    about:
      "A release did not come up or did not pass its health checks. It is forbidden on this node; the reason and `slipway-agent history` say why.",
  },
  "rolled-back": {
    id: "acc6cf103f8f427f9d8d32f6fe6e709f",
    priority: "warning",
    about:
      "An operator went back to the release of the other slot. The one left is forbidden, and the node is pinned.",
  },
  switched: {
    id: "ffc61ae241bb4e5098b96a109c1fddbf",
    priority: "warning",
    about: "Somebody chose another boot entry in the loader's menu.",
  },
  "hooks-skipped": {
    id: "bd5b9583b3c04a3583028b67f3115232",
    priority: "notice",
    about: "An operator had an update go past its hooks: they were neither asked nor heard.",
  },
  "hooks-failed": {
    id: "eed56c6cd44a4e449a2c68dbc8c408a7",
    priority: "warning",
    about: "Hooks that have no say in an update failed; the reason names them.",
  },
  forgiven: {
    id: "3719be4b3bdd44138e09ef5909ca2692",
    priority: "notice",
    about: "An operator lets a forbidden release be tried again.",
  },
  pinned: {
    id: "47b081b562944b8dad5b6db4eeb6689b",
    priority: "notice",
    about: "An operator allows one version alone.",
  },
  unpinned: {
    id: "2b7540a4ce8345508027ee8ef15f3b69",
    priority: "notice",
    about: "Any release may be taken again that is offered.",
  },
  paused: {
    id: "4ca38e0cd85548c5b79c41d93ca98f69",
    priority: "notice",
    about: "Nothing is taken that nobody asks for by hand.",
  },
  resumed: {
    id: "7e8a387c5a4a454d9e25e5097fefb2bd",
    priority: "notice",
    about: "Releases are taken by itself again.",
  },
  held: {
    id: "9d9dddf9661c4c29bae8fcf121837ce0",
    priority: "error",
    about:
      "The agent may write nothing until somebody puts right what the code and the reason name.",
  },
  released: {
    id: "341e65c740db46608f48925c30906741",
    priority: "notice",
    about: "The agent is no longer held.",
  },
  "check-failed": {
    id: "2a5ff6e495e24520a60356eb8a559ddc",
    priority: "warning",
    about:
      "The repository did not answer, or not with anything to believe. Told once until it answers again.",
  },
  "check-recovered": {
    id: "2ff0afa93cbb4941a7f7d03d5855728d",
    priority: "notice",
    about: "The repository answers again.",
  },
  "settings-wrong": {
    id: "9457cbc3259c4e8eb43d50e518f4839d",
    priority: "warning",
    about: "The settings have an error; until it is mended, releases are taken by hand alone.",
  },
  "settings-mended": {
    id: "a9f11a0c67414e0f877c33929fa89b5b",
    priority: "notice",
    about: "The settings have no error any more.",
  },
  "reset-asked": {
    id: "44d90a97e26b4060af87d556ee5a5e01",
    priority: "warning",
    about: "An operator has ordered a factory reset: data are removed with the next boot.",
  },
} as const;

export type MessageKind = keyof typeof MESSAGES;

export interface Message {
  readonly kind: MessageKind;
  /** A line for people. */
  readonly text: string;
  readonly version?: string;
  readonly roothash?: string;
  readonly code?: string;
  readonly reason?: string;
}

/** The fields beside MESSAGE, MESSAGE_ID and PRIORITY, with what they hold. */
export const MESSAGE_FIELDS: readonly (readonly [string, string])[] = [
  ["SLIPWAY_EVENT", "what happened, as in the table"],
  ["SLIPWAY_VERSION", "the version of the release that it is about"],
  ["SLIPWAY_ROOTHASH", "its root hash"],
  ["SLIPWAY_CODE", "the stable code of what went wrong, as `slipway-agent why` has it"],
  ["SLIPWAY_REASON", "why, in one line: of an operator, or of what went wrong"],
];

/** What a line of the journal's is cut to: nobody's reason is longer. */
const MOST_CHARACTERS = 2000;

/** `logger --journald` reads a field a line: a value with a line break in it would be two. */
const valueOf = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, MOST_CHARACTERS);

/** systemd.journal-fields(7), a field a line. */
export const journalText = (message: Message): string => {
  const { id, priority } = MESSAGES[message.kind];
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["MESSAGE", message.text],
    ["MESSAGE_ID", id],
    ["PRIORITY", String(PRIORITIES[priority])],
    ["SYSLOG_IDENTIFIER", "slipway-agent"],
    ["SLIPWAY_EVENT", message.kind],
    ["SLIPWAY_VERSION", message.version],
    ["SLIPWAY_ROOTHASH", message.roothash],
    ["SLIPWAY_CODE", message.code],
    ["SLIPWAY_REASON", message.reason],
  ];
  return fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${valueOf(value)}\n`]))
    .join("");
};
