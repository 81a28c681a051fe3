/** What puts back what somebody changed or removed by hand. */
export const REPAIR = "run npm run pulumi -- up --refresh --stack NAME, which restores it";
