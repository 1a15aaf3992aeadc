/** The text of src/generated/wire.ts as the API's description gives it now. */
export function generate(): string;
