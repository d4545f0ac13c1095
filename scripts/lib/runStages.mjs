/** Runs stages, says how each went, and how all of them did in the last line. */
import { complain, say, seconds } from './log.mjs';
import { none, sum } from './testResults.mjs';

/**
 * @param {object} context - what every stage is called with
 * @param {AbortSignal} stopped - after which none begins
 */
export function runStages(context, stopped) {
  const results = [];
  return {
    /**
     * @param {string} title
     * @param {(context: object) => Promise<import('./testResults.mjs').Results>} work
     */
    async stage(title, work) {
      stopped.throwIfAborted();
      say(`\n=== ${title}`);
      const began = Date.now();
      const result = await work(context).catch(error => {
        complain(error);
        return { ...none(), failed: 1, failures: [title] };
      });
      stopped.throwIfAborted();
      say(`=== ${title}: ${line(result)} (${seconds(began)})`);
      results.push(result);
      return result;
    },

    /** @returns {number} the exit code */
    finish() {
      const total = sum(results);
      for (const failure of total.failures) say(`  failed: ${failure}`);
      if (total.skipped > 0) say(`  ${total.skipped} skipped`);
      say(`\n${line(total)}`);
      return total.failed === 0 && total.passed > 0 ? 0 : 1;
    },
  };
}

function line({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
