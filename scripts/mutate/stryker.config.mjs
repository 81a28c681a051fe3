// What StrykerJS changes, and which tests have to notice. Run by `npm run mutate`.
// Node strips the types of the changed files as it does those of the project, so nothing is compiled. Each test file
// is a process of its own, which the tap runner starts; of a change it runs those files alone that come by it.
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: ["mail/dns/**/*.ts"],
  // What the copy has that is changed and run: Stryker copies what is not ignored.
  ignorePatterns: ["**", "!mail/**", "!test/fuzz/*", "!test/unit/mail/dns/*", "!package.json"],
  testRunner: "tap",
  plugins: ["@stryker-mutator/tap-runner"],
  tap: {
    testFiles: ["test/unit/mail/dns/*.test.ts"],
    nodeArgs: ["--test-reporter=tap", "--require", "{{hookFile}}", "{{testFile}}"],
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: ".cache/mutate",
  cleanTempDir: "always",
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  allowEmpty: false,
  allowConsoleColors: false,
  logLevel: "warn",
};
