/** Where the picture of the house stands in CONTRIBUTING.md. */

const BEGIN = '<!-- Drawn by `npm run house` from the imports. -->\n\n```mermaid\n';
const END = '```\n';

/** The document with this picture in it. @throws if it has no place for one */
export function withPicture(document: string, picture: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin + BEGIN.length);
  if (begin < 0 || end < 0) throw new Error('CONTRIBUTING.md has no place for the picture of the house');
  return `${document.slice(0, begin)}${BEGIN}${picture}\n${document.slice(end)}`;
}
