// Starts a server, calls it, stops it, and has nothing left to do.
import { GenServer } from '../../src/otp/facades.js';
import { adder } from './adder.js';

const ref = await GenServer.start(adder);
await GenServer.call(ref, 1);
await GenServer.stop(ref);
