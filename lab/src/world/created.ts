/** When the tenant began, and with it what was there before the relay. */
export const CREATED = "2023-04-03T08:12:45.000Z";
