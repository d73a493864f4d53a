/** A row of the checklists: what they ask, and how the stack meets it where no policy can tell. */
export interface Control {
  readonly asks: string;
  /**
   * The names of the checks, by list: CKV… Checkov, SH AWS Security Hub (FSBP), CIS3 and CIS5 the CIS AWS Foundations
   * Benchmark 3.0 and 5.0, AVD-AWS… Trivy, nag cdk-nag; others by their own names.
   */
  readonly ids: string;
  /** How it is met beside the policies of the row, and the test that shows it. */
  readonly met?: { readonly how: string; readonly test: { readonly file: string; readonly title: string } };
  /** Why the default stack does not do it. */
  readonly exception?: string;
}
