import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A call as it arrived: the fields of the query protocol, `Action` among them. */
export type Call = Readonly<Record<string, string>>;

/** How a call is answered: with the body of a result, or however the function likes (not at all, for one). */
export type Answer = string | ((response: ServerResponse) => void);

/** A server on this machine that plays the AWS services that speak the query protocol. */
export interface FakeAws {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): void;
}

/** Starts with no calls. */
export async function fakeAws(answer: (call: Call) => Answer): Promise<FakeAws> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = Object.fromEntries(new URLSearchParams(body));
      calls.push(call);
      const made = answer(call);
      if (typeof made === "function") made(response);
      else response.setHeader("content-type", "text/xml").end(made);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** For clients of the fake: where it is, and credentials for it. */
export function clientOptions({ url }: Pick<FakeAws, "url">) {
  return { endpoint: url, region: "eu-west-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

/** An answer of ELBv2. */
export function elbResult(action: string, result = ""): string {
  return `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
}

/** A refusal of ELBv2. */
export function elbError(status: number, code: string): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { "content-type": "text/xml" });
    response.end(
      `<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  };
}

/** Targets as DescribeTargetHealth lists them. */
export function targetHealth(
  targets: readonly { ip: string; port?: number; state: string; reason?: string; description?: string }[],
): string {
  const tag = (name: string, value: string | number | undefined) =>
    value === undefined ? "" : `<${name}>${value}</${name}>`;
  const members = targets.map(
    ({ ip, port, state, reason, description }) =>
      `<member><HealthCheckPort>5432</HealthCheckPort><Target>${tag("Id", ip)}${tag("Port", port)}<AvailabilityZone>eu-west-1a</AvailabilityZone></Target>` +
      `<TargetHealth>${tag("State", state)}${tag("Reason", reason)}${tag("Description", description)}</TargetHealth></member>`,
  );
  return elbResult("DescribeTargetHealth", `<TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions>`);
}

/** An interface as EC2 describes it; by default one of RDS. */
export interface FakeInterface {
  readonly ips: readonly string[];
  readonly ipv6?: readonly string[];
  readonly description?: string;
  /** A service made it, and nobody else can say so. */
  readonly isOfService?: boolean;
  readonly requesterId?: string;
  readonly ownerId?: string;
}

/** One page of DescribeNetworkInterfaces. */
export function networkInterfaces(interfaces: readonly FakeInterface[], nextToken?: string): string {
  const items = interfaces.map((each) => {
    const { ips, ipv6 = [], description = "RDSNetworkInterface", isOfService = true, requesterId, ownerId } = each;
    const addresses = ips.map((ip) => `<item><privateIpAddress>${ip}</privateIpAddress></item>`).join("");
    const ipv6Addresses = ipv6.map((ip) => `<item><ipv6Address>${ip}</ipv6Address></item>`).join("");
    return (
      `<item><networkInterfaceId>eni-1</networkInterfaceId><description>${description}</description>` +
      `<requesterManaged>${isOfService}</requesterManaged>` +
      (requesterId === undefined ? "" : `<requesterId>${requesterId}</requesterId>`) +
      (ownerId === undefined ? "" : `<attachment><instanceOwnerId>${ownerId}</instanceOwnerId></attachment>`) +
      `<privateIpAddress>${ips[0] ?? ""}</privateIpAddress><privateIpAddressesSet>${addresses}</privateIpAddressesSet>` +
      `<ipv6AddressesSet>${ipv6Addresses}</ipv6AddressesSet></item>`
    );
  });
  return (
    `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>` +
    `<networkInterfaceSet>${items.join("")}</networkInterfaceSet>` +
    `${nextToken === undefined ? "" : `<nextToken>${nextToken}</nextToken>`}</DescribeNetworkInterfacesResponse>`
  );
}
