/** Forgets answers and stars: asks first, and can be undone until the page is left. */
import { useSignal } from '@preact/signals';
import { bringBack, forget, forgotten } from './progress.ts';

export function Forget() {
  const isAsked = useSignal(false);
  if (forgotten.value !== null)
    return (
      <span role="status">
        Your answers and stars are forgotten.{' '}
        <button type="button" onClick={bringBack} data-bring-back>
          bring them back
        </button>
      </span>
    );
  if (!isAsked.value)
    return (
      <button type="button" onClick={() => (isAsked.value = true)} data-forget>
        forget my answers and stars
      </button>
    );
  const sure = (): void => {
    isAsked.value = false;
    forget();
  };
  return (
    <span role="group" aria-label="Forget answers and stars">
      Forget all bets, answers and stars?{' '}
      <button type="button" onClick={sure} data-forget-sure>
        yes, forget them
      </button>{' '}
      <button type="button" onClick={() => (isAsked.value = false)}>
        keep them
      </button>
    </span>
  );
}
