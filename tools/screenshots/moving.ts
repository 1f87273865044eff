/** The first screen, from where a visitor comes in to where its backup is broken, as frames of a picture that moves. */
import type { Browser, Page } from '@playwright/test';
import type { Frame } from './apng.ts';

/** The order of moves that breaks it. */
const MOVES = ['job', 'g1', 'job'];
const SIZE = { width: 1120, height: 700 };
/** Of the picture to the page, and the pixels of the page that are whole pixels of the picture. */
const SCALE = 0.7;
const GRAIN = 10;
/** How long each is shown: what a visitor sees first, a step on the way, the end of a move, and what is broken. */
const SHOWN_MS = { first: 2_000, step: 450, move: 1_100, broken: 4_000 };
/** That of the page from one step to the next (web/play/door.tsx); every second one is shown. Its clock stands still in between. */
const PACE = 480;
/** When the clock of the page stands still: long after it was opened. */
const LATER = 3_600_000;
/** A move takes fewer steps. */
const STEPS_MAX = 20;

/** @param address of the page */
export async function framesOfFront(browser: Browser, address: string): Promise<Frame[]> {
  const tab = await browser.newPage({ viewport: SIZE, colorScheme: 'light', deviceScaleFactor: SCALE });
  await tab.clock.install({ time: 0 });
  await tab.goto(address);
  await tab.locator('[data-door] table.grid').waitFor();
  await tab.clock.pauseAt(LATER);
  const frames: Frame[] = [{ png: await picture(tab), x: 0, y: 0, milliseconds: SHOWN_MS.first }];
  // All that changes is in there.
  const box = (await tab.locator('[data-door] .stage').boundingBox())!;
  const [x, y] = [box.x, box.y].map((edge) => Math.floor(edge / GRAIN - 1) * GRAIN) as [number, number];
  const [right, bottom] = [box.x + box.width, box.y + box.height].map((edge) => Math.ceil(edge / GRAIN + 1) * GRAIN) as [number, number];
  const clip = { x, y, width: Math.min(SIZE.width, right) - x, height: Math.min(SIZE.height, bottom) - y };
  const add = async (milliseconds: number): Promise<void> => {
    const png = await picture(tab, clip);
    const last = frames.at(-1)!;
    if (png.equals(last.png)) frames[frames.length - 1] = { ...last, milliseconds: Math.max(last.milliseconds, milliseconds) };
    else frames.push({ png, x: x * SCALE, y: y * SCALE, milliseconds });
  };
  for (const who of MOVES) {
    await tab.locator(`.choice[data-who="${who}"]`).click();
    await tab.mouse.move(0, 0);
    for (let step = 0; step < STEPS_MAX && !(await hasWon(tab)); step++) {
      const before = frames.length;
      await add(SHOWN_MS.step);
      await tab.clock.runFor(2 * PACE);
      if (step > 1 && frames.length === before) break;
    }
    if (await hasWon(tab)) await tab.locator('dialog[data-win] button', { hasText: 'look at it' }).click();
    await add((await tab.locator('.verdict.broken').count()) > 0 ? SHOWN_MS.broken : SHOWN_MS.move);
  }
  await tab.close();
  return frames;
}

const hasWon = (tab: Page): Promise<boolean> => tab.locator('dialog[data-win][open]').isVisible();

const picture = (tab: Page, clip?: { x: number; y: number; width: number; height: number }): Promise<Buffer> =>
  tab.screenshot({ animations: 'disabled', ...(clip && { clip }) });
