/** Attributes as queues and topics take them: all as text, without those that are not given. */
export function attributeTexts(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]));
}
