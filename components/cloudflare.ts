// The SDK's modules, one by one: all of them at once take four times as long to load.
export { getZones } from "@pulumi/cloudflare/getZones.js";
