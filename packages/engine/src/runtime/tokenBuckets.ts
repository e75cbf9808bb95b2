/**
 * Token buckets by key, in this process only. At the maximum number of keys, the least recently used one is dropped.
 * (The memory store of effect's RateLimiter never evicts a key.)
 */

export interface Rate {
  readonly perSecond: number
  /** The most tokens at one time. */
  readonly burst: number
}

interface Bucket {
  tokens: number
  at: number
}

export interface TokenBuckets {
  /**
   * Takes a token, if there is one. Returns the milliseconds until there is one: 0 if it was taken. Times are in
   * milliseconds.
   */
  readonly take: (key: string, now: number) => number
  /** The same, without taking one. */
  readonly wait: (key: string, now: number) => number
}

export const make = ({ perSecond, burst }: Rate, maxKeys = 10_000): TokenBuckets => {
  const buckets = new Map<string, Bucket>()

  const fill = (bucket: Bucket, now: number) => {
    // A clock that was set back adds no tokens.
    const passed = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(burst, bucket.tokens + (passed * perSecond) / 1_000)
    bucket.at = now
    return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) * 1_000) / perSecond)
  }

  const wait = (key: string, now: number) => {
    const bucket = buckets.get(key)
    if (bucket === undefined) return 0
    const left = fill(bucket, now)
    if (bucket.tokens === burst) buckets.delete(key)
    return left
  }

  const take = (key: string, now: number) => {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    const left = fill(bucket, now)
    if (left === 0) bucket.tokens -= 1
    buckets.delete(key)
    buckets.set(key, bucket)
    const [oldest] = buckets.size > maxKeys ? buckets.keys() : []
    if (oldest !== undefined) buckets.delete(oldest)
    return left
  }

  return { take, wait }
}
