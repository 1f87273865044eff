/**
 * Lines of JSON, each behind a checksum of it: `1c291ca3 {"unit":0,...}`. A line that was torn or changed is told from one that is whole.
 * All of it is ASCII, so that no block of bytes ends within a character.
 */
import { crc32 } from 'node:zlib';

const HEX_DIGITS = 8;
const LINE = /^(?<sum>[0-9a-f]{8}) (?<text>.*)$/;

const checksum = (text: string): string => crc32(text).toString(16).padStart(HEX_DIGITS, '0');

/** @param text JSON without line breaks @returns the line, with its end */
export function checkedLine(text: string): string {
  const ascii = text.replaceAll(/[^\u0020-\u007e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${checksum(ascii)} ${ascii}\n`;
}

/** @param line without its end @returns the JSON in it; null: the line is not whole */
export function textOfLine(line: string): string | null {
  const { sum, text } = LINE.exec(line)?.groups ?? {};
  return text !== undefined && checksum(text) === sum ? text : null;
}
