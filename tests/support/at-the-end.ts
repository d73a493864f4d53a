const steps: (() => Promise<void>)[] = [];

/** Runs `step` when the tests are over: all files in a serial run, one file in a worker of a parallel run. */
export function atTheEnd(step: () => Promise<void>): void {
  steps.push(step);
}

/** Mocha's root hooks; `.mocharc.json` requires this file. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    for (const step of steps.splice(0).reverse()) await step();
  },
};
