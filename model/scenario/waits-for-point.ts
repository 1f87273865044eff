/** Which requests wait for the point in time of their disk. */
import type { GuestOperation } from './scenario.ts';

/**
 * Whether a request begins only once a disk has had its point in time, be it for one that it comes after. So does one that is not there.
 * @param onDisk the requests that go to the disk
 */
export function waitsForPoint(guest: readonly GuestOperation[], id: string, onDisk: readonly string[]): boolean {
  const request = guest.find((one) => one.id === id);
  if (request === undefined) return true;
  return (!request.early && onDisk.includes(id)) || request.after.some((earlier) => waitsForPoint(guest, earlier, onDisk));
}
