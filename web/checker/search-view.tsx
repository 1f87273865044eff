/** What a search has come to: how far, how to stop it, and what it found, with its bound. */
import type { Search } from './checker.ts';
import { foundWords, statesWords } from './words.ts';

export function SearchView({ search }: { search: Search }) {
  const { asked, states, found } = search;
  const isSearching = found.value === null;
  return (
    <div class="search" data-search={found.value?.is ?? 'searching'}>
      <p role="status">{found.value === null ? 'The checker is searching …' : foundWords(found.value, asked)}</p>
      {isSearching ? (
        <p>
          <span>{statesWords(states.value)} so far</span>{' '}
          <button type="button" onClick={() => search.stop()}>
            stop
          </button>
        </p>
      ) : null}
    </div>
  );
}
