/** More than three of a thing are listed in a table: a line each, with what tells one from another. */

/** From so many on. */
export const TABLE_FROM = 4;

/**
 * @param head the names of the columns
 * @param rows as many cells each; the last cell may be of any length
 * @returns lines, the head first, without trailing spaces
 */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((cells) => cells[i]!.length)));
  return [head, ...rows].map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
