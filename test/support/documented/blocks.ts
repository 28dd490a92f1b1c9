/** What stands in a document to be typed or to be put into a file. Pure. */

/** A fenced block. */
export interface Block {
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
  /** Of the fence, from 1. */
  readonly line: number;
}

const FENCE = /^( *)```([^\n`]*)\n(.*?)^\1``` *$/gms;

const lineAt = (document: string, index: number): number =>
  document.slice(0, index).split("\n").length;

/** Those in lists too, without their indentation. */
export const blocksIn = (document: string): readonly Block[] =>
  [...document.matchAll(FENCE)].map(
    ({ 1: indent = "", 2: language = "", 3: text = "", index }) => ({
      language: language.trim(),
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      line: lineAt(document, index),
    }),
  );

/** Between backquotes in running text, with the number of the line. */
export const inlineIn = (
  document: string,
): readonly { readonly text: string; readonly line: number }[] =>
  [
    ...document
      .replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, " "))
      .matchAll(/`([^`\n]+)`/g),
  ].map(({ 1: text = "", index }) => ({ text, line: lineAt(document, index) }));
