/** What TypeScript compiles to, kept on disk: a process that finds all of its files there loads neither ts-node nor swc. */
export class CompiledFiles {
  /**
   * `folder` has the files that are kept, and is made when it is not there; `settings` is all that a compiled file depends on beside its source
   * and its name; `compile` gives JavaScript with its source map in it.
   */
  constructor(folder: string, settings: string, compile: (source: string, file: string) => string);

  /** The JavaScript of a source file as it is now; throws what `compile` throws. Where the folder can't be written to, it compiles. */
  load(file: string): string;

  /** The JavaScript that this process has loaded of a file, for its source map; undefined of others. */
  loaded(file: string): string | undefined;
}
