import { type Engine, isOfGeneration } from "../components/engines/engine";
import { ENGINE_NAMES, engineNamed } from "../components/engines/engines";
import { type Problem, shown } from "./problems";
import type { Candidate, Rule } from "./rules";

type Database = Candidate["database"];

/** What an engine can't do, or wants in its own way: each rule looks at the engine and one other key. */
export const ENGINE_RULES: readonly Rule[] = [
  ofEngine("engineVersion", ({ engineVersion }, { title, versions, versionAdvice }) =>
    versions.allowed.includes(engineVersion)
      ? undefined
      : {
          got: shown(engineVersion),
          allowed: `a major version of ${title}: ${versions.allowed.join(", ")}`,
          do: versionAdvice,
        },
  ),
  ofEngine("instanceClass", ({ instanceClass }, { title, instanceClass: { allowed, byDefault } }) =>
    isOfGeneration(allowed, instanceClass)
      ? undefined
      : {
          got: shown(instanceClass),
          allowed: `db.<generation>.<size>, of the generations that run ${title} encrypted: ${allowed.join(", ")}`,
          do: `write it with its prefix and its size, for example ${byDefault}`,
        },
  ),
  // Performance Insights are on in every stack
  ofEngine("instanceClass", ({ instanceClass }, { title, hasPerformanceInsights, instanceClass: { allowed } }) =>
    hasPerformanceInsights(instanceClass) || !isOfGeneration(allowed, instanceClass)
      ? undefined
      : {
          got: shown(instanceClass),
          allowed: `a class that has Performance Insights with ${title}: medium and larger`,
          do: "choose a larger size, for example db.t4g.medium",
        },
  ),
  ofEngine("name", ({ name }, { title, databaseName }) => {
    if (name === undefined || databaseName?.isAllowed(name)) return undefined;
    return databaseName === undefined
      ? { got: `${shown(name)} with ${title}`, allowed: "nothing", do: "remove it: RDS makes no first database for it" }
      : {
          got: shown(name),
          allowed: databaseName.allowed,
          do: `choose another name, for example ${databaseName.byDefault}`,
        };
  }),
  ofEngine("port", ({ port }, { title, plainPort }) =>
    port === plainPort
      ? {
          got: `${port} with ${title}`,
          allowed: `another port: on ${port} the listener takes connections without TLS`,
          do: "leave it out for 2484, which is the one with TLS",
        }
      : undefined,
  ),
  ofEngine("license", ({ license }, { title, licenses }) => {
    if (license === undefined || licenses?.allowed.includes(license)) return undefined;
    return licenses === undefined
      ? { got: `${license} with ${title}`, allowed: "nothing", do: `remove it: ${title} has no licence to choose` }
      : {
          got: `${license} with ${title}`,
          allowed: licenses.allowed.join(", "),
          do: `remove it, or choose another of ${enginesThat(({ licenses: other }) => other?.allowed.includes(license))}`,
        };
  }),
  ofEngine("characterSet", ({ characterSet }, { title, characterSet: known }) => {
    if (characterSet === undefined || known?.pattern.test(characterSet)) return undefined;
    return known === undefined
      ? {
          got: `${shown(characterSet)} with ${title}`,
          allowed: "nothing",
          do: `remove it: databases of ${title} choose theirs one by one, in SQL`,
        }
      : {
          got: shown(characterSet),
          allowed: "the name of a character set or collation",
          do: `for example ${known.byDefault}; it can't change once deployed`,
        };
  }),
  ofEngine("tde", ({ tde }, { title, hasTde }) =>
    tde && !hasTde
      ? {
          got: `true with ${title}`,
          allowed: `false, or true with ${enginesThat((other) => other.hasTde)}`,
          do: "remove it: storage, snapshots and logs are encrypted with the stack's key anyway",
        }
      : undefined,
  ),
  ofEngine("parameters", ({ parameters }, { title, parameterName }) =>
    Object.keys(parameters)
      .filter((name) => !parameterName.test(name))
      .map((name) => ({
        what: `database.parameters.${name}`,
        got: shown(name),
        allowed: `the name of a parameter of ${title}, in small letters`,
        do: "write it as the parameter group of RDS has it",
      })),
  ),
  {
    reads: ["database.engine", "database.parameters", "database.engineVersion"],
    check: ({ database: { engine, parameters, engineVersion } }) =>
      engineNamed(engine).protectedParameters.flatMap(({ name, value, accepts, allowed, because }) => {
        const given = parameters[name];
        if (given === undefined || accepts(given, engineVersion)) return [];
        return {
          what: `database.parameters.${name}`,
          got: shown(given),
          allowed: allowed ?? value(engineVersion),
          do: `remove it: ${because}`,
        };
      }),
  },
  {
    reads: ["database.engine", "exceptions.multiAz"],
    check: ({ database: { engine }, exceptions }) =>
      engineNamed(engine).hasMultiAz || exceptions.multiAz !== undefined
        ? undefined
        : {
            what: "database.engine",
            got: `${engine} without exceptions.multiAz`,
            allowed: `${engine} with the reason why this stack does without a standby, or another engine`,
            do: `write exceptions.multiAz: RDS has no standby for ${engineNamed(engine).title}`,
          },
  },
];

type Found =
  | (Omit<Problem, "what"> & { readonly what?: string })
  | readonly (Omit<Problem, "what"> & { what: string })[];

function ofEngine(key: keyof Database, check: (database: Database, engine: Engine) => Found | undefined): Rule {
  const what = `database.${key}`;
  return {
    reads: ["database.engine", what],
    check: ({ database }) => {
      const found = check(database, engineNamed(database.engine));
      if (found === undefined) return undefined;
      return [found].flat().map((problem) => ({ what, ...problem }) as Problem);
    },
  };
}

/** The engines for which it holds, as an error lists them. */
function enginesThat(holds: (engine: Engine) => boolean | undefined): string {
  return ENGINE_NAMES.filter((name) => holds(engineNamed(name))).join(", ");
}
