/** What becomes of the users themselves. */
export interface UserPlan {
  readonly statements: readonly string[];
  /** Names of those that are made, changed and locked. */
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly locked: readonly string[];
  /** Made here, and no longer wanted: locked by now, to be dropped if nothing is theirs. */
  readonly unwanted: readonly string[];
}

/** The names of those about whom there is something to say. */
export function namesOf(list: readonly { readonly name: string; readonly statements: readonly string[] }[]): string[] {
  return list.filter(({ statements }) => statements.length > 0).map(({ name }) => name);
}
