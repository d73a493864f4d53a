import { createHash } from "node:crypto";
import { randomText } from "../password";

/**
 * What MariaDB keeps of a password: SHA-1 of SHA-1, without a salt. Enough for passwords of 238 random bits, which nobody finds by trying;
 * what is sent at a login is under TLS.
 */
export function nativeVerifier(password: string): string {
  const once = createHash("sha1").update(password).digest();
  return `*${createHash("sha1").update(once).digest("hex").toUpperCase()}`;
}

const THOUSAND_ROUNDS = 5;
const SALT_LENGTH = 20;

// source:  MySQL manual, "Caching SHA-2 Pluggable Authentication"
// format:  $A$<thousands of rounds, three hexadecimal digits>$<salt><digest>
/** What MySQL keeps of a password. A salt has no $ in it. */
export function cachingSha2Verifier(password: string, salt: string = randomText(SALT_LENGTH)): string {
  const rounds = THOUSAND_ROUNDS.toString(16).toUpperCase().padStart(3, "0");
  return `$A$${rounds}$${salt}${shaCrypt(password, salt, THOUSAND_ROUNDS * 1000)}`;
}

/**
 * SHA-crypt with SHA-256, whose digest MySQL takes. source: "Unix crypt using SHA-256 and SHA-512", Ulrich Drepper, whose steps these are.
 */
export function shaCrypt(password: string, salt: string, rounds: number): string {
  const [key, salty] = [Buffer.from(password), Buffer.from(salt)];
  const other = sha256(key, salty, key);
  const bits = [...key.length.toString(2)].reverse().map((bit) => (bit === "1" ? other : key));
  const start = sha256(key, salty, repeated(other, key.length), ...bits);
  const keyBytes = repeated(sha256(...Array.from(key, () => key)), key.length);
  const saltBytes = repeated(sha256(...Array.from({ length: 16 + (start[0] ?? 0) }, () => salty)), salty.length);
  let digest = start;
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    digest = sha256(
      isOdd ? keyBytes : digest,
      ...(round % 3 === 0 ? [] : [saltBytes]),
      ...(round % 7 === 0 ? [] : [keyBytes]),
      isOdd ? digest : keyBytes,
    );
  }
  return encoded(digest);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

const DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// three bytes a time make four digits, and the two that are left make three; which three, the paper's table says, which is this walk
function encoded(digest: Buffer): string {
  let text = "";
  let [first, second, third] = [0, 10, 20];
  for (let group = 0; group < 10; group += 1) {
    text += digits([digest[first], digest[second], digest[third]], 4);
    [first, second, third] = [third + 1, first + 1, second + 1].map((index) => index % 30) as [number, number, number];
  }
  return text + digits([0, digest[31], digest[30]], 3);
}

function digits(bytes: readonly (number | undefined)[], count: number): string {
  let value = bytes.reduce<number>((sum, byte = 0) => sum * 256 + byte, 0);
  let text = "";
  for (let each = 0; each < count; each += 1) {
    text += DIGITS[value % 64];
    value = Math.floor(value / 64);
  }
  return text;
}
