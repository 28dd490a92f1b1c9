/** Pieces of YAML, and characters that are none of it: what random documents are made of beside the keys of a language. */
export const YAML_PIECES: readonly string[] = [
  ...["&a ", "*a", "<<: *a", "!!str ", "!!binary ", "!x "],
  ...["[", "]", "{", "}", ", ", ": ", "- ", "? "],
  ...["|\n", ">-\n", "\n", "\r\n", "\t", "  ", "#", "---\n", "...", "'", '"', "\\", "\0", "\ufeff"],
  ...["ä", "𝄞", "\ud800", "~", "null", "__proto__: ", "1e999", "0o8", "%YAML 1.1\n", "\u0085"],
];
