import type { NetworkInterface } from "@aws-sdk/client-ec2";

/**
 * Whether a network interface is one of RDS's, which a database has. They bear neither a tag nor the name of the instance. Whoever may make
 * an interface chooses its description, but only a service's is managed by its requester. A proxy's are RDS's too, and are no database's.
 */
export function isRdsInterface(found: NetworkInterface): boolean {
  const { Description: description = "", RequesterManaged: isOfService, RequesterId, Attachment } = found;
  if (isOfService !== true || /proxy/i.test(description)) return false;
  return (
    description === "RDSNetworkInterface" ||
    RequesterId === "amazon-rds" ||
    Attachment?.InstanceOwnerId === "amazon-rds"
  );
}
