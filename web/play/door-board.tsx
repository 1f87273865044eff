/** The disks of the first screen, in words that need no lesson: the disk, what is in flight, and the two that must become equal. */
import type { Cell, Grid, GridRow, RowName } from '../../src/run/grid.ts';
import { type Session, differs } from '../player/session.ts';
import type { Ended } from './door-picture.ts';

const LIVE = ['source', 'carried'] as const;
const PAIR = ['target', 'disk at T0'] as const;
const HEADS: Partial<Record<RowName, string>> = {
  source: 'Disk',
  carried: 'In flight',
  target: 'Backup',
  'disk at T0': 'Disk at the start',
};

export function DoorBoard({ session }: { session: Session }) {
  const grid = session.grid.value;
  const sectors = grid.columns.flatMap((column) => column.sectors);
  const rowsOf = (names: readonly RowName[]) => names.map((name) => <Row row={rowNamed(grid, name)} session={session} />);
  return (
    <table class="grid" style={{ '--sectors': sectors.length }}>
      <caption>The disk and its backup</caption>
      <thead>
        <tr>
          <td />
          {sectors.map((s) => (
            <th scope="col">sector {s}</th>
          ))}
        </tr>
      </thead>
      <tbody>{rowsOf(LIVE)}</tbody>
      <tbody class="gap" aria-hidden="true">
        <tr>
          <td />
        </tr>
      </tbody>
      <tbody class="pair">
        {rowsOf(PAIR)}
        <tr>
          <td colSpan={1 + sectors.length}>These two must be equal in the end.</td>
        </tr>
      </tbody>
    </table>
  );
}

const rowNamed = (grid: Grid, name: RowName): GridRow => grid.rows.find((row) => row.name === name)!;

function Row({ row, session }: { row: GridRow; session: Session }) {
  const { name, cells } = row;
  const canChange = name === 'source' || name === 'target';
  return (
    <tr data-row={name}>
      <th scope="row">{HEADS[name]}</th>
      {cells.map((cell, s) => (
        <CellView
          cell={cell}
          isWrong={name === 'target' && isWrongAt(session.grid.value, s)}
          where={`${HEADS[name]}, sector ${s}`}
          isChanged={canChange && cell.kind !== 'hole' && differs(row, session.gridBefore.value, s)}
        />
      ))}
    </tr>
  );
}

/** Whether the backup has something else than it should. */
const isWrongAt = (grid: Grid, s: number): boolean =>
  rowNamed(grid, 'target').cells[s]!.kind !== 'hole' && rowNamed(grid, 'backup shows').cells[s]!.want !== null;

/** What the backup has in each sector, in the words of the board. */
export const backupOf = (grid: Grid): Ended[] =>
  rowNamed(grid, 'target').cells.map(({ text, kind }, s) =>
    isWrongAt(grid, s) ? { text: `✗ ${wordsOf(text)}`, kind: 'wrong' } : { text: wordsOf(text), kind: kind === 'hole' ? 'hole' : 'old' },
  );

function CellView({ cell, isWrong, where, isChanged }: { cell: Cell; isWrong: boolean; where: string; isChanged: boolean }) {
  const { text, kind, chips } = cell;
  const words = chips === undefined ? wordsOf(text) : chips.map((chip) => chipWords(chip.text)).join(', ');
  return (
    <td
      class={`cell ${kind} ${isWrong ? 'wrong' : ''} ${isChanged ? 'changed' : ''}`}
      aria-label={`${where}: ${words}${isWrong ? ', wrong, should be old' : ''}`}
    >
      <span aria-hidden="true" class={chips === undefined ? '' : 'chips'}>
        {chips === undefined ? (
          <>
            {isWrong ? '✗ ' : ''}
            {words}
            {isWrong ? <small>should be old</small> : null}
          </>
        ) : (
          chips.map(({ text: chip, to, kind: data }) => (
            <span key={chip} class={`chip ${data} to-${to}`}>
              {chipWords(chip)}
            </span>
          ))
        )}
      </span>
    </td>
  );
}

/** `s0@0` is old, `s0.g1` new. */
function wordsOf(content: string): string {
  if (content.includes('@')) return 'old';
  const [, who] = content.split('.');
  return who === undefined || who === '' ? 'empty' : `new, by ${who}`;
}

/** `job ↓ s0@0`, `job ↓ …`, `↑ s0.g1`. */
function chipWords(chip: string): string {
  const [who, content] = chip.split(/ ?[↑↓] /) as [string, string];
  if (content === '…') return `${who} reads …`;
  return who === '' ? `${content.split('.')[1]} writes ↑ new` : `${who} stores ↓ ${content.includes('@') ? 'old' : 'new'}`;
}
