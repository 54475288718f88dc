// The entry of a thread whose module is JavaScript.
import { runThread } from './thread-program.js';

void runThread((module) => import(module));
