import assert from "node:assert/strict";
import { allows, judge, type PolicyRequest, refusalOf, rolePrincipals } from "../../../sandbox/aws/policy-evaluation";

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

const WRITE = {
  principal: "delivery.logs.amazonaws.com",
  action: "s3:PutObject",
  resource: "arn:aws:s3:::archive/db/AWSLogs/123456789012/x",
  context: { "aws:SourceAccount": "123456789012", "aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:x" },
} satisfies PolicyRequest;
const ALLOW = {
  Sid: "Write",
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::archive/db/AWSLogs/123456789012/*",
  Condition: {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*" },
  },
};
const DENY_ALL = { Sid: "No", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };

describe("a resource's policy", () => {
  it("lets in the service that a statement names, under its conditions", () => {
    assert.deepEqual(judge([policy(ALLOW)], WRITE), { allowed: true, because: "a statement allows it" });
  });

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    ["another service", { ...ALLOW, Principal: { Service: "s3.amazonaws.com" } }, /no statement lets/],
    ["an account in the service's place", { ...ALLOW, Principal: { AWS: "123456789012" } }, /no statement lets/],
    ["the service as if it were an account", { ...ALLOW, Principal: { AWS: WRITE.principal } }, /no statement lets/],
    ["no one", { ...ALLOW, Principal: undefined }, /no statement lets/],
    ["another action", { ...ALLOW, Action: ["s3:GetObject"] }, /no statement lets/],
    ["all actions but this", { ...ALLOW, Action: undefined, NotAction: "s3:put*" }, /no statement lets/],
    ["another folder", { ...ALLOW, Resource: "arn:aws:s3:::archive/AWSLogs/*" }, /no statement lets/],
    ["all folders but this", { ...ALLOW, Resource: undefined, NotResource: "*/AWSLogs/*" }, /no statement lets/],
    [
      "another account",
      { ...ALLOW, Condition: { StringEquals: { "aws:SourceAccount": "1" } } },
      /StringEquals aws:SourceAccount/,
    ],
    ["a key the service does not send", { ...ALLOW, Condition: { Bool: { "aws:Other": "true" } } }, /Bool aws:Other/],
  ];
  for (const [name, statement, because] of refusals) {
    it(`refuses when it names ${name}`, () => {
      const verdict = judge([policy(statement)], WRITE);

      assert.equal(verdict.allowed, false);
      assert.match(verdict.because, because);
    });
  }

  it("lets in every principal when a statement names *, in either of its forms", () => {
    for (const Principal of ["*", { AWS: "*" }, { Service: "*" }]) {
      assert.equal(allows([policy({ ...ALLOW, Principal })], WRITE), true, JSON.stringify(Principal));
    }
  });

  it("refuses when there is no policy, and when the policy has no statement", () => {
    const none = { allowed: false, because: "there is no policy" };

    assert.deepEqual(judge([undefined], WRITE), none);
    assert.deepEqual(judge([""], WRITE), none);
    assert.deepEqual(judge([], WRITE), none);
    assert.equal(allows([policy()], WRITE), false);
    assert.equal(allows(["{}"], WRITE), false);
  });

  it("reads a statement that is not in a list", () => {
    assert.equal(allows([JSON.stringify({ Statement: ALLOW })], WRITE), true);
  });

  it("lets a deny win over any allow, in whichever document it is", () => {
    const denied = { allowed: false, because: "statement No denies it" };

    assert.deepEqual(judge([policy(ALLOW, DENY_ALL)], WRITE), denied);
    assert.deepEqual(judge([policy(DENY_ALL), policy(ALLOW)], WRITE), denied);
  });

  it("takes a request for one over TLS unless it says otherwise", () => {
    const tls = { ...DENY_ALL, Condition: { Bool: { "aws:SecureTransport": "false" } } };
    const over = (secure: string) => ({ ...WRITE, context: { ...WRITE.context, "aws:SecureTransport": secure } });

    assert.equal(allows([policy(tls, ALLOW)], WRITE), true);
    assert.equal(allows([policy(tls, ALLOW)], over("true")), true);
    assert.equal(allows([policy(tls, ALLOW)], over("false")), false);
    const only = { ...ALLOW, Condition: { Bool: { "aws:SecureTransport": "true" } } };
    assert.equal(allows([policy(only)], WRITE), true);
    assert.equal(allows([policy(only)], over("false")), false);
  });

  it("treats only * and ? as wildcards", () => {
    assert.equal(allows([policy({ ...ALLOW, Resource: "arn:aws:s3:::archive?db/*" })], WRITE), true);
    assert.equal(allows([policy({ ...ALLOW, Resource: "arn.aws.s3...archive/db/*" })], WRITE), false);
  });

  it("reads wildcards in actions, whatever their case, in resources and in ARN conditions", () => {
    const wide = {
      ...ALLOW,
      Action: "S3:Put*",
      Resource: "arn:aws:s3:::*/AWSLogs/*/?",
      Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:logs:*:x" } },
    };

    assert.equal(allows([policy(wide)], WRITE), true);
    assert.equal(allows([policy(wide)], { ...WRITE, context: { "aws:SourceArn": "arn:aws:s3:::x" } }), false);
  });

  it("does not guess at an exception from the principals", () => {
    const { Principal: _, ...nobody } = ALLOW;

    assert.throws(() => judge([policy({ ...nobody, NotPrincipal: { AWS: "1" } })], WRITE), /NotPrincipal/);
  });
});

describe("a condition", () => {
  const KEYS = { "aws:SourceAccount": "123456789012", "s3:TlsVersion": "1.2", "aws:Secure": "true", "x:Name": "Blue" };
  const holds = (Condition: object): boolean => allows([policy({ ...ALLOW, Condition })], { ...WRITE, context: KEYS });

  const OPERATORS: readonly (readonly [operator: string, key: string, met: string, unmet: string])[] = [
    ["StringEquals", "x:Name", "Blue", "B*"],
    ["StringNotEquals", "x:Name", "B*", "Blue"],
    ["StringEqualsIgnoreCase", "x:Name", "bLUE", "blu"],
    ["StringNotEqualsIgnoreCase", "x:Name", "blu", "bLUE"],
    ["StringLike", "x:Name", "B?ue", "b*"],
    ["StringNotLike", "x:Name", "b*", "B?ue"],
    ["ArnEquals", "x:Name", "B*", "R*"],
    ["ArnNotEquals", "x:Name", "R*", "B*"],
    ["ArnLike", "x:Name", "B*", "R*"],
    ["ArnNotLike", "x:Name", "R*", "B*"],
    ["Bool", "aws:Secure", "True", "false"],
    ["NumericEquals", "s3:TlsVersion", "1.20", "1.3"],
    ["NumericNotEquals", "s3:TlsVersion", "1.3", "1.20"],
    ["NumericLessThan", "s3:TlsVersion", "10", "1.2"],
    ["NumericLessThanEquals", "s3:TlsVersion", "1.2", "1.1"],
    ["NumericGreaterThan", "s3:TlsVersion", "1.1", "1.2"],
    ["NumericGreaterThanEquals", "s3:TlsVersion", "1.2", "10"],
  ];
  for (const [operator, key, met, unmet] of OPERATORS) {
    it(`with ${operator} compares ${key} ${KEYS[key as keyof typeof KEYS]} with what is wanted`, () => {
      assert.equal(holds({ [operator]: { [key]: met } }), true);
      assert.equal(holds({ [operator]: { [key]: unmet } }), false);
    });
  }

  it("is met by one of several values, and a negated one by none of them", () => {
    assert.equal(holds({ StringEquals: { "x:Name": ["Red", "Blue"] } }), true);
    assert.equal(holds({ StringNotEquals: { "x:Name": ["Red", "Blue"] } }), false);
  });

  it("about a key that is not there is met when it is negated, optional or Null", () => {
    assert.equal(holds({ StringEquals: { "aws:Other": "x" } }), false);
    assert.equal(holds({ StringNotEquals: { "aws:Other": "x" } }), true);
    assert.equal(holds({ StringNotEquals: { "aws:SourceAccount": "123456789012" } }), false);
    assert.equal(holds({ StringEqualsIfExists: { "aws:Other": "x" } }), true);
    assert.equal(holds({ StringEqualsIfExists: { "aws:SourceAccount": "x" } }), false);
    assert.equal(holds({ Null: { "aws:Other": "true" } }), true);
    assert.equal(holds({ Null: { "aws:SourceAccount": "true" } }), false);
    assert.equal(holds({ Null: { "aws:SourceAccount": false } }), true);
  });

  it("about a set of values is met by a missing key for all of them, and not for any", () => {
    assert.equal(holds({ "ForAllValues:StringEquals": { "aws:Other": "x" } }), true);
    assert.equal(holds({ "ForAnyValue:StringEquals": { "aws:Other": "x" } }), false);
    assert.equal(holds({ "ForAnyValue:StringNotEquals": { "aws:Other": "x" } }), false);
    assert.equal(holds({ "ForAnyValue:StringEquals": { "x:Name": ["Blue"] } }), true);
    assert.equal(holds({ "ForAllValues:StringEquals": { "x:Name": ["Red"] } }), false);
  });

  for (const operator of ["DateLessThan", "DateGreaterThan", "IpAddress", "NullIfExists", "BoolNot", "toString"]) {
    it(`throws for ${operator}, which it does not know, whether the key is there or not`, () => {
      assert.throws(() => holds({ [operator]: { "x:Name": "x" } }), new RegExp(operator));
      assert.throws(() => holds({ [operator]: { "aws:Other": "x" } }), new RegExp(operator));
    });
  }
});

describe("an identity's policies", () => {
  const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q";
  const may = (...Action: readonly string[]): object => ({ Effect: "Allow", Action, Resource: QUEUE });
  const asked = ["sqs:SendMessage", "sqs:DeleteMessage"].map((action) => ({ action, resource: QUEUE }));

  it("name no principal, and add up", () => {
    assert.equal(refusalOf([policy(may("sqs:SendMessage")), policy(may("sqs:Delete*"))], asked), undefined);
    assert.equal(refusalOf([policy({ ...may("sqs:*"), Principal: "*" })], asked)?.actions.length, 2);
  });

  it("refuse with the actions that are refused, and each reason once", () => {
    assert.deepEqual(refusalOf([], asked), {
      actions: ["sqs:SendMessage", "sqs:DeleteMessage"],
      because: "there is no policy",
    });
    assert.deepEqual(refusalOf([policy(may("sqs:SendMessage"))], asked), {
      actions: ["sqs:DeleteMessage"],
      because: `no statement lets it do sqs:DeleteMessage on ${QUEUE}`,
    });
  });
});

describe("the principals of a policy", () => {
  const statement = (AWS: string | readonly string[]) => ({
    Effect: "Allow",
    Principal: { AWS },
    Action: "kms:*",
    Resource: "*",
  });
  const by = (principal: string): PolicyRequest => ({ principal, action: "kms:Decrypt", resource: "*" });

  for (const root of ["arn:aws:iam::123456789012:root", "123456789012"]) {
    it(`take ${root} for each identity of its account`, () => {
      assert.equal(allows([policy(statement(root))], by("arn:aws:iam::123456789012:role/r")), true);
      assert.equal(allows([policy(statement(root))], by("arn:aws:iam::123456789012:root")), true);
      assert.equal(allows([policy(statement(root))], by("arn:aws:iam::999999999999:role/r")), false);
    });
  }

  it("take a role for itself only", () => {
    const role = policy(statement("arn:aws:iam::123456789012:role/r"));

    assert.equal(allows([role], by("arn:aws:iam::123456789012:role/r")), true);
    assert.equal(allows([role], by("arn:aws:iam::123456789012:role/s")), false);
  });

  it("say which roles they are", () => {
    const arn = "arn:aws:iam::123456789012:role/r";
    const service = { ...statement([]), Principal: { Service: "s3.amazonaws.com" } };

    assert.deepEqual(rolePrincipals(policy(statement([arn, "arn:aws:iam::1:root"]), service)), [arn]);
  });
});
