import { type ColumnPlan, planColumns } from "./column-plan";
import { isHeader } from "./formats";
import { type Kernel, reasonOf, TROUBLE, useFormat } from "./kernel";
import { MAX_LINE_BYTES, type Region } from "./line-regions";
import { Notes } from "./notes";

/** Fields of a header; the widest format there is has fewer than 70. */
const MAX_FIELDS = 256;

/** A header that is longer is none: all names together have some 900 characters. */
const MAX_HEADER_BYTES = 8_192;

/**
 * Has the kernel read lines, and looks itself at those that stop it: headers, lines of another format, SKIPDATA lines, bad lines.
 * No input makes it throw but a header that lacks needed columns.
 */
export class LineReader {
  readonly #kernel: Kernel;
  readonly #onMalformed: ((line: Buffer) => void) | undefined;
  /** Formats that a line may have: the headers of the file, the latest first, and those that need no header. */
  #formats: readonly ColumnPlan[] = [];
  #current: ColumnPlan;
  #notes = new Notes();

  /** `onMalformed` is given each malformed line, without its newline, as long as the call lasts; of one too long, nothing. */
  constructor(kernel: Kernel, formats: readonly ColumnPlan[], onMalformed?: (line: Buffer) => void) {
    this.#kernel = kernel;
    this.#onMalformed = onMalformed;
    this.#current = this.begin(formats, this.#notes);
  }

  /** Begins a file: the formats that its lines may have without a header, the likeliest first, and where to note what else it has. */
  begin(formats: readonly ColumnPlan[], notes: Notes): ColumnPlan {
    const [likeliest] = formats;
    if (likeliest === undefined) throw new RangeError("a reader of lines needs at least one format");
    this.#formats = formats;
    this.#notes = notes;
    this.#use(likeliest);
    return likeliest;
  }

  /** Reads a region. Each time that it yields, there is no room for the next line: it goes on once there is. */
  *read({ bytes, longLine }: Region): Generator<"no room", void, undefined> {
    if (bytes === undefined) {
      this.#notes.otherLines += 1;
      this.#notes.noteMalformed(this.#line(), longLine, `longer than ${MAX_LINE_BYTES} bytes`);
      return;
    }
    const kernel = this.#kernel;
    new Uint8Array(kernel.memory.buffer).set(bytes, kernel.inputAt());
    for (let stoppedBy = kernel.scan(bytes.length); stoppedBy !== TROUBLE.none; stoppedBy = kernel.resume()) {
      if (stoppedBy === TROUBLE.noRoom) yield "no room";
      else if (stoppedBy === TROUBLE.skipData) this.#noteSkipData(bytes);
      else if (!this.#isHeader(bytes) && !this.#isOfOtherFormat(bytes, stoppedBy)) this.#quarantine(bytes, stoppedBy);
    }
  }

  #use(plan: ColumnPlan): void {
    useFormat(this.#kernel, plan);
    this.#current = plan;
  }

  /** A header can come anywhere: joined files and gzip members bring theirs. It never reads as a record before it. */
  #isHeader(bytes: Buffer): boolean {
    const kernel = this.#kernel;
    const fields = kernel.fieldCount();
    if (fields === 0 || fields > MAX_FIELDS || kernel.lineEnd() - kernel.lineStart() > MAX_HEADER_BYTES) return false;
    const names = Array.from({ length: fields }, (_, field) => this.#field(bytes, field));
    if (!isHeader(names)) return false;
    const plan = planColumns(names);
    this.#formats = [plan, ...this.#formats.filter(({ width }) => width !== plan.width)];
    this.#use(plan);
    this.#notes.headers += 1;
    return true;
  }

  /** Rows of several formats may be mixed; what tells them apart is how many fields they have, and what is in them. */
  #isOfOtherFormat(bytes: Buffer, stoppedBy: number): boolean {
    if (stoppedBy === TROUBLE.controlBytes) return false;
    const before = this.#current;
    const width = this.#kernel.fieldCount();
    for (const plan of this.#formats) {
      if (plan === before || plan.width !== width) continue;
      this.#use(plan);
      const outcome = this.#kernel.readAgain();
      if (outcome === TROUBLE.skipData) this.#noteSkipData(bytes);
      if (outcome === TROUBLE.none || outcome === TROUBLE.skipData) return true;
    }
    this.#use(before);
    return false;
  }

  #noteSkipData(bytes: Buffer): void {
    const { interfaceId } = this.#current;
    this.#notes.noteSkipData(interfaceId < 0 ? "-" : this.#field(bytes, interfaceId));
  }

  #quarantine(bytes: Buffer, stoppedBy: number): void {
    const kernel = this.#kernel;
    const line = bytes.subarray(kernel.lineStart(), kernel.lineEnd());
    this.#onMalformed?.(line);
    const isWidth = stoppedBy === TROUBLE.width;
    const widths = `it has ${kernel.fieldCount()} fields and the format has ${this.#current.width}`;
    const reason = isWidth ? widths : reasonOf(stoppedBy);
    this.#notes.noteMalformed(this.#line(), line.length, reason);
  }

  #line(): number {
    return this.#kernel.lines.value + this.#notes.otherLines;
  }

  #field(bytes: Buffer, field: number): string {
    return bytes.toString("latin1", this.#kernel.fieldStart(field), this.#kernel.fieldEnd(field));
  }
}
