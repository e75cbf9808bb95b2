/** Removes `undefined` from options. */

type Defined<T> = T extends string | number | boolean | ReadonlyArray<unknown>
  ? T
  : { [Key in keyof T]: Defined<Exclude<T[Key], undefined>> }

/** The same object without properties that are `undefined`, at any depth. */
export function defined<T extends object>(value: T): Defined<T>
export function defined(value: object): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, property]) => {
      if (property === undefined) return []
      const isRecord = typeof property === "object" && property !== null && !Array.isArray(property)
      return [[name, isRecord ? defined(property) : property]]
    })
  )
}
