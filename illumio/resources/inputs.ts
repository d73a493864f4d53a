import type { Input } from "@pulumi/pulumi";

/** What a program may give for a value of the PCE: any part of it may be to come. */
export type Inputs<T> = Input<
  T extends readonly (infer Item)[]
    ? readonly Inputs<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Inputs<Exclude<T[Name], undefined>> | Extract<T[Name], undefined> }
      : T
>;

/** The arguments of a resource: each input by itself. */
export type Args<T extends object> = {
  readonly [Name in keyof T]: Inputs<Exclude<T[Name], undefined>> | Extract<T[Name], undefined>;
};
