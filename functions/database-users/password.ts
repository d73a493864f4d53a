import { randomInt } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 40;

/** A new password. Letters and digits only: 40 of them are 238 bits, and no shell, URL or connection string needs them quoted. */
export function newPassword(): string {
  return randomText(LENGTH);
}

/** Letters and digits, as random as a password's. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
