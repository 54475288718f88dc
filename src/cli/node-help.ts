import { flagGroupsText } from './flag-help.js';
import { NODE_FLAG_GROUPS, NODE_FLAGS } from './node-flags.js';

/** The text of `node --help`; `command` is how the user calls it. */
export function nodeHelpText(command: string): string {
  const groups = flagGroupsText(NODE_FLAGS, NODE_FLAG_GROUPS);
  return `${INTRODUCTION(command)}\n\n${groups}\n\n${ENDS}\n`;
}

const INTRODUCTION = (command: string): string => `\
Usage: ${command} --name NAME [flags]

Runs a node of a cluster over TCP until it is told to end:

  ${command} --name worker1 --port 4370 --seed coordinator@localhost:4369 \\
    --module ./behaviors.js`;
const ENDS = `\
SIGTERM and Ctrl-C make it leave: what it runs itself ends, the last started first; its distributed
supervisors stop; what it ran for others starts again elsewhere, and the others are told. What takes
longer than --drain is killed. A second one ends it at once.

Exit codes: 0 it left, 1 it could not start, 2 usage, 130 and 143 ended by a second signal.`;
