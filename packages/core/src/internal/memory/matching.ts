/** The operators of filters. An absent operator matches. */

interface Bounds {
  readonly lt?: number | undefined
  readonly lte?: number | undefined
  readonly gt?: number | undefined
  readonly gte?: number | undefined
  readonly eq?: number | undefined
}

/** Ignores case. */
export const text = (value: string | null, eq: string | undefined, contains: string | undefined): boolean =>
  (eq === undefined || value?.toLowerCase() === eq.toLowerCase()) &&
  (contains === undefined || (value?.toLowerCase().includes(contains.toLowerCase()) ?? false))

/** Ignores case. */
export const among = (value: string | null, values: ReadonlyArray<string> | undefined): boolean =>
  values === undefined || values.some((one) => text(value, one, undefined))

export const choice = (
  value: string | undefined,
  eq: string | undefined,
  among: ReadonlyArray<string> | undefined
): boolean =>
  (eq === undefined || value === eq) &&
  (among === undefined || (value !== undefined && among.includes(value)))

export const flag = (value: boolean | null, eq: string | undefined): boolean =>
  eq === undefined || `${value ?? false}` === eq

/** An absent value matches no bounds. */
export const within = (value: number | null | undefined, { lt, lte, gt, gte, eq }: Bounds): boolean => {
  if ([lt, lte, gt, gte, eq].every((bound) => bound === undefined)) return true
  if (value === null || value === undefined) return false
  return (
    value < (lt ?? Infinity) &&
    value <= (lte ?? Infinity) &&
    value > (gt ?? -Infinity) &&
    value >= (gte ?? -Infinity) &&
    value === (eq ?? value)
  )
}
