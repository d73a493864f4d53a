/** A queue's URL at the emulator, made by hand: asking for it needs a permission that AWS's own services do without. */
export function queueUrl(endpoint: string, queueArn: string): string {
  const [, , , , account, name] = queueArn.split(":");
  return `${endpoint}/${account}/${name}`;
}
