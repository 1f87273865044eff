/** The first screen: a backup to break. */
import { useMemo } from 'preact/hooks';
import type { Choice } from '../../src/run/choices.ts';
import { first } from '../common/data.ts';
import { noteStars } from '../common/progress.ts';
import { useAddress } from '../player/address.ts';
import { Choices } from '../player/choices.tsx';
import { GridView } from '../player/grid.tsx';
import { Legend } from '../player/legend.tsx';
import { Verdict } from '../player/verdict.tsx';
import { Door } from './door.ts';
import { WinDialog } from './win.tsx';

/** In the smallest scenario that breaks, proven: no order takes fewer preemptions, and of those with as few none takes fewer steps. */
const PAR = { preemptions: 2, steps: 13 };

export function DoorGame() {
  const door = useMemo(() => new Door(first().door), []);
  const { game } = door;
  const { session } = game;
  useAddress(session);
  return (
    <section class="door player" aria-label="A backup to break" data-door>
      <h1 tabIndex={-1}>QEMU&#39;s backup had this bug for six years. Three moves break it. Find them.</h1>
      <p class="lead">A backup must show the disk as it was when the backup began (T0), whatever the guest writes meanwhile.</p>
      <div class="stage">
        <div class="act">
          <GridView
            session={session}
            only={['source', 'backing', 'hook', 'carried', 'target', 'in flight', 'disk at T0', 'backup shows']}
          />
          <Choices session={session} bigMoves={moveWords} primary={door.primary} />
          <Tries door={door} />
        </div>
        <div class="tell">
          <Verdict session={session} isShort words={door.moves.length === 0 ? BEGUN : door.told} />
          <Legend />
        </div>
      </div>
      <WinDialog
        game={game}
        par={PAR}
        kind="break"
        isSecret={false}
        next={{ href: '#/learn/1', text: 'Start with the basics: lesson 1' }}
        onAgain={() => door.again()}
        onWin={(stars) => noteStars('door', stars)}
      />
    </section>
  );
}

const BEGUN = 'A backup is running. The hook makes each write save the old data first: write g1 is about to do that.';

const moveWords = ({ who }: Choice): string => (who === 'job' ? 'Run it until it waits' : `Let write ${who} finish`);

function Tries({ door }: { door: Door }) {
  const { session } = door.game;
  const isSafe = door.isOver;
  const path = door.moves.join(' → ');
  return (
    <p class="tries" role="status">
      {session.isBroken ? (
        <>
          <button type="button" onClick={() => door.again()}>
            Play it again
          </button>
          <span>
            You broke it: <b>{path}</b>
          </span>
        </>
      ) : isSafe ? (
        <>
          <button type="button" class="main" onClick={() => door.again()} data-primary>
            Try another order
          </button>
          <span>
            Safe, as five of the six orders are: <b>{path}</b>
          </span>
        </>
      ) : (
        <span class="dim">
          {door.tries.value === 1 ? 'The backup has begun.' : `Try ${door.tries.value}.`}{' '}
          {path === '' ? 'Press the marked button, or choose your own order.' : <b>So far: {path}</b>}
        </span>
      )}
    </p>
  );
}
