/** Whether one press of "step" is one step of the model, or goes on to the next that changes the picture. Kept in this browser. */
import { signal } from '@preact/signals';

const KEY = 'every-detail';

export const everyDetail = signal(kept());

export function toggleDetail(): void {
  everyDetail.value = !everyDetail.value;
  try {
    localStorage.setItem(KEY, everyDetail.value ? '1' : '');
  } catch {
    // A browser that keeps nothing starts with fewer steps each time.
  }
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) === '1';
  } catch {
    return false;
  }
}
