/** The picture of a win on the first screen, to be passed on: the moves, and the two that should have become equal. As SVG. */
import { plural } from '../../src/explain/story/words.ts';
import type { Move } from './door.ts';

/** What a sector of the backup ended up with. */
export interface Ended {
  readonly text: string;
  readonly kind: 'old' | 'hole' | 'wrong';
}

const [WIDTH, LINE, LEFT, CELL] = [760, 30, 28, 180] as const;
const FILLS: Record<Ended['kind'], string> = {
  old: 'fill="#cfe6fc" stroke="#0b5a97"',
  hole: 'fill="#fff" stroke="#7a8393"',
  wrong: 'fill="#ffc4cf" stroke="#970024" stroke-width="3"',
};

/** @param backup what it holds, sector by sector */
export function doorPicture(moves: readonly Move[], backup: readonly Ended[]): string {
  const below = 84 + moves.length * LINE;
  const height = below + 150;
  const text = (x: number, y: number, words: string, more = ''): string => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;
  const row = (y: number, head: string, cells: readonly Ended[]): string =>
    text(LEFT, y + 28, head, 'font-weight="700"') +
    cells
      .map(({ text: words, kind }, s) => {
        const x = LEFT + 200 + s * (CELL + 8);
        const box = `<rect x="${x}" y="${y}" width="${CELL}" height="44" rx="7" ${FILLS[kind]}/>`;
        return box + text(x + CELL / 2, y + 28, words, 'text-anchor="middle"');
      })
      .join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
      'font-family="system-ui, sans-serif" font-size="18" fill="#12161d">',
    `<rect width="${WIDTH}" height="${height}" fill="#fbfbfd"/>`,
    text(LEFT, 48, `I broke a backup in ${plural(moves.length, 'move')}`, 'font-size="28" font-weight="700"'),
    ...moves.map(({ told }, i) => text(LEFT, 88 + i * LINE, `${i + 1}. ${told}`)),
    row(below + 6, 'Backup', backup),
    row(
      below + 60,
      'Disk at the start',
      backup.map(() => ({ text: 'old', kind: 'old' })),
    ),
    text(LEFT, height - 16, 'They should be equal. cowcheck: break a backup', 'font-size="14" fill="#434b59"'),
    '</svg>',
  ].join('\n');
}

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
