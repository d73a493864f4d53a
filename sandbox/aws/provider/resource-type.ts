import type { Resource, Unwrap } from "@pulumi/pulumi";
import type { Properties } from "./wire";
import type { World } from "./world";

/** Where a resource lives: made in the emulator, played by the sandbox, or only written down. */
export type Kind = "emulator" | "played" | "recorded";

/** A resource's inputs as the provider sees them: known, plain values, and ids in place of resources. */
export type Plain<Args> = string extends keyof Args
  ? Properties
  : { readonly [Key in keyof Args]: Exclude<Unwrap<Args[Key]>, Resource> };

/** How a missing name is made: `<logical name>-<7 hex digits>`, as the AWS provider does. */
export interface Autoname {
  /** The input that carries the name. */
  readonly property: string;
  /** The field's limit; a longer name is an error, as with the AWS provider. */
  readonly maxLength: number;
  readonly lowerCase?: boolean;
  /** Goes before the name, for example `alias/`. */
  readonly prefix?: string;
}

/** One AWS resource type. `Args` is the argument type that `@pulumi/aws` declares for it. */
export interface ResourceType<Args = Properties> {
  readonly kind: Kind;
  readonly autoname?: Autoname;
  /** Inputs whose change replaces the resource. A type without `update` is replaced by any change. */
  readonly replaceOn?: readonly (keyof Args & string)[];
  /** Inputs whose change replaces the resource because of what they were and are to be; asked for those whose value is known only. */
  replacedBy?(before: Plain<Args>, wanted: Plain<Args>): readonly (keyof Args & string)[];
  /**
   * Whether the old one goes before the new one is made.
   * @default - it does when both have the same given name
   */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs that AWS takes as JSON text; a program may give them as objects. */
  readonly json?: readonly (keyof Args & string)[];
  /** Outputs that are secret even when no input was. */
  readonly secretOutputs?: readonly string[];
  /** Makes the resource; throws what AWS would refuse. Outputs are added to the inputs. */
  create(inputs: Plain<Args>, world: World, self: Self): Promise<Created>;
  /** Changes the resource in place and returns its outputs. */
  update?(id: string, inputs: Plain<Args>, before: Plain<Args>, world: World, self: Self): Promise<Properties>;
  /** Removes the resource; one that is gone already is not an error. */
  delete(id: string, state: Plain<Args> & Properties, world: World, self: Self): Promise<void>;
}

/** What a resource type may know of the resource at hand. */
export interface Self {
  readonly urn: string;
  readonly type: string;
  /** The logical name. */
  readonly name: string;
}

/** A resource that was made. */
export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

/** Resource types by their token, for example `aws:ec2/vpc:Vpc`. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** Declares a type with the inputs that `@pulumi/aws` gives it; the table forgets them. */
export function resourceType<Args>(type: ResourceType<Args>): ResourceType {
  return type as unknown as ResourceType;
}

/** Something that the sandbox refuses as AWS does: AWS's error code, then what, got, allowed, do. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The logical name and the type in `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export function selfOf(urn: string): Self {
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}
