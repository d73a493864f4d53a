import {
  CreateListenerCommand,
  DeleteListenerCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  type ProtocolEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as aws from "@pulumi/aws";
import { ifFound, required } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import type { World } from "../world";
import { elbAttributes, retagElb, taggedElb } from "./elb-tags";

type ListenerInputs = Plain<aws.lb.ListenerArgs>;

const IDLE_TIMEOUT_SECONDS = 350;

const listener = resourceType<aws.lb.ListenerArgs>({
  kind: "emulator",
  replaceOn: ["loadBalancerArn"],
  create: async (inputs, world) => {
    const { Listeners: made } = await world.aws.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: inputs.loadBalancerArn,
        ...served(inputs),
        ...taggedElb(inputs.tags),
      }),
    );
    const id = required(made?.[0]?.ListenerArn, "the listener's ARN");
    await setAttributes(world, id, inputs);
    return { id, outputs: { arn: id, ...live(inputs) } };
  },
  update: async (id, inputs, before, world) => {
    await world.aws.elb.send(new ModifyListenerCommand({ ListenerArn: id, ...served(inputs) }));
    await setAttributes(world, id, inputs);
    await retagElb(world, id, before.tags, inputs.tags);
    return live(inputs);
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.elb.send(new DeleteListenerCommand({ ListenerArn: id })));
  },
});

const live = (inputs: ListenerInputs) => ({
  tcpIdleTimeoutSeconds: inputs.tcpIdleTimeoutSeconds ?? IDLE_TIMEOUT_SECONDS,
});

function served({ protocol = "", port, defaultActions, certificateArn }: ListenerInputs) {
  if (protocol !== "TCP") throw new Error(`the sandbox plays listeners of TCP, got "${protocol}"`);
  if (certificateArn !== undefined) {
    throw new RefusedError("ValidationError", "a TCP listener has no certificate; leave certificateArn out");
  }
  return { Protocol: protocol as ProtocolEnum, Port: port, DefaultActions: defaultActions.map(action) };
}

function action({ type, targetGroupArn, forward }: ListenerInputs["defaultActions"][number]) {
  if (type !== "forward") {
    throw new RefusedError("InvalidLoadBalancerAction", `a network load balancer only forwards, got "${type}"`);
  }
  if ((targetGroupArn === undefined) === (forward === undefined)) {
    throw new RefusedError("ValidationError", "an action forwards to either targetGroupArn or forward.targetGroups");
  }
  if (forward === undefined) return { Type: type, TargetGroupArn: targetGroupArn } as const;
  const TargetGroups = forward.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight }));
  return { Type: type, ForwardConfig: { TargetGroups } } as const;
}

async function setAttributes({ aws: { elb } }: World, ListenerArn: string, inputs: ListenerInputs): Promise<void> {
  const Attributes = elbAttributes({ "tcp.idle_timeout.seconds": live(inputs).tcpIdleTimeoutSeconds });
  await elb.send(new ModifyListenerAttributesCommand({ ListenerArn, Attributes }));
}

/** Listeners of network load balancers. */
export const LISTENER_TYPES: ResourceTypes = { "aws:lb/listener:Listener": listener };
