/** A path as one word of a shell command. */
export const shellWord = (path: string): string =>
  /^[\w./@:+=,-]+$/.test(path) && !path.startsWith('-') ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
