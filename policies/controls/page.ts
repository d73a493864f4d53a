import { CONTROLS, type Row } from "../controls";
import type { Rule } from "../rule";
import { RULES } from "../rules";

const POLICY_TEST = "tests/policies/policies.test.ts";

const HEAD = `# Controls

What the checklists ask of a stack with an RDS database, and what this one does about it. Written by \`npm run controls\` from
\`policies/\`; a test compares it with that.

A *policy* judges each preview and update that is run with \`--policy-pack policies\`: a mandatory one stops it, an advisory one is
printed. Each is tested against stacks that are weaker by one thing, in \`${POLICY_TEST}\`. Lists: CKV… Checkov, SH AWS Security Hub
(FSBP), CIS3 and CIS5 the CIS AWS Foundations Benchmark 3.0 and 5.0, AVD-AWS… Trivy, nag cdk-nag.

| row | asks | asked by | met by |
|---|---|---|---|
`;

/** The text of docs/controls.md. */
export function controlsPage(): string {
  const rows = Object.keys(CONTROLS).map((row) => Number(row) as Row);
  return HEAD + rows.map((row) => `${lineOf(row)}\n`).join("");
}

/** How a row is met, in the words of the page; empty when nothing meets it. */
export function answersTo(row: Row): readonly string[] {
  const { met, exception } = CONTROLS[row];
  return [
    ...RULES.filter((rule) => rule.row === row).map(policyText),
    ...(met === undefined ? [] : [`${met.how} (\`${met.test.file}\`: "${met.test.title}")`]),
    ...(exception === undefined ? [] : [`**exception**: ${exception}`]),
  ];
}

const policyText = ({ name, level, exception }: Rule): string => {
  const given = exception === undefined ? "" : `, unless \`exceptions.${exception}\` says why not`;
  return `policy \`${name}\`, ${level}${given}`;
};

function lineOf(row: Row): string {
  const { asks, ids } = CONTROLS[row];
  return `| ${row} | ${asks} | ${ids} | ${answersTo(row).join("; ")} |`;
}
