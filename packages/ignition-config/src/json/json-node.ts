/** JSON with everything kept that error messages and odd readers need: order, duplicates, spelling, places. */

/** A value; `start` and `end` are byte offsets into the text, `end` exclusive. */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonWord;

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  /** The key as the text means it, escapes resolved. */
  readonly key: string;
  /** Where the key's opening quote stands. */
  readonly keyStart: number;
  readonly value: JsonNode;
}

export interface JsonObject extends Span {
  readonly kind: "object";
  /** In the order of the text; a key may stand twice. */
  readonly members: readonly JsonMember[];
}

export interface JsonArray extends Span {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
}

export interface JsonString extends Span {
  readonly kind: "string";
  readonly text: string;
}

export interface JsonNumber extends Span {
  readonly kind: "number";
  /** As written: a number may have more digits than JavaScript's numbers keep. */
  readonly text: string;
}

export interface JsonWord extends Span {
  readonly kind: "true" | "false" | "null";
}

/** What is wrong with a text that is no JSON. */
export interface JsonSyntaxError {
  readonly message: string;
  /** The offset after the byte at fault; the text's length when it ends too early. */
  readonly offset: number;
}

/** Up to this many members looking through them is cheaper than an index of them. */
const FEW = 8;

const indexes = new WeakMap<JsonObject, ReadonlyMap<string, JsonMember>>();

const indexOf = (object: JsonObject): ReadonlyMap<string, JsonMember> => {
  const known = indexes.get(object);
  if (known !== undefined) return known;
  const index = new Map(object.members.map((member) => [member.key, member]));
  indexes.set(object, index);
  return index;
};

/** The last member of a key. */
export const memberOf = (object: JsonObject, key: string): JsonMember | undefined =>
  object.members.length > FEW
    ? indexOf(object).get(key)
    : object.members.findLast((member) => member.key === key);
