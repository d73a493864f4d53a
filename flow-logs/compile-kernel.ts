import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOURCE = join(__dirname, "kernel", "index.ts");

/** Where the compiled kernel is kept: a module, so that a bundle, a test and a command find it in the same way. */
export const KERNEL_CODE_FILE = join(__dirname, "kernel-code.ts");

// not by its name in the import: its types declare the globals of its own language for all of the program
const COMPILER: string = "assemblyscript/asc";

/** AssemblyScript without a garbage collector: the kernel has no objects. */
const COMPILER_OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];

// A call costs as much as the few instructions that most of the kernel's functions are: inlined, it is a tenth faster
const INLINE = { always: 100, flexible: 200, onlyCaller: 500 };

const CHARACTERS_PER_LINE = 110;

/** Compiles flow-logs/kernel and returns the text of `kernel-code.ts`; the same source gives the same text. @throws with the compiler's messages */
export async function compileKernel(): Promise<string> {
  const wasm = await optimized(await compiled());
  const text = Buffer.from(wasm).toString("base64");
  const lines = text.match(new RegExp(`.{1,${CHARACTERS_PER_LINE}}`, "g")) ?? [];
  return [
    "// Made by `npm run kernel` from flow-logs/kernel; a test compares the two.",
    `/** WebAssembly, ${wasm.length} bytes, in base64. */`,
    "export const KERNEL_CODE =",
    ...lines.map((line, index) => `  "${line}"${index === lines.length - 1 ? ";" : " +"}`),
    "",
  ].join("\n");
}

/** What is used of AssemblyScript's compiler, whose types are those of its own language. */
interface Compiler {
  main(words: readonly string[]): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

async function compiled(): Promise<Uint8Array> {
  const asc = (await import(COMPILER)) as Compiler;
  const folder = mkdtempSync(join(tmpdir(), "kernel-"));
  try {
    const output = join(folder, "kernel.wasm");
    const { error, stderr } = await asc.main([SOURCE, "--outFile", output, "--baseDir", "/", ...COMPILER_OPTIONS]);
    if (error !== null) throw new Error(`the kernel does not compile:\n${stderr.toString()}`, { cause: error });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function optimized(wasm: Uint8Array): Promise<Uint8Array> {
  const { default: binaryen } = await import("binaryen");
  const kernel = binaryen.readBinary(wasm);
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SIMD128, SignExt } = binaryen.Features;
  // what Node 20 knows; with all of them, there would be types of garbage collection in it
  kernel.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SIMD128 | SignExt);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(INLINE.always);
  binaryen.setFlexibleInlineMaxSize(INLINE.flexible);
  binaryen.setOneCallerInlineMaxSize(INLINE.onlyCaller);
  kernel.optimize();
  return kernel.emitBinary();
}

/** Compiles the kernel into its file. */
export async function writeKernel(): Promise<void> {
  writeFileSync(KERNEL_CODE_FILE, await compileKernel());
}
