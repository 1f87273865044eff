import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { loadingOptions, threadOptions } from './thread-options.ts';

/** Any module that is one to node. */
const MODULE = new URL('../../../node_modules/vitest/dist/config.js', import.meta.url).pathname;

/** What comes of `require` of an ES module in a thread. */
const required = (execArgv: string[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const code = `const { parentPort } = require('node:worker_threads');
      try {
        require(${JSON.stringify(MODULE)});
        parentPort.postMessage('loaded');
      } catch (error) {
        parentPort.postMessage(error.code);
      }`;
    new Worker(code, { eval: true, execArgv }).on('message', resolve).on('error', reject);
  });

describe('a thread', () => {
  it('never requires an ES module, in which node could abort the process', async () => {
    expect(await required(threadOptions().execArgv)).toBe('ERR_REQUIRE_ESM');
    expect(await required([])).not.toBe('ERR_REQUIRE_ESM'); // or this would see nothing
  });

  it('loads modules as its process does, and takes no options that are for a process', () => {
    const args = ['--max-old-space-size=99', '--import', './a.mjs', '--require=b', '-C', 'c', '--cpu-prof'];
    expect(loadingOptions(args)).toEqual(['--import', './a.mjs', '--require=b', '-C', 'c']);
  });
});
