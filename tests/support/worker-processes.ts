/** What all test files of a worker share: processes that load once what each of them would load again. They end with the worker. */
import { forkedEmulators } from "../../sandbox/aws/emulator-process";
import { KeptProcess } from "../../sandbox/engine/kept-process";

export const sharedProcess = new KeptProcess();

export const startFork = forkedEmulators();
