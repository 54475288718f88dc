import { suites } from './suites/all.js';
import type { SuiteName } from './suite-names.js';

const figures = await suites[process.argv[2] as SuiteName]();
// Without a parent the figures go to the terminal: that is how a suite is profiled.
if (process.send === undefined) console.dir(figures, { depth: null });
else process.send(figures, () => process.disconnect());
