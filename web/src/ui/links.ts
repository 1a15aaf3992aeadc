/**
 * For links that say themselves which of them is current: a link to the same page with other filters is not.
 * The router would otherwise call every link current whose filters are a subset of those shown.
 */
export const EXACT = { exact: true, includeSearch: true } as const;
