import { fstatSync } from "node:fs";
import { readOptions } from "./options";
import { showFlows } from "./show-flows";

const isPipeOrFile = (): boolean => {
  try {
    const found = fstatSync(process.stdin.fd);
    return found.isFIFO() || found.isFile() || found.isSocket();
  } catch {
    // there may be no standard input at all
    return false;
  }
};

async function flows(words: readonly string[]): Promise<void> {
  // where the user typed it: npm changes the folder
  const folder = process.env["INIT_CWD"] ?? process.cwd();
  const options = readOptions(words, { folder, hasInput: isPipeOrFile() });
  const hasEndpoint = Boolean(process.env["AWS_ENDPOINT_URL"] ?? process.env["AWS_ENDPOINT_URL_S3"]);
  const { stdin, stdout, stderr } = process;
  process.exitCode = await showFlows(options, { folder, hasEndpoint, stdin, stdout, stderr });
}

// whoever read has seen enough, as head does
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

flows(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
