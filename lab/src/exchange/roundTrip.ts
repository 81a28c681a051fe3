/** .NET's round-trip form of a UTC time; the directory keeps whole seconds. */
export function roundTrip(iso: string): string {
  return `${iso.slice(0, 19)}.0000000Z`;
}
