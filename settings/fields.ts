import { z } from "zod";

// What the settings are made of: each a zod schema, with the sentence that an error says about it.

/** What an error says of one setting, beside the value that was found there. */
export interface Advice {
  readonly allowed: string;
  readonly do: string;
  /** True where people paste secrets by mistake: the value is not shown. */
  readonly hidden?: boolean;
}

/** A setting that is one problem at most, whatever zod finds first inside it: the advice covers the whole of it. */
export function setting<S extends z.ZodType>(schema: S, advice: Advice) {
  return z.unknown().transform((value, context): z.output<S> => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.addIssue({ code: "custom", message: advice.allowed, params: { ...advice } });
    return z.NEVER;
  });
}

/** A whole number in a range, written as a number. */
export function wholeNumber(least: number, most: number, unit = "") {
  return setting(z.int().min(least).max(most), {
    allowed: `a whole number${unit && ` of ${unit}`} from ${least} to ${most}`,
    do: "write a number in that range, without quotes",
  });
}

/** One of these values. */
export function oneOf<const V extends readonly (string | number)[]>(allowed: V) {
  return setting(z.literal(allowed), { allowed: `one of ${allowed.join(", ")}`, do: "choose one of them" });
}

/** A boolean, not a text that looks like one. */
export const trueOrFalse = () => setting(z.boolean(), { allowed: "true or false", do: "write it without quotes" });

/** A text that the test takes. */
export function text(isAllowed: (value: string) => boolean, advice: Advice) {
  return setting(z.string().refine(isAllowed), advice);
}

/** An object of these keys and no others; its message lists them, for a wrong type and for an unknown key alike. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: Object.keys(shape).join(", ") });
}
