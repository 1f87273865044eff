/**
 * What QEMU does in a step, in an order that does not depend on which of our sockets is looked at first: by
 * channel, and in each as it came.
 */
import type { QmpEvent } from '../daemon/qmp.ts';

const CHANNELS = ['monitor', 'guest', 'reader', 'source', 'base', 'target'] as const;
export type Channel = (typeof CHANNELS)[number];

export class Seen {
  readonly #texts = new Map<Channel, string[]>();
  /** How much has been seen in all steps. */
  count = 0;

  add(channel: Channel, text: string): void {
    const texts = this.#texts.get(channel);
    if (texts === undefined) this.#texts.set(channel, [text]);
    else texts.push(text);
    this.count++;
  }

  /** Of the step, which ends here. */
  take(): string {
    const texts = CHANNELS.flatMap((channel) => this.#texts.get(channel) ?? []);
    this.#texts.clear();
    return texts.join(', ');
  }
}

/** `RUNNING`, `BLOCK_JOB_ERROR read ignore`: no times, no names of this case. */
export function printEvent({ event, data }: QmpEvent): string {
  if (event === 'JOB_STATUS_CHANGE') return String(data['status']);
  const words = [data['operation'], data['action'], data['error']].filter((word) => word !== undefined);
  return [event, ...words.map((word) => String(word).replaceAll(',', ''))].join(' ');
}
