/** What the signs of the disks mean, in one line. */

/** @param isOnBacking the disk lies over a backing file, and so does the target */
export function Legend({ isOnBacking }: { isOnBacking: boolean }) {
  return (
    <p class="legend">
      <span>
        <i class="cell old">s0@0</i> sector 0 as it was at T0
      </span>
      <span>
        <i class="cell new">s0.g1</i> written since, by g1
      </span>
      <span>
        <i class="cell hole" aria-hidden="true">
          empty
        </i>{' '}
        read from the {isOnBacking ? 'backing file' : 'disk'}
      </span>
      <span>
        <i class="cell wrong" aria-hidden="true">
          ✗
        </i>{' '}
        wrong
      </span>
      <span>
        <i class="cell changed" aria-hidden="true" /> just changed
      </span>
    </p>
  );
}
