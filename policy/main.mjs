#!/usr/bin/env node
// The pack's main file. Pulumi's language host requires it, and an engine without one starts it as a program of its own
// (--policy-pack policy/main.mjs). It is JavaScript: Pulumi would compile a main file in TypeScript, and Node need not.
import "./pack.ts";
