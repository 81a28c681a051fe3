// Who may import whom. What a part does not name it may not import; every part may import itself.
// A part is a folder or a file.
const MAY_IMPORT = {
  mail: [],
  tenant: ["mail"],
  zone: ["mail"],
  "lab/src": ["lab/replies"],
  "lab/plugins": ["lab/src"],
  "lab/powershell": ["lab/src", "lab/plugins"],
  providers: ["tenant", "zone", "mail"],
  components: ["providers", "mail"],
  config: ["mail"],
  index: ["config", "components"],
  policy: ["mail"],
  // Of providers, what each kind needs of Microsoft, and how an object is found.
  scripts: [
    ...["config", "tenant", "zone", "mail", "index"],
    ...["providers/kinds", "providers/exchange/find"],
  ],
  // They read a tenant as the kinds do.
  "scripts/adopt": ["scripts", "config", "providers", "tenant", "zone", "mail"],
  "scripts/doctor": ["scripts", "config", "providers", "tenant", "zone", "mail"],
};

/** The lab's own file for `pulumi`, Pulumi.lab.yaml, is generated from here. */
const GENERATES = "^scripts/check/generated\\.ts$";

const ours = Object.keys(MAY_IMPORT);
const pattern = (parts) => parts.map((part) => `^${part}(/|\\.ts$)`);
/** The parts that are folders of a part, which have rules of their own. */
const within = (part) => ours.filter((one) => one.startsWith(`${part}/`));

const rules = ours.map((part) => ({
  name: `${part.replace("/", "-")}-imports`,
  comment: `${part} may import ${MAY_IMPORT[part].join(", ") || "none of our other parts"}`,
  severity: "error",
  from: { path: pattern([part]), pathNot: [GENERATES, ...pattern(within(part))] },
  to: {
    dependencyTypes: ["local"],
    pathNot: pattern([part, ...MAY_IMPORT[part]]),
  },
}));

export default {
  forbidden: [
    ...rules,
    {
      name: "host-knows-no-kind",
      comment: "what the kinds of resources share must not depend on one of them",
      severity: "error",
      from: { path: "^providers/host/" },
      to: { path: "^providers/(dns|entra|exchange)/" },
    },
    {
      name: "no-development-package",
      comment: "what a deployment runs has its packages after `npm ci --omit=dev`",
      severity: "error",
      from: {
        path: [
          ...pattern([
            "index",
            "config",
            "components",
            "policy",
            "providers",
            "tenant",
            "zone",
            "mail",
          ]),
          "^scripts/(?!(check|mutate|oracles|test)/)",
        ],
      },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "one-program",
      comment: "beside index.ts there is no TypeScript at the top level",
      severity: "error",
      from: {},
      to: { path: "^[^/]+\\.ts$", pathNot: pattern(["index"]) },
    },
    {
      name: "no-circles",
      comment: "modules that import each other can't be understood or loaded one by one",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "an import must lead to a file or a package of ours",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    exclude: { path: "^(\\.cache|\\.lab)/" },
    doNotFollow: { path: "node_modules" },
    // The policy pack's package.json has its version alone; its packages are the project's.
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json", ".d.ts"],
      mainFields: ["module", "main", "types"],
    },
  },
};
